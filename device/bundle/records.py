"""The records of one collection, read from the bundle's SQLite file."""

import sqlite3
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

from device.bundle.filters import FACETS, Clause, Filters, where
from device.bundle.metadata_fields import AMENDABLE, SEARCHED, MetadataFields
from device.bundle.notices import Notices
from device.errors import BundleDamagedError, UnknownRecordError


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How one print stands to another, in the museum's words.

    Attributes:
        kind: "Part of", "State of", ...
        target: The other print, as the museum writes it.
        record_id: Id of the other record; `None` when it isn't in this bundle.
    """

    kind: str
    target: str
    record_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(MetadataFields):
    """A record of a bundle: the museum's metadata of one print, and the bundle's own fields.

    Attributes:
        item: Its number in the bundle, from 0, shared with its fingerprint.
        show_picture: Whether the licence allows the picture to be shown.
        width, height: Size of the museum's picture, upright, in pixels.
    """

    item: int
    show_picture: bool
    width: int
    height: int
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSummary:
    """The few fields of a record that lists are sorted and chosen by.

    Attributes:
        year: First year of the record's date, else its last; `None` for an undated record.
        show_picture: Whether the licence allows the picture to be shown.
    """

    item: int
    record_id: str
    title: str
    makers: str | None
    year: int | None
    show_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value of a facet, and how many records would remain with it as a filter."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """The values that a search can be narrowed by, and how many records would remain.

    Attributes:
        remaining: How many records pass the current filters.
        undated: How many records of the whole collection have no year.
        year_min, year_max: The whole collection's range of years; `None` when no record has a year.
        facets: Facet to its options, most frequent first, each counted without the filter on its own facet.
    """

    remaining: int
    undated: int
    year_min: int | None
    year_max: int | None
    facets: dict[str, tuple[Option, ...]]


_APPLICATION_ID = 1886547531  # as schema.sql sets it
_FIELD_NAMES = tuple(name for name in Record.__dataclass_fields__ if name != "relations")
_COLUMNS = ", ".join(_FIELD_NAMES)
# SQLite lets any column hold a value of any type, and so may a file that was altered and hashed again.
_TEXT_OR_NULL = (str, NoneType)
_COLUMN_TYPES: dict[str, Any] = {
    "record_id": str,
    "title": str,
    "item": int,
    "width": int,
    "height": int,
    "show_picture": int,
    "year_min": (int, NoneType),
    "year_max": (int, NoneType),
}

# SQLite looks up a name in the connection's temporary tables first, so every statement below sees the notices applied.
_AMENDED_COLUMNS = ", ".join(
    f"COALESCE(a.{name}, r.{name}) AS {name}" if name in AMENDABLE else f"r.{name}"
    for name in _FIELD_NAMES
)
_NOTICES_SCHEMA = f"""
CREATE TEMP TABLE withdrawn (record_id TEXT PRIMARY KEY);
CREATE TEMP TABLE amended (record_id TEXT PRIMARY KEY, {", ".join(AMENDABLE)});
CREATE TEMP VIEW records AS SELECT {_AMENDED_COLUMNS}
    FROM main.records AS r LEFT JOIN temp.amended AS a ON a.record_id = r.record_id
    WHERE r.record_id NOT IN (SELECT record_id FROM temp.withdrawn);
CREATE TEMP VIEW terms AS SELECT facet, value, item FROM main.terms WHERE item NOT IN
    (SELECT item FROM main.records WHERE record_id IN (SELECT record_id FROM temp.withdrawn));
