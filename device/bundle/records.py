"""The records of one collection, read from the bundle's SQLite file."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.bundle.filters import FACETS, Filters, where
from device.errors import BundleDamagedError, UnknownRecordError


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How one print stands to another, in the museum's words.

    Attributes:
        kind: "Part of", "State of", ...
        target: As the museum writes it.
        record_id: The other record's id where it is in this bundle, else `None`.
    """

    kind: str
    target: str
    record_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the museum knows of one print; `None` where it says nothing.

    Attributes:
        item: Row of its fingerprint.
        year_min, year_max: Derived from `date_text`, inclusive.
        show_picture: Whether its licence lets its picture be shown.
        width, height: Of the museum's picture, upright, in pixels.
    """

    item: int
    record_id: str
    title: str
    makers: str | None
    date_text: str | None
    year_min: int | None
    year_max: int | None
    classification: str | None
    technique: str | None
    institution: str | None
    inventory_number: str | None
    rights: str | None
    credit: str | None
    source_url: str | None
    note: str | None
    show_picture: bool
    width: int
    height: int
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value a search can be narrowed to, and how many records would remain."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """What a search can still be narrowed to.

    Attributes:
        remaining: Records that pass the filters as they are.
        undated: How many of the whole collection say nothing of a year.
        year_min, year_max: The whole collection's range; `None` when no record is dated.
        facets: Facet to its options, most first; each counted as if its own facet were not filtered.
    """

    remaining: int
    undated: int
    year_min: int | None
    year_max: int | None
    facets: dict[str, tuple[Option, ...]]


_APPLICATION_ID = 1886547531  # as schema.sql sets it
_COLUMNS = ", ".join(name for name in Record.__dataclass_fields__ if name != "relations")


class Records:
    """One open records file; every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Open a records file, read-only.

        Raises:
            BundleDamagedError: When it is no SQLite file of ours.
        """
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = self._connect()
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        try:
            self._check_schema()
        except BundleDamagedError:
            self._connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        # Both are needed: `immutable` alone may create a file, `mode=ro` alone fails on a read-only
        # folder when a writer has left the file in WAL mode.
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    def _check_schema(self) -> None:
        self._all("PRAGMA query_only = ON")
        self._all("PRAGMA trusted_schema = OFF")
        found = self._all("PRAGMA application_id")[0][0]
        if found != _APPLICATION_ID:
            raise self._damaged(f"application id {found}")
        self._all(f"SELECT {_COLUMNS} FROM records LIMIT 1")
        self._all("SELECT facet, value, item FROM terms LIMIT 1")
        self._all("SELECT rowid FROM records_fts LIMIT 1")

    def _damaged(self, found: object) -> BundleDamagedError:
        return BundleDamagedError(
            f"{self._path}: expected a records file, found {found}; fetch the bundle again"
        )

    def close(self) -> None:
        """Close the file; the object can't be used after."""
        with self._lock:
            self._connection.close()

    def __len__(self) -> int:
        return int(self._all("SELECT count(*) FROM records")[0][0])

    def has_rows(self, items: int) -> bool:
        """Say whether there is a record for each row of so many fingerprints, and no other."""
        found = self._all("SELECT count(*), min(item), max(item) FROM records")[0]
        return tuple(found) == ((items, 0, items - 1) if items else (0, None, None))

    def get(self, record_id: str) -> Record:
        """Give the record of this id.

        Raises:
            UnknownRecordError: When there is none.
        """
        # Half a surrogate pair, as JSON may hold, can't even be asked for.
        asked = record_id.encode(errors="replace").decode()
        rows = self._all(f"SELECT {_COLUMNS} FROM records WHERE record_id = ?", asked)
        if not rows or asked != record_id:
            raise UnknownRecordError(f"record {record_id!r} is not in this collection")
        return self._record(rows[0])

    def at(self, item: int) -> Record:
        """Give the record whose fingerprint is in this row.

        Raises:
            UnknownRecordError: When the collection has fewer rows.
        """
        rows = self._all(f"SELECT {_COLUMNS} FROM records WHERE item = ?", item)
        if not rows:
            raise UnknownRecordError(f"row {item} is not in this collection of {len(self)}")
        return self._record(rows[0])

    def passing(self, filters: Filters) -> tuple[int, ...]:
        """Give the rows of the records that pass, ascending."""
        clause = where(filters)
        rows = self._all(
            f"SELECT item FROM records WHERE {clause.sql} ORDER BY item", *clause.values
        )
        return tuple(row[0] for row in rows)

    def options(self, filters: Filters) -> FilterOptions:
        """Give what a search can still be narrowed to, with counts."""
        whole = "SELECT min(year_min), max(year_max), count(*) - count(COALESCE(year_min, year_max)) FROM records"
        year_min, year_max, undated = self._all(whole)[0]
        return FilterOptions(
            remaining=len(self.passing(filters)),
            undated=undated,
            year_min=year_min,
            year_max=year_max,
            facets={facet: self._options(facet, filters.without(facet)) for facet in FACETS},
        )

    def _options(self, facet: str, filters: Filters) -> tuple[Option, ...]:
        clause = where(filters)
        rows = self._all(
            f"""SELECT value, count(*) FROM terms
                WHERE facet = ? AND item IN (SELECT item FROM records WHERE {clause.sql})
                GROUP BY value ORDER BY count(*) DESC, value""",
            facet,
            *clause.values,
        )
        return tuple(Option(value=value, count=count) for value, count in rows)

    def _record(self, row: Sequence[Any]) -> Record:
        values = dict(zip(_COLUMNS.split(", "), row, strict=True))
        values["show_picture"] = bool(values["show_picture"])
        relations = self._all(
            """SELECT kind, target, other.record_id FROM relations
               LEFT JOIN records AS other ON other.item = target_item
               WHERE relations.item = ? ORDER BY position""",
            values["item"],
        )
        return Record(
            **values,
            relations=tuple(Relation(kind=k, target=t, record_id=r) for k, t, r in relations),
        )

    def _all(self, sql: str, *values: Any) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except (sqlite3.Error, UnicodeError) as error:  # text that is no UTF-8, either way
            raise self._damaged(error) from error
