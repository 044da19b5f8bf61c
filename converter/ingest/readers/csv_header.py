"""Find the header of a CSV file: its line, and the delimiter of its columns.

Above it may be a line in which Excel names the delimiter, and lines that people read: a title, a date, a filter.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from converter.errors import CollectionError
from converter.ingest.readers.header_row import (
    ROWS_LOOKED_AT,
    find_header,
    is_known_header,
    known_names,
)

DELIMITERS = (",", ";", "\t")
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
_MOST_IN_THE_HEAD = 1_000_000  # characters
# Excel reads and writes it: the delimiter of the lines below.
_SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvHeader:
    """Where the header of a CSV file is.

    Attributes:
        delimiter: The character between its cells.
        above: Number of lines above it.
        passed_over: Numbers of those that hold text, but no delimiter's name.
    """

    delimiter: str
    above: int = 0
    passed_over: tuple[int, ...] = ()


def find_csv_header(file: io.TextIOBase, delimiter: str | None) -> CsvHeader:
    """Find the header among the first lines.

    Args:
        file: The text, from its start.
        delimiter: The character between cells; `None` to detect it.

    Raises:
        CollectionError: When there is none, or several delimiters would do.
    """
    lines = list(_first_lines(file))
    above = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    if above == len(lines):
        raise CollectionError("expected a header in its first line, found none; export it again")
    if match := _SEP_LINE.fullmatch(lines[above]):
        above, delimiter = above + 1, delimiter or match[1]
    if delimiter:
        return _found(delimiter, _rows(lines, above, delimiter), above)
    by_sign = {sign: _rows(lines, above, sign) for sign in DELIMITERS}
    return _found(best := _best(by_sign), by_sign[best], above)


def _first_lines(file: io.TextIOBase) -> Iterator[str]:
    left = _MOST_IN_THE_HEAD
    # The rows that are looked at may have cells with line breaks.
    for _ in range(4 * ROWS_LOOKED_AT):
        line = file.readline(left)
        left -= len(line)
        if not line or not left:
            return
        yield line


def _rows(lines: Sequence[str], above: int, sign: str) -> list[tuple[int, list[str]]]:
    """Return the first rows that aren't empty, each with the number of lines above it."""
    reader, rows, start = csv.reader(lines[above:], delimiter=sign), [], above
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((start, stripped))
            start = above + reader.line_num
            if len(rows) == ROWS_LOOKED_AT:
                break
    except csv.Error:  # a cell beyond any limit: the rows before it are enough
        pass
    return rows


def _best(by_sign: dict[str, list[tuple[int, list[str]]]]) -> str:
    """Return the delimiter whose header has the most known names, then the most at all.

    Without known names, a header in the first row comes before one further down: there, cells may hold any sign.
    """
    scores = {sign: _score([cells for _, cells in rows]) for sign, rows in by_sign.items()}
    most = max(scores.values())
    best = [sign for sign, score in scores.items() if score == most]
    width = most[-1]
    if width < 2 or len(best) > 1:
        found = (
            " or ".join(_DELIMITER_NAMES[sign] for sign in best) if width > 1 else "none of them"
        )
        raise CollectionError(
            f"line 1: expected a header separated by comma, semicolon or tab, found {found}; "
            'name the delimiter in collection.toml, such as [csv] delimiter = ";"'
        )
    return best[0]


def _score(rows: Sequence[Sequence[str]]) -> tuple[int, bool, int]:
    place = find_header(rows)
    if place is None:
        return 0, False, 0
    header = rows[place]
    return known_names(header) if is_known_header(header) else 0, place == 0, len(header)


def _found(sign: str, rows: Sequence[tuple[int, Sequence[str]]], above: int) -> CsvHeader:
    place = find_header([cells for _, cells in rows]) or 0
    starts = [start for start, _ in rows]
    return CsvHeader(
        delimiter=sign,
        above=starts[place] if place else above,
        passed_over=tuple(start + 1 for start in starts[:place]),
    )
