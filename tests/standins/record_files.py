"""Records files of made-up items, written by the converter's own code."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from converter.build import bundle_writer
from converter.ingest.collection import Item
from device.bundle import layout
from device.bundle.records import Records

EMPTY = dict.fromkeys(
    (
        "makers",
        "date_text",
        "classification",
        "technique",
        "institution",
        "inventory_number",
        "rights",
        "credit",
        "source_url",
        "note",
        "year_min",
        "year_max",
    )
)


def item(record_id: str = "a", **known: Any) -> Item:
    """Return an item whose optional fields are empty, except the given ones."""
    plain: dict[str, Any] = EMPTY | {
        "record_id": record_id,
        "title": "Untitled",
        "relations": (),
        "terms": {},
        "image_path": "a.jpg",
        "image_sha256": "0" * 64,
        "width": 1,
        "height": 1,
        "show_picture": True,
    }
    return Item(**plain | known)


@contextmanager
def records_of(items: Sequence[Item], folder: Path | None = None) -> Iterator[Records]:
    """Open a records file of these items, written by the converter's own code."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / layout.RECORDS
        bundle_writer.write_records(items, {}, path)
        with closing(Records(path)) as records:
            yield records
