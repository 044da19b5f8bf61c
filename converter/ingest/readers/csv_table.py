"""Read a museum's CSV or TSV file row by row, holding one row at a time.

Knows delimiters, and the line that Excel writes to name one. Knows nothing of what a column means.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.readers.csv_rows import split_rows, without_empty_end
from converter.ingest.readers.text_file import detect_encoding, opened, read_head
from converter.ingest.table import Row

DELIMITERS = (",", ";", "\t")
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
_SECTION = "csv"
_LONGEST_HEADER = 1_000_000  # characters
# Excel reads and writes it: the delimiter of the lines below.
_SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A CSV file that has been read once to its end.

    Attributes:
        delimiter, encoding: As passed, or as detected.
        header: The columns' names, without surrounding space and without the empty ones at the end.
        count: Number of rows below the header.
        skipped: Number of lines above the header.
    """

    path: Path
    delimiter: str
    encoding: str
    header: tuple[str, ...]
    count: int
    skipped: int = 0
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header, in order; one with a wrong quote has a fault.

        Raises:
            CollectionError: When the rest of the file isn't text.
        """
        with opened(self.path, self.encoding, section=_SECTION) as file:
            rows = _rows(self.path, file, self.delimiter, self.skipped)
            next(rows, None)  # the header
            yield from rows


def read(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> CsvTable:
    """Read a CSV file once to its end, detecting delimiter and encoding unless passed.

    Raises:
        CollectionError: When it is missing, has another encoding or no header.
    """
    encoding = encoding or detect_encoding(read_head(path))
    with opened(path, encoding, section=_SECTION) as file:
        named, skipped, head = _head(file)
        delimiter = delimiter or named or _delimiter(path, head)
    with opened(path, encoding, section=_SECTION) as file:
        rows = _rows(path, file, delimiter, skipped)
        header = next(rows, None)
        if header is None or header.is_blank:
            raise CollectionError(f"{path}: expected a header in its first line, found none")
        if header.fault:
            raise CollectionError(f"{path}: {header.place}: {header.fault}")
        return CsvTable(
            path=path,
            delimiter=delimiter,
            encoding=encoding,
            header=without_empty_end(header.cells),
            count=sum(1 for _ in rows),
            skipped=skipped,
        )


def _head(file: io.TextIOBase) -> tuple[str | None, int, str]:
    """Return the delimiter of a `sep=` line, the lines up to it, and the header's lines."""
    line, number = file.readline(_LONGEST_HEADER), 1
    while line and not line.strip():
        line, number = file.readline(_LONGEST_HEADER), number + 1
    if match := _SEP_LINE.fullmatch(line):
        return match[1], number, ""
    head = line
    while head.count('"') % 2 and line and len(head) < _LONGEST_HEADER:
        line = file.readline(_LONGEST_HEADER)  # a quoted column name may contain a line break
        head += line
    return None, 0, head


def _delimiter(path: Path, head: str) -> str:
    """Return the delimiter that splits the header into the most columns."""
    widths = {sign: _width(head, sign) for sign in DELIMITERS}
    most = max(widths.values())
    best = [sign for sign, width in widths.items() if width == most]
    if most < 2 or len(best) > 1:
        if not head.strip():
            raise CollectionError(f"{path}: expected a header in its first line, found none")
        found = " or ".join(_DELIMITER_NAMES[sign] for sign in best) if most > 1 else "none of them"
        raise CollectionError(
            f"{path}: line 1: expected a header separated by comma, semicolon or tab, found {found}; "
            'name the delimiter in collection.toml, such as [csv] delimiter = ";"'
        )
    return best[0]


def _width(head: str, sign: str) -> int:
    try:
        return len(next(csv.reader([head], delimiter=sign, strict=True), ()))
    except csv.Error:
        return 0


def _rows(path: Path, file: io.TextIOBase, delimiter: str, skip: int) -> Iterator[Row]:
    try:
        yield from split_rows(file, delimiter, skip=skip)
    except CollectionError as error:
        raise CollectionError(f"{path}: {error}") from error
