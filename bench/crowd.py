"""Collections of any size, varied from real prints' details; same seed, same details.

A generated print has as many details as the others, each a real detail of any print with some of its bits turned, from
none to as many as leave nothing of it, and its word kept the likelier, the fewer were turned. So cells are as crowded,
and neighbours as near, as real ones are, and every real detail has look-alikes all over the collection.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.build import features as laid
from converter.build.features import FeatureEntry
from device.bundle import layout
from device.recognition.local import codebook
from device.recognition.local.codebook import BITS, WORDS, Signatures
from device.recognition.mapped_arrays import map_array

# Signatures of different details differ in about half of their 128 bits.
_MOST_TURNED = 48
_CHUNK = 512


def crowd(bundle: Path, folder: Path, *, count: int, seed: int) -> None:
    """Write the details of a bundle's prints and of as many generated ones as make `count` prints.

    Args:
        bundle: Whose prints are the first items.
        folder: Where the files are laid out as in a bundle.
        count: Prints in all, no fewer than the bundle's.
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
    laid.write([*real, *made], codebook.load(bundle / layout.CODEBOOK), folder)


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
    turned = rng.integers(_MOST_TURNED + 1, size=(count, most))
    keeps = rng.random((count, most)) > turned / _MOST_TURNED
    others = words[rng.integers(len(words), size=(count, most))]
    bits = _turned(rng, turned.ravel()).reshape(count, most, -1)
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


def _turned(rng: np.random.Generator, counts: npt.NDArray[np.int64]) -> Signatures:
    """Give bits of which about so many are set, at random: uint64 (N, 2)."""
    bits = rng.random((len(counts), BITS), dtype=np.float32) < (counts / BITS)[:, np.newaxis]
    return np.packbits(bits, axis=1).view("<u8").astype(np.uint64, copy=False)
