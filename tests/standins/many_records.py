"""A bundle of 10,000 records copied from twelve; only these have pictures."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import annoy
import numpy as np
import numpy.typing as npt

from converter.build import bundle_writer
from converter.ingest.item import Item
from device.bundle import layout
from device.bundle.manifest import Manifest
from device.bundle.reader import read_manifest
from device.recognition.embedding.nearest import load_projection, normalise

MANY = 10_000


def add_records(
    bundle: Path, items: Sequence[Item], change_manifest: Callable[..., Manifest]
) -> None:
    """Add copies of a bundle's items to it until it has 10,000 records.

    Files that the bundle shares with others by hard links are replaced, not written to.
    """
    spec = read_manifest(bundle).index
    copies = [
        replace(items[row % len(items)], record_id=f"copy/{row}") for row in range(len(items), MANY)
    ]
    (bundle / layout.RECORDS).unlink()
    bundle_writer.write_records([*items, *copies], {"title": "en"}, bundle / layout.RECORDS)
    vectors = _cloud(np.load(bundle / layout.FINGERPRINTS))
    _save(bundle / layout.FINGERPRINTS, vectors)
    trees = annoy.AnnoyIndex(spec.dimensions, spec.metric)  # type: ignore[arg-type]  # a bundle's own
    for row, vector in enumerate(load_projection(bundle / layout.PROJECTION)(vectors)):
        trees.add_item(row, vector)
    trees.build(2)
    (bundle / layout.INDEX).unlink()
    trees.save(str(bundle / layout.INDEX))
    for name in (layout.DETAIL_STARTS, layout.DETAIL_ASPECTS):
        _save(bundle / name, np.pad(np.load(bundle / name), (0, MANY - len(items)), mode="edge"))
    change_manifest(
        bundle,
        items=MANY,
        index=replace(spec, items=MANY),
        files=bundle_writer.entries(bundle),
    )


def _cloud(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    noise = np.random.default_rng(1).normal(0, 0.02, (MANY, vectors.shape[1]))
    noise[: len(vectors)] = 0
    return normalise((vectors[np.arange(MANY) % len(vectors)] + noise).astype(np.float32))


def _save(path: Path, array: npt.NDArray[np.generic]) -> None:
    path.unlink()
    np.save(path, array)
