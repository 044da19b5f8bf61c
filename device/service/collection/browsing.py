"""Walking through the collection without a camera: pages of prints in an order, what belongs together, what looks alike."""

import hashlib
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from device.bundle.filters import Filters
from device.bundle.records import Record, Records, RecordSummary, Relation
from device.service.collection.open_collection import OpenCollection

# Of a title so many letters decide; what is alike as far as that comes by row, which is the museum's own order.
_LETTERS = 40
# Those that no accent makes of another.
_LETTERS_OF_TWO = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th"})

_Key = tuple[object, ...]


class Order(StrEnum):
    """How prints are put in order."""

    MAKER = "maker"
    DATE = "date"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of what passes some filters.

    Attributes:
        records: What is on it.
        number: Which page it is, from 1.
        pages: How many there are, at least 1.
        total: How many records pass.
    """

    records: tuple[Record, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedWorks:
    """What goes with one record.

    Attributes:
        wholes: What it is part of and so on, to how many records have a relation to the same, itself counted.
        referring: Relations of others that lead to it.
        alike: What looks most like it, nearest first.
    """

    wholes: dict[str, int]
    referring: tuple[Relation, ...]
    alike: tuple[Record, ...]


class Browsing:
    """The collection, to be walked through. Every method may be called from any thread."""

    def __init__(self, exhibition: OpenCollection) -> None:
        self._exhibition = exhibition
        self._lock = threading.Lock()
        self._records: Records | None = None
        self._sorted: dict[Order, dict[int, int]] = {}

    def page(self, filters: Filters, order: Order, number: int, size: int) -> Page:
        """Give one page of the records that pass; the last one where there are fewer.

        Args:
            filters: Which records.
            order: How they are put in order.
            number: Which page, from 1.
            size: How many a page, at least 1.

        Raises:
            BundleMissingError: When there is no bundle.
        """
        with self._exhibition.lent() as bundle:
            places = self._places(bundle.records, order)
            items = sorted(bundle.records.items_passing(filters), key=places.__getitem__)
            pages = max(1, -(-len(items) // size))
            number = max(1, min(number, pages))
            shown = items[(number - 1) * size : number * size]
            records = tuple(map(bundle.records.at, shown))
        return Page(records=records, number=number, pages=pages, total=len(items))

    def count(self, filters: Filters) -> int:
        """Give how many records pass."""
        with self._exhibition.lent() as bundle:
            return len(bundle.records.items_passing(filters))

    def passing_by(self, filters: Filters, number: int) -> Record | None:
        """Give the print that passes by at a turn while nobody is there; `None` where none may be shown.

        Neighbours in the museum's order seldom follow each other, and all come before one comes again.
        """
        with self._exhibition.lent() as bundle:
            passing = frozenset(bundle.records.items_passing(filters))
            ids = [
                outline.record_id
                for outline in bundle.records.summaries()
                if outline.show_picture and outline.item in passing
            ]
            if not ids:
                return None
            ids.sort(key=lambda each: hashlib.sha256(each.encode()).digest())
            return bundle.records.get(ids[number % len(ids)])

    def family(self, record_id: str, count: int) -> RelatedWorks:
        """Give what goes with a record, and at most `count` that look like it.

        Raises:
            UnknownRecordError: When it is not in the bundle, or was withdrawn.
        """
        with self._exhibition.lent() as bundle:
            record = bundle.records.get(record_id)
            targets = [each.target for each in record.relations if each.record_id is None]
            known = {each.record_id for each in record.relations}
            return RelatedWorks(
                wholes={target: bundle.records.count_related_to(target) for target in targets},
                referring=tuple(
                    each
                    for each in bundle.records.incoming_relations(record.item)
                    if each.record_id not in known
                ),
                alike=self._exhibition.alike(record_id, count),
            )

    def _places(self, records: Records, order: Order) -> dict[int, int]:
        """Give row to place in an order; reckoned once for a bundle."""
        with self._lock:
            if self._records is not records:
                self._records, self._sorted = records, {}
            if order not in self._sorted:
                outlines = sorted(records.summaries(), key=_KEYS[order])
                self._sorted[order] = {each.item: place for place, each in enumerate(outlines)}
            return self._sorted[order]


def in_order(words: Iterable[str]) -> list[str]:
    """Give words in alphabetical order."""
    return sorted(words, key=sort_key)


def sort_key(words: str) -> tuple[str, str]:
    """Give what words are put in order by; what they begin with that is no letter or number doesn't count.

    Letters count first, accents only between words that are otherwise the same (DIN 5007-1, and the order of French,
    Italian and English dictionaries).
    """
    begin = next((n for n, letter in enumerate(words) if letter.isalnum()), 0)
    accented = unicodedata.normalize("NFKD", words[begin : begin + _LETTERS])
    letters = "".join(letter for letter in accented if not unicodedata.combining(letter))
    return letters.casefold().translate(_LETTERS_OF_TWO), accented


def _by_maker(outline: RecordSummary) -> _Key:
    makers = outline.makers
    return (makers is None, _maker_key(makers or ""), *_by_date(outline))


@cache
def _maker_key(makers: str) -> tuple[str, str]:
    return sort_key(makers)


def _by_date(outline: RecordSummary) -> _Key:
    return (outline.year is None, outline.year or 0, outline.item)


def _by_title(outline: RecordSummary) -> _Key:
    return (sort_key(outline.title), outline.item)


_KEYS = {Order.MAKER: _by_maker, Order.DATE: _by_date, Order.TITLE: _by_title}
