"""Read a museum's collection: each record with its picture, or a refusal with the reason.

Reads the table row by row and each picture's header and bytes once. Only a file that seems to end early is decoded. A
picture that turns out damaged is refused later, where prints are decoded. Records are sorted by id, so the order of
rows in the table doesn't change the bundle.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest import item
from converter.ingest.columns import ColumnMap
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.prefetch import prefetch
from converter.ingest.findings import Findings, FindingsCollector, Refusal
from converter.ingest.item import Item
from converter.ingest.mapping import record_pictures
from converter.ingest.mapping.further_pictures import RowJoiner, with_pictures
from converter.ingest.mapping.titles import title_language
from converter.ingest.mapping.year_columns import disagreement
from converter.ingest.opened_export import open_export
from converter.ingest.picture_files import NoPictureError, PictureFolder
from converter.ingest.readers.source import Source, name_of
from converter.ingest.relations import RelationText
from converter.ingest.settings import Settings
from converter.ingest.table import Row
from device.errors import PictureError

__all__ = ["Collection", "Item", "Refusal", "RelationText", "read"]

_EXAMPLES = 3
_YEARS_DISAGREE = "years that disagree with the date's text; the columns of years are used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The items and refusals of a collection's folder, and how its table was read.

    Attributes:
        items: Sorted by record id.
        refusals: Sorted by record id. Together with the items and the records without a picture, every row that is
            neither blank nor only a further picture of a record.
        languages: Field to BCP 47 tag.
        columns: Field to the museum's column that holds it.
        unused: The museum's columns that no field uses.
        warnings: Lines for staff about problems that caused no refusal.
        findings: What else staff should know of the export.
    """

    name: str
    path: Source
    items: tuple[Item, ...]
    refusals: tuple[Refusal, ...]
    languages: Mapping[str, str]
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    warnings: tuple[str, ...]
    findings: Findings


def read(
    path: Source,
    *,
    columns: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    fetcher: Fetcher | None = None,
) -> Collection:
    """Read a collection's table, and check the picture file of every record.

    Args:
        path: The folder, with a table, the pictures, and perhaps a `collection.toml`; or the table's file there; or
            the table's web address.
        columns: A column map to use instead of the folder's own; `None` for that one.
        progress: Called after each row with the rows done and the rows in total.
        fetcher: Fetches what is named by address: the table, manifests, pictures; `None` to refuse these.

    Raises:
        CollectionError: When the collection can't be read as a whole; a single record is refused instead.
    """
    export = open_export(path, columns, fetcher)
    settings, table, found = export.settings, export.table, export.columns
    fetched = prefetch(
        record_pictures.all_picture_names(table, found, export.pictures), fetcher, progress
    )
    collector = _RowCollector(settings=settings, columns=found, folder=export.pictures)
    findings = FindingsCollector(table, found, settings.rights)
    for done, row in enumerate(table.rows(), 1):
        collector.add(findings.clean(row))
        progress(done, table.count)
    items = tuple(collector.sorted_items())
    return Collection(
        name=settings.name or name_of(path),
        path=path,
        items=items,
        refusals=tuple(
            sorted(collector.refusals, key=lambda refusal: (refusal.record_id, refusal.reason))
        ),
        languages=title_language(settings.languages, tuple(found.names), settings.title_order),
        columns=found.names,
        unused=found.unused,
        warnings=(*table.notes, *fetched, *collector.warnings(), *findings.warnings()),
        findings=findings.result(collector.without_picture),
    )


