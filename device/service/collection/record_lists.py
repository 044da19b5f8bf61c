"""Lists of records for browsing without a camera: ordered pages, counts, attract prints."""

import hashlib
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from device.bundle.filters import Filters
from device.bundle.records import Record, Records, RecordSummary
from device.service.collection.current_bundle import CurrentBundle

# A title is sorted by its first letters; titles that agree in them keep the museum's own order of rows.
_LETTERS = 40
# Letters that Unicode doesn't decompose into a letter and an accent.
_LETTER_PAIRS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th"})

_Key = tuple[object, ...]


class Order(StrEnum):
    """The orders in which prints can be listed."""

    MAKER = "maker"
    DATE = "date"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list of the records that pass some filters.

    Attributes:
        records: The records on this page.
        number: This page's number, from 1.
        pages: Number of pages, at least 1.
        total: Number of records that pass the filters.
    """

    records: tuple[Record, ...]
    number: int
    pages: int
    total: int


class RecordLists:
    """Lists the collection's records. Every method may be called from any thread."""

    def __init__(self, current: CurrentBundle) -> None:
        self._current = current
        self._lock = threading.Lock()
        self._records: Records | None = None
        self._sorted: dict[Order, dict[int, int]] = {}

    def page(self, filters: Filters, order: Order, number: int, size: int) -> Page:
        """Return one page of the records that pass the filters; at most the last page.

        Args:
            filters: The conditions that records must meet.
            order: The order of the list.
            number: Number of the page, from 1.
            size: Records on a page, at least 1.

        Raises:
            BundleMissingError: When there is no bundle.
        """
        with self._current.borrow() as bundle:
            places = self._places(bundle.records, order)
            items = sorted(bundle.records.items_passing(filters), key=places.__getitem__)
            pages = max(1, -(-len(items) // size))
            number = max(1, min(number, pages))
            shown = items[(number - 1) * size : number * size]
            records = tuple(map(bundle.records.at, shown))
        return Page(records=records, number=number, pages=pages, total=len(items))

    def count(self, filters: Filters) -> int:
        """Return the number of records that pass the filters."""
        with self._current.borrow() as bundle:
            return len(bundle.records.items_passing(filters))

    def attract_print(self, filters: Filters, turn: int) -> Record | None:
        """Return the print of the attract loop's slide number `turn`; `None` if there is none.

        Neighbours in the museum's order rarely follow each other, and every print is shown before one is
        repeated.
        """
        with self._current.borrow() as bundle:
            passing = frozenset(bundle.records.items_passing(filters))
            ids = [
                outline.record_id
                for outline in bundle.records.summaries()
                if outline.show_picture and outline.item in passing
            ]
            if not ids:
                return None
            ids.sort(key=lambda each: hashlib.sha256(each.encode()).digest())
            return bundle.records.get(ids[turn % len(ids)])

    def _places(self, records: Records, order: Order) -> dict[int, int]:
        """Return the place of each item in an order; computed once for each bundle."""
        with self._lock:
            if self._records is not records:
                self._records, self._sorted = records, {}
            if order not in self._sorted:
                outlines = sorted(records.summaries(), key=_KEYS[order])
                self._sorted[order] = {each.item: place for place, each in enumerate(outlines)}
            return self._sorted[order]


def alphabetical(words: Iterable[str]) -> list[str]:
    """Return words in alphabetical order, as `sort_key` compares them."""
    return sorted(words, key=sort_key)


def sort_key(words: str) -> tuple[str, str]:
    """Return the key that words are sorted by; punctuation at the start is skipped.

    The first 40 characters count. They are compared without accents and case. Accents decide only between words that
    are otherwise equal (DIN 5007-1, and the order of French, Italian and English dictionaries).
    """
    start = next((n for n, letter in enumerate(words) if letter.isalnum()), 0)
    accented = unicodedata.normalize("NFKD", words[start : start + _LETTERS])
    letters = "".join(letter for letter in accented if not unicodedata.combining(letter))
    return letters.casefold().translate(_LETTER_PAIRS), accented


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
