"""Real fingerprints to generate collections from, and how a camera shifts them.

They are the bundle's own. Where these are few, fingerprints of cut-outs of its prints are added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from bench.context import BenchContext, read_items
from converter.calibrate.captures import PrintPicture, take_captures
from converter.ingest.collection import Item
from device.bundle import layout
from device.bundle.reader import opened
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors, load_array, normalise

_CAPTURES = 400
_SEED = 2026


@dataclass(frozen=True, slots=True, kw_only=True)
class RealFingerprints:
    """The fingerprints that generated collections are varied from.

    Attributes:
        prints: float32 (N, 512), unit length: the bundle's fingerprints.
        base: float32 (R, 512): the same, and those of cut-outs of prints.
        captures: float32 (C, 512), unit length: those of simulated captures of prints.
        shifts: float32 (C, 512): capture minus print.
    """

    prints: Vectors
    base: Vectors
    captures: Vectors
    shifts: Vectors


def read(context: BenchContext) -> RealFingerprints:
    """Return the real fingerprints of a bundle and its collection."""
    fingerprint = Fingerprinter(context.bundle / layout.MODEL, "bench", threads=context.threads)

    def batch(pixels: Pixels) -> Vectors:
        return normalise(np.stack([fingerprint(one).vector for one in pixels]))

    prints = np.array(load_array(context.bundle / layout.FINGERPRINTS))
    items = {item.record_id: item for item in read_items(context)}
    with opened(context.bundle) as bundle:
        order = [items[bundle.records.at(row).record_id] for row in range(len(prints))]
    wanted = min(_CAPTURES, 2 * context.workload.queries)
    pictures = [
        PrintPicture(record_id=item.record_id, item=row, load=_Loader(item))
        for row, item in enumerate(order)
    ]
    with tqdm(total=wanted, desc="captures", leave=False) as bar:
        taken = take_captures(
            pictures, batch, count=wanted, seed=_SEED, progress=lambda _, done, __: _set(bar, done)
        )
    captures = np.stack([capture.vector for capture in taken])
    shifts = captures - prints[[capture.item for capture in taken]]
    cutouts = _cutouts(order, context.workload.base_fingerprints - len(prints))
    more = [batch(one[np.newaxis]) for one in tqdm(cutouts, desc="cut-outs", leave=False)]
    return RealFingerprints(
        prints=prints, base=np.concatenate([prints, *more]), captures=captures, shifts=shifts
    )


class _Loader:
    def __init__(self, item: Item) -> None:
        self._item = item

    def __call__(self) -> Pixels:
        return decoding.load(self._item.image)


def _set(bar: Any, done: int) -> None:
    bar.update(done - bar.n)


def _cutouts(items: Sequence[Item], count: int) -> list[Pixels]:
    """Return model inputs of random cut-outs, 40 to 70 % of each side, from prints in turn."""
    rng = np.random.default_rng(_SEED)
    each = -(-max(count, 0) // len(items))
    found: list[Pixels] = []
    for item in items[: max(count, 0)]:
        pixels = decoding.load(item.image)
        for _ in range(min(each, count - len(found))):
            share = rng.uniform(0.4, 0.7)
            height, width = (max(1, int(side * share)) for side in pixels.shape[:2])
            top, left = (
                int(rng.integers(a - b + 1))
                for a, b in zip(pixels.shape, (height, width), strict=False)
            )
            cutout = np.ascontiguousarray(pixels[top : top + height, left : left + width])
            found.append(preprocess.to_input(cutout))
    return found
