"""Encode descriptors as visual words for lookup and signatures for comparison.

RootSIFT descriptors are reduced to principal components, half-whitened as the fingerprint index is. The signature holds the
signs of 128 random projections, so that the Hamming distance approximates the angle (Jégou, Douze, Schmid: Hamming
embedding, ECCV 2008). The visual word is a cell of an inverted multi-index (Babenko and Lempitsky, CVPR 2012). Two short
codebooks give a vocabulary of 65,536 words without a search of a large one.

The codebook is trained on prints that ship with the converter. So a print's features stay the same whatever else is in the
collection.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from device.errors import BundleDamagedError
from device.recognition.local.features import DESCRIPTOR_LENGTH, Floats

Signatures = npt.NDArray[np.uint64]
Words = npt.NDArray[np.int64]

COMPONENTS = 64
BITS = 128
CENTRES = 256
WORDS = CENTRES * CENTRES
_HALF = COMPONENTS // 2
_NEAREST_CENTRES = 6  # of each half, whose pairs are candidates for the nearest cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook:
    """Trained parameters that turn descriptors into visual words and signatures.

    Attributes:
        mean: float32 (128,), mean descriptor.
        components: float32 (128, 64), half-whitened principal components, ordered so that both halves have equal variance.
        spread: float32 (64, 128), projections whose signs are the signature's bits.
        centres: float32 (2, 256, 32), cluster centres of each half.
    """

    mean: Floats
    components: Floats
    spread: Floats
    centres: Floats

    def project(self, descriptors: Floats) -> Floats:
        """Project descriptors float32 (N, 128) to principal components float32 (N, 64)."""
        return np.asarray((descriptors - self.mean) @ self.components, dtype=np.float32)

    def signatures(self, projected: Floats) -> Signatures:
        """Return the signatures of projected descriptors: uint64 (N, 2)."""
        bits = np.packbits(projected @ self.spread > 0, axis=1)
        return bits.view("<u8").astype(np.uint64, copy=False)

    def words(self, projected: Floats, count: int) -> Words:
        """Return the nearest visual words of projected descriptors, nearest first.

        Args:
            projected: float32 (N, 64).
            count: Words per descriptor, 1 to 36.

        Returns:
            int64 (N, count), each 0..65,535.
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
        ).reshape(len(projected), _NEAREST_CENTRES * _NEAREST_CENTRES)
        pairs = np.argsort(sums, axis=1, kind="stable")[:, :count]
        chosen_first = np.take_along_axis(near_first, pairs // _NEAREST_CENTRES, 1)
        chosen_second = np.take_along_axis(near_second, pairs % _NEAREST_CENTRES, 1)
        return np.asarray(chosen_first * CENTRES + chosen_second, dtype=np.int64)


def hamming(first: Signatures, second: Signatures) -> npt.NDArray[np.uint8]:
    """Return the Hamming distances, 0..128, of signatures that broadcast: uint64 (..., 2)."""
    counts = _popcount(np.bitwise_xor(first, second))
    return np.asarray(counts[..., 0] + counts[..., 1])


def load(path: Path) -> Codebook:
    """Read a codebook.

    Raises:
        BundleDamagedError: If the file is no codebook.
    """
    shapes = {
        "mean": (DESCRIPTOR_LENGTH,),
        "components": (DESCRIPTOR_LENGTH, COMPONENTS),
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
    """Write a codebook; equal numbers give equal bytes."""
    np.savez(
        path,
        mean=codebook.mean,
        components=codebook.components,
        spread=codebook.spread,
        centres=codebook.centres,
    )


def _squared_distances(points: Floats, centres: Floats) -> Floats:
    """Return squared distances float32 (N, K), less each point's own square, in equal order."""
    return np.asarray((centres**2).sum(axis=1) - 2 * points @ centres.T, dtype=np.float32)


def _nearest(distances: Floats) -> npt.NDArray[np.intp]:
    near = np.argpartition(distances, _NEAREST_CENTRES, axis=1)[:, :_NEAREST_CENTRES]
    order = np.argsort(np.take_along_axis(distances, near, 1), axis=1, kind="stable")
    return np.take_along_axis(near, order, 1)


def _popcount(bits: Signatures) -> npt.NDArray[np.uint8]:
    """Count the set bits; numpy 1, the Pi's system numpy, has no `bitwise_count`."""
    if hasattr(np, "bitwise_count"):
        counted: npt.NDArray[np.uint8] = np.bitwise_count(bits)
        return counted
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + (
        (bits >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return ((bits * np.uint64(0x0101010101010101)) >> np.uint64(56)).astype(np.uint8)
