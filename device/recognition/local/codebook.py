"""How a detail is written down: a word of two halves to look it up by, and 128 bits to compare it by.

Principal components of RootSIFT, half-whitened as the index of fingerprints is, are spread over 128 directions whose
signs are the signature; their Hamming distance stands in for the angle (Jégou, Douze, Schmid: Hamming embedding, ECCV
2008). The word is a cell of an inverted multi-index (Babenko and Lempitsky, CVPR 2012): two short codebooks give a
vocabulary of 65,536 without a large one to be searched. Trained at the desk on prints of no museum's in particular,
so that a print's details stay the same whatever else is in the collection.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from device.errors import BundleDamagedError
from device.recognition.local.features import LENGTH, Floats

Signatures = npt.NDArray[np.uint64]
Words = npt.NDArray[np.int64]

COMPONENTS = 64
BITS = 128
CENTRES = 256
WORDS = CENTRES * CENTRES
_HALF = COMPONENTS // 2
_NEAR = 6  # of each half, to choose the nearest pairs among


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """What signatures and words are made with.

    Attributes:
        mean: float32 (128,), of descriptors.
        components: float32 (128, 64): principal components, half-whitened, ordered so that both halves vary alike.
        spread: float32 (64, 128): directions whose signs are the signature.
        centres: float32 (2, 256, 32): of each half.
    """

    mean: Floats
    components: Floats
    spread: Floats
    centres: Floats

    def project(self, descriptors: Floats) -> Floats:
        """Give float32 (N, 64) for descriptors float32 (N, 128)."""
        return np.asarray((descriptors - self.mean) @ self.components, dtype=np.float32)

    def signatures(self, projected: Floats) -> Signatures:
        """Give the bits of projected descriptors: uint64 (N, 2)."""
        bits = np.packbits(projected @ self.spread > 0, axis=1)
        return bits.view("<u8").astype(np.uint64, copy=False)

    def words(self, projected: Floats, count: int) -> Words:
        """Give the nearest cells of projected descriptors, nearest first: int64 (N, count), each 0..65,535.

        Args:
            projected: float32 (N, 64).
            count: 1 to 36.
        """
        first, second = (
            _squared_distances(projected[:, half * _HALF : (half + 1) * _HALF], self.centres[half])
            for half in (0, 1)
        )
        if count == 1:
            return np.asarray(first.argmin(axis=1) * CENTRES + second.argmin(axis=1))[:, np.newaxis]
        near_first, near_second = _nearest(first), _nearest(second)
        sums = (
            np.take_along_axis(first, near_first, 1)[:, :, np.newaxis]
            + np.take_along_axis(second, near_second, 1)[:, np.newaxis, :]
        ).reshape(len(projected), _NEAR * _NEAR)
        pairs = np.argsort(sums, axis=1, kind="stable")[:, :count]
        chosen_first = np.take_along_axis(near_first, pairs // _NEAR, 1)
        chosen_second = np.take_along_axis(near_second, pairs % _NEAR, 1)
        return np.asarray(chosen_first * CENTRES + chosen_second, dtype=np.int64)


def hamming(first: Signatures, second: Signatures) -> npt.NDArray[np.uint8]:
    """Give how many bits differ, for broadcast uint64 (..., 2): 0..128."""
    parted = _ones(np.bitwise_xor(first, second))
    return np.asarray(parted[..., 0] + parted[..., 1])


def load(path: Path) -> Codebook:
    """Read a codebook.

    Raises:
        BundleDamagedError: When the file holds something else.
    """
    shapes = {
        "mean": (LENGTH,),
        "components": (LENGTH, COMPONENTS),
        "spread": (COMPONENTS, BITS),
        "centres": (2, CENTRES, _HALF),
    }
    try:
        with path.open("rb") as file:
            held = np.load(file, allow_pickle=False)
            arrays = {name: np.asarray(held[name]) for name in shapes}
    except (ValueError, OSError, EOFError, LookupError, BadZipFile) as error:
        raise BundleDamagedError(
            f"{path}: expected a codebook, found {error}; fetch it again"
        ) from error
    for name, shape in shapes.items():
        if arrays[name].shape != shape or arrays[name].dtype != np.float32:
            raise BundleDamagedError(
                f"{path}: {name}: expected float32 {shape}, found {arrays[name].dtype} {arrays[name].shape}; "
                "fetch it again"
            )
    return Codebook(**arrays)


def save(codebook: Codebook, path: Path) -> None:
    """Write a codebook, the same bytes for the same numbers."""
    np.savez(
        path,
        mean=codebook.mean,
        components=codebook.components,
        spread=codebook.spread,
        centres=codebook.centres,
    )


def _squared_distances(points: Floats, centres: Floats) -> Floats:
    """Give float32 (N, K), less each point's own square, which changes no order."""
    return np.asarray((centres**2).sum(axis=1) - 2 * points @ centres.T, dtype=np.float32)


def _nearest(distances: Floats) -> npt.NDArray[np.intp]:
    near = np.argpartition(distances, _NEAR, axis=1)[:, :_NEAR]
    order = np.argsort(np.take_along_axis(distances, near, 1), axis=1, kind="stable")
    return np.take_along_axis(near, order, 1)


def _ones(bits: Signatures) -> npt.NDArray[np.uint8]:
    """Count the ones of each number; numpy 1 has no `bitwise_count` (the Pi's system numpy)."""
    if hasattr(np, "bitwise_count"):
        counted: npt.NDArray[np.uint8] = np.bitwise_count(bits)
        return counted
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + (
        (bits >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return ((bits * np.uint64(0x0101010101010101)) >> np.uint64(56)).astype(np.uint8)
