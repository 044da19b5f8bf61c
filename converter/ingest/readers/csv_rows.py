"""Split CSV text into rows, and contain a wrong quote to the row that has it.

A stray or unclosed quote would otherwise swallow all rows up to the next quote.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence

from converter.errors import CollectionError
from converter.ingest.table import Row

MOST_IN_A_CELL = 1_000_000  # characters; descriptions of works stay far below
_MOST_IN_A_LINE = 16_000_000
_REMEDY = "double the quotes inside cells, or remove the quote"


def split_rows(file: io.TextIOBase, delimiter: str, *, skip: int = 0) -> Iterator[Row]:
    """Yield the rows of a CSV text, the header first; one that can't be split has a fault.

    Args:
        file: The text.
        delimiter: The character between cells.
        skip: Number of lines before the header.

    Raises:
        CollectionError: When a line is too long for any table.
    """
    csv.field_size_limit(MOST_IN_A_CELL)  # a limit of the whole process, and only csv uses it
    lines = _Lines(file, skip)
    splitter = _RowSplitter(lines, delimiter)
    while True:
        row = splitter.next_row()
        if row is None:
            return
        if row.cells or row.fault:  # else an empty line
            yield row


def without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells up to the last one that isn't empty."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


class _Lines:
    """The lines of a file, of which the last ones taken can be put back."""

    def __init__(self, file: io.TextIOBase, skip: int) -> None:
        self._file = file
        self._ahead: deque[str] = deque()
        self.number = skip
        for _ in range(skip):
            file.readline(_MOST_IN_A_LINE)
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else self._file.readline(_MOST_IN_A_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= _MOST_IN_A_LINE:
            raise CollectionError(
                f"line {self.number}: expected at most {_MOST_IN_A_LINE:,} characters, found more; "
                "export the table as CSV, a line for each work"
            )
        self.taken.append(line)
        return line

    def put_back(self) -> None:
        """Put all taken lines but the first back."""
        self._ahead.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]


class _RowSplitter:
    """Split lines into rows; after a wrong quote, find the line where the next row starts."""

    def __init__(self, lines: _Lines, delimiter: str) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._reader = self._new_reader()
        self._width = 0
        self._doubtful = 0  # the last line that a faulty row may reach to
        self._waiting: Row | None = None

    def next_row(self) -> Row | None:
        """Return the next row, without cells for an empty line, or None at the end."""
        row, self._waiting = self._waiting or self._split(), None
        if row is None or not row.fault:
            return row
        # The other lines of a cell with a line break belong to the faulty row, and make no rows of their own.
        following = self._split()
        while following is not None and self._is_fragment(following):
            following = self._split()
        self._waiting = following
        return row

    def _new_reader(self) -> "Iterator[list[str]]":
        return csv.reader(self._lines, delimiter=self._delimiter, strict=True)

    def _split(self) -> Row | None:
        lines = self._lines
        lines.taken.clear()
        first = lines.number + 1
        try:
            cells = _stripped(next(self._reader))
            fault = self._width_fault(cells)
        except StopIteration:
            return None
        except csv.Error as error:
            fault = _quote_fault(error, len(lines.taken))
        if fault:
            self._doubtful = max(self._doubtful, lines.number)
            lines.put_back()
            self._reader = self._new_reader()
            cells = self._split_leniently(lines.taken[0])
        self._width = self._width or len(without_empty_end(cells))
        return Row(place=f"line {first}", cells=cells, fault=fault)

    def _width_fault(self, cells: Sequence[str]) -> str:
        count = len(self._lines.taken)
        if count < 2 or not self._width or self._fits(cells):
            return ""
        return (
            f"expected {self._width} cells, found {len(cells)} in {count} lines joined by a quote; "
            f"{_REMEDY}"
        )

    def _fits(self, cells: Sequence[str]) -> bool:
        return len(cells) >= self._width and not any(cells[self._width :])

    def _is_fragment(self, row: Row) -> bool:
        """Return whether a line is the rest of a cell: short, and no cell starts with a quote."""
        line = self._lines.taken[0] if self._lines.taken else ""
        opens = line.startswith('"') or f'{self._delimiter}"' in line
        # The fault was found at a later line, or a quote here closes nothing.
        is_within = self._lines.number <= self._doubtful or '"' in line
        return is_within and len(row.cells) < self._width and not opens

    def _split_leniently(self, line: str) -> tuple[str, ...]:
        try:
            return _stripped(next(csv.reader([line], delimiter=self._delimiter), ()))
        except csv.Error:  # a cell beyond the limit
            return _stripped(line[:MOST_IN_A_CELL].split(self._delimiter)[:1])


def _quote_fault(error: csv.Error, lines: int) -> str:
    if lines == 1 and "limit" in str(error):
        return (
            f"expected cells of at most {MOST_IN_A_CELL:,} characters, found more; shorten the text"
        )
    if lines == 1 and "end of data" not in str(error):
        return f"expected cells with matching quotes, found text after a closing quote; {_REMEDY}"
    return f"expected cells with matching quotes, found a quote that isn't closed; {_REMEDY}"


def _stripped(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)
