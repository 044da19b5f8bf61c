"""Read ground truth: CSV files that say which picture shows which print.

There are two such files. A collection's `groundtruth.csv` has the columns `query_image`, `record_id`, `relation` and
`checked`. The table of a folder of photographs has `image` and `record_id`, which is empty for a print that is not in
the collection. Unusable rows are refused one by one. The module knows nothing of how pictures are decoded.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from device.errors import EvaluationError

GROUND_TRUTH = "groundtruth.csv"
_MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTruthPicture:
    """One picture with the records that it shows.

    Attributes:
        name: The picture's name as written in the file.
        right: Ids of the records that are right answers; empty for a print that is not in the collection.
        relation: Relation of the picture to the record, in the file's words; may be empty.
    """

    image: Path
    name: str
    right: frozenset[str]
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTruth:
    """The usable pictures of a file, and one line for each refused row."""

    pictures: tuple[GroundTruthPicture, ...]
    refusals: tuple[str, ...]


def pairs(collection: Path, known: Collection[str]) -> GroundTruth:
    """Read the real pairs of a collection; empty without a `groundtruth.csv`.

    Args:
        collection: The folder.
        known: Ids of the records in the bundle.

    Raises:
        EvaluationError: When the file can't be read.
    """
    path = collection / GROUND_TRUTH
    if not path.is_file():
        return GroundTruth(pictures=(), refusals=())
    return _read(path, collection, "query_image", known, may_be_unknown=False)


def photographs(path: Path, folder: Path, known: Collection[str]) -> GroundTruth:
    """Read the ground truth of a folder of photographs.

    Args:
        path: The CSV file.
        folder: Where the photographs are.
        known: Ids of the records in the bundle.

    Raises:
        EvaluationError: When the file can't be read, or has no usable row.
    """
    read = _read(path, folder, "image", known, may_be_unknown=True)
    if not read.pictures:
        first = f", such as {read.refusals[0]}" if read.refusals else ""
        raise EvaluationError(
            f"{path}: expected photographs with their record_id, found no usable row{first}"
        )
    return read


def _read(
    path: Path, folder: Path, column: str, known: Collection[str], *, may_be_unknown: bool
) -> GroundTruth:
    found: dict[str, GroundTruthPicture] = {}
    refusals: list[str] = []
    for line, row in enumerate(_rows(path, column), 2):
        name, record_id = (row.get(column) or "").strip(), (row.get("record_id") or "").strip()
        fault = _fault(folder, name, record_id, known, may_be_unknown)
        if fault is not None:
            refusals.append(f"{path.name} line {line}: {fault}")
            continue
        # Several rows may name one picture. Each adds a record that is a right answer.
        before = found[name].right if name in found else frozenset()
        found[name] = GroundTruthPicture(
            image=folder / name,
            name=name,
            right=before | ({record_id} if record_id else frozenset()),
            relation=(row.get("relation") or "").strip(),
        )
    return GroundTruth(pictures=tuple(found.values()), refusals=tuple(refusals))


def _fault(
    folder: Path, name: str, record_id: str, known: Collection[str], may_be_unknown: bool
) -> str | None:
    """Return why a row can't be used, or None."""
    if not name:
        return "expected a picture's file name, found none"
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        return f"expected a picture in {folder.name}, found {name!r} outside it"
    if not (folder / name).is_file():
        return f"expected a picture {name!r} in {folder.name}, found none"
    if not record_id and not may_be_unknown:
        return f"{name!r}: expected a record_id, found none"
    if record_id and record_id not in known:
        return f"{name!r}: record {record_id!r} is not in this collection"
    return None


def _rows(path: Path, column: str) -> list[dict[str, str | None]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            header = reader.fieldnames or []
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EvaluationError(
            f"{path}: expected a CSV file in UTF-8, found {' '.join(str(error).split())}"
        ) from error
    missing = [name for name in (column, "record_id") if name not in header]
    if missing:
        raise EvaluationError(
            f"{path}: expected columns {column} and record_id, found no {' and no '.join(missing)}"
        )
    if len(rows) > _MOST_ROWS:
        raise EvaluationError(f"{path}: expected at most {_MOST_ROWS} rows, found {len(rows)}")
    return rows
