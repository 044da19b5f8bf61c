"""Local features for collections of any size, varied from real prints' with a seed.

A generated print has as many features as the richest real print. Each is a real feature of any print, with 0 to 48 of the 128
bits of its signature flipped. The fewer bits are flipped, the likelier it keeps its visual word. So the words are as frequent
and the neighbours as near as in real collections, and every real feature has similar ones all over the collection.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.build import features
from converter.build.features import FeatureEntry
from device.bundle import layout
from device.recognition.local import codebook
from device.recognition.local.codebook import BITS, WORDS, Signatures
from device.recognition.mapped_arrays import map_array

# Signatures of different features differ in about half of their 128 bits.
_MOST_FLIPPED = 48
_CHUNK = 512


def write_scaled_features(bundle: Path, folder: Path, *, count: int, seed: int) -> None:
    """Write the local features of a bundle's prints and of generated ones, `count` in all.

    Args:
        bundle: The bundle whose prints are the first items.
        folder: The folder for the files, named as in a bundle.
        count: The number of prints, at least the bundle's.
        seed: Same seed, same collection.
    """
    real = _real(bundle)
    rng = np.random.default_rng(seed)
    missing = count - len(real)
    made = [
        entry
        for start in range(0, missing, _CHUNK)
        for entry in _made(real, min(_CHUNK, missing - start), rng)
    ]
    features.write([*real, *made], codebook.load(bundle / layout.CODEBOOK), folder)


def _real(bundle: Path) -> list[FeatureEntry]:
    by_cell, places, starts, aspects, postings, cells = (
        map_array(bundle / name)
        for name in (
            layout.DETAIL_SIGNATURES, layout.DETAIL_PLACES, layout.DETAIL_STARTS, layout.DETAIL_ASPECTS,
            layout.DETAIL_POSTINGS, layout.DETAIL_CELLS,
        )
    )  # fmt: skip
    signatures = np.empty_like(by_cell)
    signatures[postings] = by_cell
    words = np.empty(len(postings), np.uint16)
    sizes = cells[1:].astype(np.int64) - cells[:-1]
    words[postings] = np.repeat(np.arange(WORDS), sizes)
    parts = [slice(int(a), int(b)) for a, b in pairwise(starts)]
    return [
        FeatureEntry(
            signatures=signatures[part],
            places=places[part],
            words=words[part],
            aspect=float(aspect),
        )
        for part, aspect in zip(parts, aspects, strict=True)
    ]


def _made(real: list[FeatureEntry], count: int, rng: np.random.Generator) -> list[FeatureEntry]:
    signatures = np.concatenate([entry.signatures for entry in real])
    words = np.concatenate([entry.words for entry in real])
    most = max(len(entry.words) for entry in real)
    drawn = rng.integers(len(words), size=(count, most))
    flipped = rng.integers(_MOST_FLIPPED + 1, size=(count, most))
    keeps = rng.random((count, most)) > flipped / _MOST_FLIPPED
    others = words[rng.integers(len(words), size=(count, most))]
    bits = _random_bits(rng, flipped.ravel()).reshape(count, most, -1)
    models = rng.integers(len(real), size=count)
    return [
        FeatureEntry(
            signatures=signatures[drawn[row]] ^ bits[row],
            places=rng.permutation(np.resize(real[model].places, most)),
            words=np.where(keeps[row], words[drawn[row]], others[row]),
            aspect=real[model].aspect,
        )
        for row, model in enumerate(models)
    ]


def _random_bits(rng: np.random.Generator, counts: npt.NDArray[np.int64]) -> Signatures:
    """Return random signatures in which about `counts` bits are set: uint64 (N, 2)."""
    bits = rng.random((len(counts), BITS), dtype=np.float32) < (counts / BITS)[:, np.newaxis]
    return np.packbits(bits, axis=1).view("<u8").astype(np.uint64, copy=False)
