"""Read a museum's Excel workbook: the sheet with the works, its header, and its rows.

Knows sheets, title lines above the header, merged cells and headers of two rows. Reads the workbook once, and keeps the
rows in a temporary file.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from converter.errors import CollectionError
from converter.ingest.columns import did_you_mean
from converter.ingest.readers.header_row import ROWS_LOOKED_AT, find_header, is_known_header
from converter.ingest.readers.json_spool import JsonSpool
from converter.ingest.readers.sheet_xml import SheetMarks
from converter.ingest.readers.workbook import OpenWorkbook, WorkbookSheet, opened_workbook
from converter.ingest.table import Row

_KEY = 'name one in collection.toml, such as [xlsx] sheet = "{}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class XlsxTable:
    """One sheet of a workbook that has been read to its end.

    Attributes:
        sheet: Its name.
        first: Rows below the header, each with its number before its cells.
        spool: The rows after these.
    """

    path: Path
    sheet: str
    header: tuple[str, ...]
    notes: tuple[str, ...]
    first: Sequence[Sequence[Any]]
    spool: JsonSpool

    @property
    def count(self) -> int:
        """Number of rows below the header."""
        return len(self.first) + len(self.spool)

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header, in order."""
        width = len(self.header)
        for number, *cells in chain(self.first, self.spool.rows()):
            fitted = (*cells[:width], *[""] * (width - len(cells)))
            yield Row(place=f"row {number} of sheet {self.sheet!r}", cells=fitted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """A sheet's column names, and the number of the row that ends them."""

    names: tuple[str, ...]
    last_row: int
    notes: tuple[str, ...]


def read(path: Path, *, sheet: str | None = None) -> XlsxTable:
    """Read one sheet of a workbook to its end.

    Args:
        path: The workbook.
        sheet: The sheet's name; `None` for the one that alone looks like a table of works.

    Raises:
        CollectionError: When it can't be read, or the sheet or its header isn't found.
    """
    with opened_workbook(path) as book:
        chosen = _named(book, sheet) if sheet else _only_table(book)
        marks, spool, widths = SheetMarks(), JsonSpool(), Counter[int]()
        rows = book.rows(chosen, marks)
        first = list(islice(rows, ROWS_LOOKED_AT))
        for number, cells in rows:
            widths[len(cells)] += 1
            spool.append([number, *cells])
        header = _header(chosen, first, marks)
        below = [(number, *cells) for number, cells in first if number > header.last_row]
        widths.update(len(row) - 1 for row in below)
        cut = sum(count for width, count in widths.items() if width > len(header.names))
        notes = [*_sheet_notes(book, chosen), *header.notes, *_cell_notes(chosen, marks, cut)]
    return XlsxTable(
        path=path,
        sheet=chosen.title,
        header=header.names,
        notes=tuple(notes),
        first=below,
        spool=spool,
    )


def _named(book: OpenWorkbook, name: str) -> WorkbookSheet:
    by_name = {one.title: one for one in book.sheets}
    folded = {title.strip().casefold(): one for title, one in by_name.items()}
    found = by_name.get(name) or folded.get(name.strip().casefold())
    if found is None:
        raise CollectionError(
            f"expected a sheet {name!r}, found none; {did_you_mean(name, list(by_name))}; "
            "correct [xlsx] sheet in collection.toml"
        )
    return found


def _only_table(book: OpenWorkbook) -> WorkbookSheet:
    """Return the visible sheet with a known header, else the only one with a table at all."""
    wide, known = [], []
    for one in book.sheets:
        if one.is_hidden:
            continue
        rows = [cells for _, cells in islice(book.rows(one), ROWS_LOOKED_AT)]
        place = find_header(rows)
        if place is not None:
            wide.append(one)
            if is_known_header(rows[place]):
                known.append(one)
    for found in (known, wide):
        if len(found) == 1:
            return found[0]
        if found:
            break
    sheets = ", ".join(map(_described, book.sheets)) or "none"
    reason = (
        "several sheets that look like one" if known or wide else "no sheet that looks like one"
    )
    title = (known or wide or book.sheets)[0].title if book.sheets else "Sheet1"
    raise CollectionError(
        f"expected a sheet with a header and works below it, found {reason} "
        f"(the sheets are {sheets}); {_KEY.format(title)}"
    )


def _described(sheet: WorkbookSheet) -> str:
    return f"{sheet.title!r}{' (hidden)' if sheet.is_hidden else ''}"


def _header(
    sheet: WorkbookSheet, rows: Sequence[tuple[int, list[str]]], marks: SheetMarks
) -> _Header:
    place = find_header([cells for _, cells in rows])
    if place is None:
        raise CollectionError(
            f"sheet {sheet.title!r}: expected a header of two columns or more, found none; "
            + _KEY.format("the sheet with the works")
        )
    number, cells = rows[place]
    names = _with_upper_names(list(cells), number, dict(rows), marks)
    below = rows[place + 1] if place + 1 < len(rows) else (0, [])
    last_row = number
    groups = [
        (left, right)
        for left, top, right, bottom in marks.merged
        if top <= number <= bottom and right > left
    ]
    if below[0] == number + 1 and _is_second_header(below[1], names, groups):
        names = _with_lower_names(names, below[1], groups)
        last_row = number + 1
    else:
        names = _with_numbers(names, groups)
    while names and not names[-1]:
        names.pop()
    above = ", ".join(str(other) for other, _ in rows[:place])
    notes = (f"sheet {sheet.title!r}: skipped above the header: row {above}",) if above else ()
    return _Header(names=tuple(names), last_row=last_row, notes=notes)


def _with_upper_names(
    names: list[str], number: int, rows: dict[int, list[str]], marks: SheetMarks
) -> list[str]:
    """Return the names, with those of cells that are merged down into the header's row."""
    for left, top, right, bottom in marks.merged:
        if top < number <= bottom and left == right and left <= len(rows.get(top, ())):
            names += [""] * (left - len(names))
            names[left - 1] = names[left - 1] or rows[top][left - 1]
    return names


def _is_second_header(
    below: Sequence[str], names: Sequence[str], groups: Sequence[tuple[int, int]]
) -> bool:
    """Return whether the row below names only columns under merged cells."""
    filled = [column for column, cell in enumerate(below, 1) if cell]
    is_under = [any(left <= column <= right for left, right in groups) for column in filled]
    return bool(filled) and all(is_under) and len(filled) < len([name for name in names if name])


def _with_lower_names(
    names: Sequence[str], below: Sequence[str], groups: Sequence[tuple[int, int]]
) -> list[str]:
    width = max(len(names), len(below))
    found = [*names, *[""] * (width - len(names))]
    for left, right in groups:
        for column in range(left, min(right, width) + 1):
            lower = below[column - 1] if column <= len(below) else ""
            found[column - 1] = f"{names[left - 1]} {lower}".strip()
    return found


def _with_numbers(names: Sequence[str], groups: Sequence[tuple[int, int]]) -> list[str]:
    """Return the names, with the columns under one merged cell told apart: "Size", "Size 2"."""
    found = list(names)
    for left, right in groups:
        if left <= len(names) and names[left - 1]:
            found += [""] * (right - len(found))
            for column in range(left + 1, right + 1):
                found[column - 1] = f"{names[left - 1]} {column - left + 1}"
    return found


def _sheet_notes(book: OpenWorkbook, chosen: WorkbookSheet) -> list[str]:
    others = [_described(one) for one in book.sheets if one is not chosen]
    if not others:
        return []
    return [f"sheet {chosen.title!r} was read; not read: {', '.join(others)}"]


def _cell_notes(sheet: WorkbookSheet, marks: SheetMarks, cut: int) -> list[str]:
    notes = []
    if cut:
        notes.append(
            f"sheet {sheet.title!r}: {cut} rows have cells right of the header, which weren't read"
        )
    if marks.unstored:
        notes.append(
            f"sheet {sheet.title!r}: formulas without a stored value count as empty, such as "
            f"{', '.join(marks.unstored)}; open the workbook in Excel and save it again"
        )
    return notes