CREATE VIRTUAL TABLE temp.amended_texts USING fts5({", ".join(SEARCHED)}, tokenize="unicode61 remove_diacritics 2");
"""


class Records:
    """The records of a bundle, in its open SQLite file. Any thread may call every method."""

    def __init__(self, path: Path, notices: Notices | None = None) -> None:
        """Open a records file, read-only.

        Args:
            path: The file.
            notices: Withdrawn works, which are hidden as if they were not in the file, and corrected texts.

        Raises:
            BundleDamagedError: When it isn't a SQLite file with our schema.
        """
        self._path = path
        self._is_amended = bool(notices and notices.amended)
        self._lock = threading.Lock()
        try:
            self._connection = self._connect()
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        try:
            if notices is not None and not notices.is_empty:
                self._apply_notices(notices)
            self._check_schema()
        except BundleDamagedError:
            self._connection.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        # Both are needed. `immutable` alone may create a file. `mode=ro` alone fails on a read-only folder when the
        # writer left the file in WAL mode.
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    def _apply_notices(self, notices: Notices) -> None:
        connection = self._connection
        try:
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.executescript(_NOTICES_SCHEMA)
            connection.executemany(
                "INSERT INTO withdrawn VALUES (?)", [(each,) for each in notices.withdrawn]
            )
            marks = ", ".join("?" * (1 + len(AMENDABLE)))
            connection.executemany(
                f"INSERT INTO amended VALUES ({marks})",
                [(key, *map(texts.get, AMENDABLE)) for key, texts in notices.amended.items()],
            )
            names = ", ".join(SEARCHED)
            connection.execute(
                f"""INSERT INTO amended_texts (rowid, {names}) SELECT item, {names} FROM records
                    WHERE record_id IN (SELECT record_id FROM amended)"""
            )
            connection.commit()
        except (sqlite3.Error, UnicodeError) as error:
            raise self._damaged(error) from error

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
        line = " ".join(str(found).split())[:200]  # SQLite quotes a damaged schema in full
        return BundleDamagedError(
            f"{self._path}: expected a records file, found {line}; fetch the bundle again"
        )

    def close(self) -> None:
        """Close the file; the object can't be used afterwards."""
        with self._lock:
            self._connection.close()

    def __len__(self) -> int:
        return int(self._all("SELECT count(*) FROM records")[0][0])

    def has_rows(self, items: int) -> bool:
        """Return whether the file has exactly the items 0 to `items - 1`."""
        found = self._all("SELECT count(*), min(item), max(item) FROM main.records")[0]
        return tuple(found) == ((items, 0, items - 1) if items else (0, None, None))

    def fault(self) -> str:
        """Return the first fault that SQLite's integrity check finds, or "" without one."""
        found = self._all("PRAGMA integrity_check(1)")[0][0]
        return "" if found == "ok" else str(found)

    def items_of(self, record_ids: Collection[str]) -> frozenset[int]:
        """Return the items of the records with these ids, also if withdrawn; skip unknown ids."""
        found = "SELECT item FROM main.records WHERE record_id = ?"
        return frozenset(row[0] for each in record_ids for row in self._all(found, each))

    def get(self, record_id: str) -> Record:
        """Return the record with this id.

        Raises:
            UnknownRecordError: When there is none.
        """
        # SQLite can't take half a surrogate pair, which JSON may contain.
        encodable = record_id.encode(errors="replace").decode()
        rows = self._all(f"SELECT {_COLUMNS} FROM records WHERE record_id = ?", encodable)
        if not rows or encodable != record_id:
            raise UnknownRecordError(f"record {record_id!r} is not in this collection")
        return self._record(rows[0])

    def at(self, item: int) -> Record:
        """Return the record with this item number.

        Raises:
            UnknownRecordError: When the collection has no such item.
        """
        rows = self._all(f"SELECT {_COLUMNS} FROM records WHERE item = ?", item)
        if not rows:
            raise UnknownRecordError(f"item {item} is not in this collection of {len(self)}")
        return self._record(rows[0])

    def summaries(self) -> tuple[RecordSummary, ...]:
        """Return the summaries of all records, by item."""
        names = "item, record_id, title, makers, COALESCE(year_min, year_max), show_picture"
        rows = self._all(f"SELECT {names} FROM records ORDER BY item")
        kinds: tuple[Any, ...] = (int, str, str, _TEXT_OR_NULL, (int, NoneType), int)
        for row in rows:
            if not all(isinstance(v, kind) for v, kind in zip(row, kinds, strict=True)):
                raise self._damaged(f"{row!r:.60} as a record's summary")
        return tuple(
            RecordSummary(item=i, record_id=r, title=t, makers=m, year=y, show_picture=bool(s))
            for i, r, t, m, y, s in rows
        )

    def incoming_relations(self, item: int) -> tuple[Relation, ...]:
        """Return the relations of other records to this item, with those records as targets."""
        rows = self._all(
            """SELECT kind, other.title, other.record_id FROM relations
               JOIN records AS other ON other.item = relations.item
               WHERE target_item = ? ORDER BY relations.item, position""",
            item,
        )
        if not all(isinstance(text, str) for row in rows for text in row):
            raise self._damaged("a relation that is no text")
        return tuple(Relation(kind=k, target=t, record_id=r) for k, t, r in rows)

    def count_related_to(self, target: str) -> int:
        """Return how many records have a relation to this target, as the museum writes it."""
        return len(self.items_passing(Filters(whole=target)))

    def items_passing(self, filters: Filters) -> tuple[int, ...]:
        """Return the items of the records that pass the filters, ascending."""
        clause = self._where(filters)
        rows = self._all(
            f"SELECT item FROM records WHERE {clause.sql} ORDER BY item", *clause.values
        )
        return tuple(row[0] for row in rows)

    def options(self, filters: Filters) -> FilterOptions:
        """Return the values that a filtered search can be narrowed by further, with counts."""
        whole = "SELECT min(year_min), max(year_max), count(*) - count(COALESCE(year_min, year_max)) FROM records"
        year_min, year_max, undated = self._all(whole)[0]
        return FilterOptions(
            remaining=len(self.items_passing(filters)),
            undated=undated,
            year_min=year_min,
            year_max=year_max,
            facets={facet: self._options(facet, filters.without(facet)) for facet in FACETS},
        )

    def _options(self, facet: str, filters: Filters) -> tuple[Option, ...]:
        clause = self._where(filters)
        rows = self._all(
            f"""SELECT value, count(*) FROM terms
                WHERE facet = ? AND item IN (SELECT item FROM records WHERE {clause.sql})
                GROUP BY value ORDER BY count(*) DESC, value""",
            facet,
            *clause.values,
        )
        if not all(isinstance(value, str) for value, _ in rows):
            raise self._damaged(f"a value of {facet} that is no text")
        return tuple(Option(value=value, count=count) for value, count in rows)

    def _where(self, filters: Filters) -> Clause:
        return where(filters, is_amended=self._is_amended)

    def _record(self, row: Sequence[Any]) -> Record:
        values = dict(zip(_COLUMNS.split(", "), row, strict=True))
        for name, value in values.items():
            if not isinstance(value, _COLUMN_TYPES.get(name, _TEXT_OR_NULL)):
                raise self._damaged(f"{value!r:.40} as {name}")
        values["show_picture"] = bool(values["show_picture"])
        relations = self._all(
            """SELECT kind, target, other.record_id FROM relations
               LEFT JOIN records AS other ON other.item = target_item
               WHERE relations.item = ? ORDER BY position""",
            values["item"],
        )
        if not all(
            isinstance(text, str) for kind, target, _ in relations for text in (kind, target)
        ):
            raise self._damaged("a relation that is no text")
        return Record(
            **values,
            relations=tuple(Relation(kind=k, target=t, record_id=r) for k, t, r in relations),
        )

    def _all(self, sql: str, *values: Any) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except (
            sqlite3.Error,
            UnicodeError,
        ) as error:  # UnicodeError: text that is not UTF-8, in the query or the file
            raise self._damaged(error) from error
