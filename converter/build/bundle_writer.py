"""Write a bundle's files: records, pictures in shards, arrays, and the manifest last.

All files follow the order of the collection and hold no clock time, so the same input makes the same bytes.
SQLite's file also depends on the version of the library, so the manifest lists hashes of files, not of inputs.
"""

import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import sqlite_utils

from converter.ingest.collection import Item
from device.bundle import layout
from device.bundle.format_versions import PARTS, PICTURES_PART, TITLES_PART
from device.bundle.manifest import FileEntry, Manifest, dump
from device.bundle.metadata_fields import values_of
from device.bundle.pictures import SIDES, Size, member, shard_of
from device.bundle.reader import sha256_of
from device.recognition.embedding.nearest import Projection, Vectors, stack

# Far below the 4 GiB limit of FAT32, and small enough to fetch again when a download breaks off.
SHARD_BYTES = 64 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can hold
_SEARCHED = ("title", "makers", "technique", "note")

# Returns one of a record's pictures, by its position from 0, as WebP.
MakePicture = Callable[[Item, int, Size], bytes]


def write_records(items: Sequence[Item], languages: Mapping[str, str], path: Path) -> None:
    """Write the records file; the item number of a record is its position in `items`."""
    with closing(sqlite3.connect(path)) as connection:
        _fill(connection, items, languages)
        # `immutable=1` on the kiosk ignores a write-ahead log, so there must be none.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("VACUUM")


def _fill(
    connection: sqlite3.Connection, items: Sequence[Item], languages: Mapping[str, str]
) -> None:
    database = sqlite_utils.Database(connection)
    connection.executescript(
        resources.files("device.bundle").joinpath("schema.sql").read_text("utf-8")
    )
    rows = {item.record_id: row for row, item in enumerate(items)}
    database["records"].insert_all(_record(row, item) for row, item in enumerate(items))
    database["terms"].insert_all(_terms(items))
    database["relations"].insert_all(_relations(items, rows))
    database["more_pictures"].insert_all(_more_pictures(items))
    database["titles"].insert_all(
        {"item": row, "language": language, "title": title}
        for row, item in enumerate(items)
        for language, title in item.titles.items()
    )
    database["languages"].insert_all(
        {"field": field, "language": tag} for field, tag in sorted(languages.items())
    )
    database["records"].enable_fts(_SEARCHED, tokenize="unicode61 remove_diacritics 2")


def parts_of(items: Sequence[Item]) -> dict[str, int]:
    """Return the parts that a bundle of these records has, each with its version."""
    has = {
        PICTURES_PART: any(item.more_images for item in items),
        TITLES_PART: any(item.titles for item in items),
    }
    return {name: version for name, version in PARTS.items() if has[name]}


def write_pictures(items: Sequence[Item], picture: MakePicture, bundle: Path) -> None:
    """Write the pictures that may be shown into shards, as many as their total size needs."""
    shown = [item for item in items if item.show_picture]
    total = sum(
        len(picture(item, position, size))
        for item in shown
        for position in range(len(item.pictures))
        for size in SIDES
    )
    shards = 1
    while total / shards > SHARD_BYTES:
        shards *= 2
    (bundle / layout.PICTURES).mkdir()
    for number in range(shards):
        here = [item for item in shown if shard_of(item.record_id, shards) == number]
        _write_shard(here, picture, bundle / layout.picture_shard(number))


def write_arrays(vectors: Vectors, projection: Projection, bundle: Path) -> None:
    """Write the fingerprints, float32 (N, 512), unit length, and the index's projection."""
    np.save(bundle / layout.FINGERPRINTS, np.ascontiguousarray(vectors, dtype=np.float32))
    np.save(bundle / layout.PROJECTION, stack(projection))


def entries(bundle: Path) -> tuple[FileEntry, ...]:
    """Return the manifest's entries for every file now in the bundle, sorted by path."""
    paths = sorted(path for path in bundle.rglob("*") if path.is_file())
    return tuple(
        FileEntry(
            path=path.relative_to(bundle).as_posix(),
            sha256=sha256_of(path),
            size_bytes=path.stat().st_size,
        )
        for path in paths
        if path != layout.manifest_of(bundle)
    )


def write_manifest(manifest: Manifest, bundle: Path) -> None:
    """Write the manifest atomically; call it after every other file is written."""
    part = layout.manifest_of(bundle).with_suffix(".part")
    part.write_text(dump(manifest), "utf-8")
    part.replace(layout.manifest_of(bundle))


def _record(row: int, item: Item) -> dict[str, Any]:
    return {
        "item": row,
        **values_of(item),
        "show_picture": int(item.show_picture),
        "width": item.width,
        "height": item.height,
        "image_sha256": item.image_sha256,
    }


def _terms(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for row, item in enumerate(items):
        for facet, values in sorted(item.terms.items()):
            for value in sorted(set(values)):
                yield {"facet": facet, "value": value, "item": row}


def _relations(items: Sequence[Item], rows: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for row, item in enumerate(items):
        for position, relation in enumerate(item.relations):
            yield {
                "item": row,
                "position": position,
                "kind": relation.kind,
                "target": relation.target,
                "target_item": rows.get(relation.target),
            }


def _more_pictures(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    row = len(items)
    for number, item in enumerate(items):
        for position, picture in enumerate(item.more_images, 1):
            yield {
                "picture": row,
                "item": number,
                "position": position,
                "width": picture.width,
                "height": picture.height,
                "image_sha256": picture.sha256,
            }
            row += 1


def _write_shard(items: Sequence[Item], picture: MakePicture, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as shard:
        for size in SIDES:
            for item in items:
                for position in range(len(item.pictures)):
                    name = zipfile.ZipInfo(member(item.record_id, size, position), date_time=_EPOCH)
                    name.external_attr = 0o644 << 16
                    shard.writestr(name, picture(item, position, size))
