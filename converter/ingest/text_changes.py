"""Clean every cell of an export once, and keep what was changed for the report."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from converter.ingest.columns import ColumnMap
from converter.ingest.table import ExportTable, Row
from converter.ingest.text_hygiene import TextFault, clean, is_plain

LISTED = 20_000  # changes kept in full; more are only counted
_REPEATED = 100  # characters of a text that other records may have, too: makers, techniques, rights
_LONGEST = 300  # characters of a text in the report
# They name something outside the export, so their characters stay.
_LITERAL = ("record_id", "image")
# Excel and statistics programs write the whole number 12 as "12.0" in these fields.
_NUMBERED = ("record_id", "inventory_number")
_YEARS = ("date", "year_from", "year_to")
_WHOLE = re.compile(r"([0-9]+)\.0+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """One cell that was changed, or whose fault was noticed.

    Attributes:
        place: Where its row is in the export.
        column: The museum's column.
        faults: Its kinds of faults.
        before, after: The start of the cell's text.
    """

    place: str
    column: str
    faults: tuple[TextFault, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChanges:
    """All changes to an export's texts.

    Attributes:
        counts: Cells by kind of fault; a cell may have several.
        total: Number of cells with a fault.
        listed: The first `LISTED` of them.
    """

    counts: Mapping[TextFault, int]
    total: int
    listed: tuple[TextChange, ...]


def visible(text: str) -> str:
    """Return a text in quotes, with signs that can't be seen on their own as escapes."""
    signs = (
        (
            ascii(sign)[1:-1]
            if not sign.isprintable() or unicodedata.combining(sign) or sign == "\\"
            else sign
        )
        for sign in text
    )
    return f"'{''.join(signs)}'"


class TextCleaner:
    """Clean rows one by one, and count the changes."""

    def __init__(self, table: ExportTable, columns: ColumnMap) -> None:
        """Look for columns of whole numbers written with decimals.

        Args:
            table: The export; its rows are read until none of its columns can be such a column.
            columns: The column of each field.
        """
        self._header = table.header
        self._literal = _cells_of(columns, _LITERAL)
        self._years = _cells_of(columns, _YEARS)
        self._whole = _whole_columns(table, _cells_of(columns, _NUMBERED))
        self._counts: Counter[TextFault] = Counter()
        self._total = 0
        self._listed: list[TextChange] = []

    def clean(self, row: Row) -> Row:
        """Return a row with clean cells."""
        text = "".join(row.cells)
        if is_plain(text) and not (self._whole or ".0" in text):
            return row
        cells = [self._cell(row, position, text) for position, text in enumerate(row.cells)]
        return Row(place=row.place, cells=tuple(cells), fault=row.fault)

    def changes(self) -> TextChanges:
        """Return what was changed so far."""
        return TextChanges(counts=dict(self._counts), total=self._total, listed=tuple(self._listed))

    def _cell(self, row: Row, position: int, text: str) -> str:
        if is_plain(text) and not text.endswith("0"):
            return text
        is_literal = position in self._literal
        after, faults = (clean if len(text) > _REPEATED else _clean_again)(text, is_literal)
        number = _WHOLE.fullmatch(after)
        if number and (position in self._whole or (position in self._years and len(number[1]) > 2)):
            after, faults = number[1], (*faults, TextFault.DECIMALS)
        if faults:
            self._note(row, position, faults, text, after)
        return after

    def _note(
        self, row: Row, position: int, faults: tuple[TextFault, ...], before: str, after: str
    ) -> None:
        self._counts.update(faults)
        self._total += 1
        if len(self._listed) < LISTED:
            names = self._header[position : position + 1]
            self._listed.append(
                TextChange(
                    place=row.place,
                    column=names[0] if names else f"cell {position + 1}",
                    faults=faults,
                    before=before[:_LONGEST],
                    after=after[:_LONGEST],
                )
            )


def _cells_of(columns: ColumnMap, fields: Iterable[str]) -> frozenset[int]:
    return frozenset().union(*map(columns.cells_of, fields))


@lru_cache(maxsize=8192)
def _clean_again(text: str, is_literal: bool) -> tuple[str, tuple[TextFault, ...]]:
    return clean(text, is_literal)


def _whole_columns(table: ExportTable, positions: Iterable[int]) -> frozenset[int]:
    """Return the columns in which every text is a whole number with decimals, such as "12.0".

    One other text is enough to keep a column as it is: "1950.0" may stand next to "1950.1".
    """
    possible, filled = set(positions), set()
    for row in table.rows() if possible else ():
        for position in tuple(possible):
            text = row.cells[position] if position < len(row.cells) else ""
            if not text or row.fault:
                continue
            filled.add(position)
            if not _WHOLE.fullmatch(text):
                possible.discard(position)
        if not possible:
            break
    return frozenset(possible & filled)
