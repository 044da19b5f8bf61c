"""The records of one collection, read from the bundle's SQLite file."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any

from device.bundle.filters import FACETS, Clause, Filters, where
from device.bundle.metadata_fields import MetadataFields
from device.bundle.notices import Notices
from device.bundle.picture_rows import PictureRows
from device.bundle.records_file import COLUMNS, RecordsFile
from device.errors import UnknownRecordError


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
class RecordPicture:
    """One of a record's pictures, upright: its size in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(MetadataFields):
    """A record of a bundle: the museum's metadata of one print, and the bundle's own fields.

    Attributes:
        item: Its number in the bundle, from 0, shared with its fingerprint.
        show_picture: Whether the licence allows the picture to be shown.
        width, height: Size of the museum's first picture, upright, in pixels.
        more_pictures: Its further pictures, such as its verso, in the museum's order.
        titles: BCP 47 tag to the title in that language, as far as the museum gives them.
    """

    item: int
    show_picture: bool
    width: int
    height: int
    relations: tuple[Relation, ...] = ()
    more_pictures: tuple[RecordPicture, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def pictures(self) -> tuple[RecordPicture, ...]:
        """All its pictures, first the first."""
        return (RecordPicture(width=self.width, height=self.height), *self.more_pictures)

    def title_in(self, language: str) -> str:
        """Return its title in a language (BCP 47), else the museum's main title."""
        return self.titles.get(language, self.title)


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


_COLUMNS = ", ".join(COLUMNS)
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
        self._file = RecordsFile(path, notices)
        self._is_amended = bool(notices and notices.amended)

    def close(self) -> None:
        """Close the file; the object can't be used afterwards."""
        self._file.close()

    def __len__(self) -> int:
        return int(self._file.rows("SELECT count(*) FROM records")[0][0])

    def has_rows(self, items: int) -> bool:
        """Return whether the file has exactly the items 0 to `items - 1`."""
        found = self._file.rows("SELECT count(*), min(item), max(item) FROM main.records")[0]
        return tuple(found) == ((items, 0, items - 1) if items else (0, None, None))

    def picture_rows(self) -> PictureRows:
        """Return the rows of all pictures.

        Raises:
            BundleDamagedError: When the rows of further pictures don't follow those of the first ones, or a record's
                pictures aren't numbered from 1.
        """
        items = self._file.rows("SELECT count(*) FROM main.records")[0][0]
        rows = self._file.rows("SELECT picture, item, position FROM more_pictures ORDER BY picture")
        counts: Counter[int] = Counter()
        for expected, (row, item, position) in enumerate(rows, items):
            is_known = isinstance(item, int) and 0 <= item < items
            counts[item] += 1
            if row != expected or not is_known or position != counts[item]:
                raise self._file.damaged(f"{(row, item, position)!r:.60} as a further picture")
        return PictureRows(items=items, further=tuple((item, at) for _, item, at in rows))

    def picture_hashes(self) -> dict[str, tuple[str, ...]]:
        """Return the sha256 of each record's picture files, record id to hashes, in order."""
        rows = self._file.rows("""SELECT record_id, 0 AS position, image_sha256 FROM main.records
               UNION ALL SELECT record_id, position, more_pictures.image_sha256
               FROM more_pictures JOIN main.records USING (item) ORDER BY 1, 2""")
        found: dict[str, tuple[str, ...]] = {}
        for record_id, _, sha256 in rows:
            found[record_id] = (*found.get(record_id, ()), sha256)
        return found

    def fault(self) -> str:
        """Return the first fault that SQLite's integrity check finds, or "" without one."""
        found = self._file.rows("PRAGMA integrity_check(1)")[0][0]
        return "" if found == "ok" else str(found)

    def items_of(self, record_ids: Collection[str]) -> frozenset[int]:
        """Return the items of the records with these ids, also if withdrawn; skip unknown ids."""
        found = "SELECT item FROM main.records WHERE record_id = ?"
        return frozenset(row[0] for each in record_ids for row in self._file.rows(found, each))

    def get(self, record_id: str) -> Record:
        """Return the record with this id.

        Raises:
            UnknownRecordError: When there is none.
        """
        # SQLite can't take half a surrogate pair, which JSON may contain.
        encodable = record_id.encode(errors="replace").decode()
        rows = self._file.rows(f"SELECT {_COLUMNS} FROM records WHERE record_id = ?", encodable)
        if not rows or encodable != record_id:
            raise UnknownRecordError(f"record {record_id!r} is not in this collection")
        return self._record(rows[0])

    def at(self, item: int) -> Record:
        """Return the record with this item number.

        Raises:
            UnknownRecordError: When the collection has no such item.
        """
        rows = self._file.rows(f"SELECT {_COLUMNS} FROM records WHERE item = ?", item)
        if not rows:
            raise UnknownRecordError(f"item {item} is not in this collection of {len(self)}")
        return self._record(rows[0])

    def summaries(self) -> tuple[RecordSummary, ...]:
        """Return the summaries of all records, by item."""
        names = "item, record_id, title, makers, COALESCE(year_min, year_max), show_picture"
        rows = self._file.rows(f"SELECT {names} FROM records ORDER BY item")
        kinds: tuple[Any, ...] = (int, str, str, _TEXT_OR_NULL, (int, NoneType), int)
        for row in rows:
            if not all(isinstance(v, kind) for v, kind in zip(row, kinds, strict=True)):
                raise self._file.damaged(f"{row!r:.60} as a record's summary")
        return tuple(
            RecordSummary(item=i, record_id=r, title=t, makers=m, year=y, show_picture=bool(s))
            for i, r, t, m, y, s in rows
        )

    def incoming_relations(self, item: int) -> tuple[Relation, ...]:
        """Return the relations of other records to this item, with those records as targets."""
        rows = self._file.rows(
            """SELECT kind, other.title, other.record_id FROM relations
               JOIN records AS other ON other.item = relations.item
               WHERE target_item = ? ORDER BY relations.item, position""",
            item,
        )
        if not all(isinstance(text, str) for row in rows for text in row):
            raise self._file.damaged("a relation that is no text")
        return tuple(Relation(kind=k, target=t, record_id=r) for k, t, r in rows)

    def count_related_to(self, target: str) -> int:
        """Return how many records have a relation to this target, as the museum writes it."""
        return len(self.items_passing(Filters(whole=target)))

    def items_passing(self, filters: Filters) -> tuple[int, ...]:
        """Return the items of the records that pass the filters, ascending."""
        clause = self._where(filters)
        rows = self._file.rows(
            f"SELECT item FROM records WHERE {clause.sql} ORDER BY item", *clause.values
        )
        return tuple(row[0] for row in rows)

    def options(self, filters: Filters) -> FilterOptions:
        """Return the values that a filtered search can be narrowed by further, with counts."""
        whole = "SELECT min(year_min), max(year_max), count(*) - count(COALESCE(year_min, year_max)) FROM records"
        year_min, year_max, undated = self._file.rows(whole)[0]
        return FilterOptions(
            remaining=len(self.items_passing(filters)),
            undated=undated,
            year_min=year_min,
            year_max=year_max,
            facets={facet: self._options(facet, filters.without(facet)) for facet in FACETS},
        )

    def _options(self, facet: str, filters: Filters) -> tuple[Option, ...]:
        clause = self._where(filters)
        rows = self._file.rows(
            f"""SELECT value, count(*) FROM terms
                WHERE facet = ? AND item IN (SELECT item FROM records WHERE {clause.sql})
                GROUP BY value ORDER BY count(*) DESC, value""",
            facet,
            *clause.values,
        )
        if not all(isinstance(value, str) for value, _ in rows):
            raise self._file.damaged(f"a value of {facet} that is no text")
        return tuple(Option(value=value, count=count) for value, count in rows)

    def _where(self, filters: Filters) -> Clause:
        return where(filters, is_amended=self._is_amended)

    def _record(self, row: Sequence[Any]) -> Record:
        values = dict(zip(COLUMNS, row, strict=True))
        self._check(values)
        values["show_picture"] = bool(values["show_picture"])
        item = values["item"]
        return Record(
            **values,
            relations=self._relations(item),
            more_pictures=self._more_pictures(item),
            titles=self._titles(item),
        )

    def _relations(self, item: int) -> tuple[Relation, ...]:
        rows = self._file.rows(
            """SELECT kind, target, other.record_id FROM relations
               LEFT JOIN records AS other ON other.item = target_item
               WHERE relations.item = ? ORDER BY position""",
            item,
        )
        for kind, target, _ in rows:
            self._check({"kind": kind, "target": target}, str)
        return tuple(Relation(kind=k, target=t, record_id=r) for k, t, r in rows)

    def _more_pictures(self, item: int) -> tuple[RecordPicture, ...]:
        rows = self._file.rows(
            "SELECT width, height FROM more_pictures WHERE item = ? ORDER BY position", item
        )
        for width, height in rows:
            self._check({"width": width, "height": height})
        return tuple(RecordPicture(width=width, height=height) for width, height in rows)

    def _titles(self, item: int) -> dict[str, str]:
        rows = self._file.rows("SELECT language, title FROM titles WHERE item = ?", item)
        for language, title in rows:
            self._check({"language": language, "title": title}, str)
        return dict(rows)

    def _check(self, values: Mapping[str, Any], kind: Any = _TEXT_OR_NULL) -> None:
        """Check each column's value against its type, or against `kind`."""
        for name, value in values.items():
            if not isinstance(value, _COLUMN_TYPES.get(name, kind)):
                raise self._file.damaged(f"{value!r:.40} as {name}")