class _RowCollector:
    """Turn rows into items, refusals and warnings."""

    def __init__(self, *, settings: Settings, columns: ColumnMap, folder: PictureFolder) -> None:
        self._settings = settings
        self._columns = columns
        self._folder = folder
        self._items: dict[str, Item] = {}
        self._places: dict[str, str] = {}
        self._joiner = RowJoiner(columns, by_id=settings.rows == "pictures")
        self._warned_ids: dict[str, list[str]] = {}
        self._blank = 0
        self.refusals: list[Refusal] = []
        self.without_picture: list[Refusal] = []

    def add(self, row: Row) -> None:
        """Add a row's record to the items, or refuse it."""
        if row.is_blank:
            self._blank += 1
            return
        values = self._columns.values(row.cells)
        record_id, image = values.get("record_id", ""), values.get("image", "")
        try:
            self._check(row, record_id)
            names = record_pictures.picture_names(self._folder, values)
            image = "; ".join(names)
            is_further = self._joiner.is_further_picture(record_id, row)
            if not is_further:
                self._check_id(row, record_id)
            pictures = record_pictures.find_pictures(self._folder, names)
        except (CollectionError, PictureError) as error:
            reason = str(error).removeprefix(f"{Path(image).name}: ")
            has_none = isinstance(error, NoPictureError)
            (self.without_picture if has_none else self.refusals).append(
                Refusal(record_id=record_id, image=image, reason=f"{row.place}: {reason}")
            )
            return
        self._warn_of_pictures(record_id, pictures)
        if is_further:
            self._items[record_id] = with_pictures(self._items[record_id], pictures)
            return
        self._joiner.remember(record_id, row)
        made = item.make(values, pictures.first, self._settings, pictures.more)
        self._items[record_id] = made
        self._add_warnings(made, values)

    def sorted_items(self) -> Iterator[Item]:
        """Yield the items by id, with a warning about those that share one scan.

        No row may be added afterwards: what only rows need is forgotten, 20 MB of a hundred thousand.
        """
        self._places.clear()
        self._joiner.forget()
        first: dict[str, str] = {}
        for record_id in sorted(self._items):
            one = self._items[record_id]
            other = first.setdefault(one.image_sha256, record_id)
            if other != record_id:
                self._warn("records that share one scan with another", f"{record_id} ({other})")
            yield one

    def _warn_of_pictures(self, record_id: str, pictures: record_pictures.RecordPictures) -> None:
        for name in pictures.missing:
            self._warn("further pictures that were left out", f"{record_id}: {name}")
        for note in pictures.notes:
            self._warn(f"picture: {note}", record_id)

    def _warn(self, text: str, about: str) -> None:
        self._warned_ids.setdefault(text, []).append(about)

    def warnings(self) -> Iterator[str]:
        """Yield the warnings, one line a kind."""
        if self._blank:
            yield f"{self._blank} blank rows were skipped"
        for text, ids in self._warned_ids.items():
            more = f" and {len(ids) - _EXAMPLES} more" if len(ids) > _EXAMPLES else ""
            yield f"{text}: {', '.join(sorted(ids)[:_EXAMPLES])}{more}"

    def _check(self, row: Row, record_id: str) -> None:
        if row.fault:
            raise CollectionError(row.fault)
        wanted, found = self._columns.width, len(row.cells)
        if found < wanted or any(row.cells[wanted:]):
            raise CollectionError(
                f"expected {wanted} cells, found {found}; look for a delimiter or quote in a cell"
            )
        if not record_id:
            raise CollectionError("expected a record id, found none; give the record one")
        if not record_id.isprintable():
            raise CollectionError(
                f"expected a record id of printable characters, found {record_id!r}"
            )

    def _check_id(self, row: Row, record_id: str) -> None:
        place = self._places.setdefault(record_id, row.place)
        if place != row.place:
            raise CollectionError(
                f"expected an id of its own, found that of {place}; give each record its own"
            )

    def _add_warnings(self, made: Item, values: Mapping[str, str]) -> None:
        notes = {
            f"no title, shown as {item.placeholder_title(self._settings)!r}": not values.get(
                "title"
            ),
            "the record's link is not a web address and was left out": values.get("source_url")
            and made.source_url is None,
        }
        for text, holds in notes.items():
            if holds:
                self._warn(text, made.record_id)
        if differs := disagreement(values):
            self._warn(_YEARS_DISAGREE, f"{made.record_id} ({differs})")
