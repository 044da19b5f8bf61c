"""Read a museum's CSV or TSV file row by row, holding one row at a time.

Knows encodings and rows. Knows nothing of what a column means.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.readers.csv_header import find_csv_header
from converter.ingest.readers.csv_rows import split_rows, without_empty_end
from converter.ingest.readers.text_file import detect_encoding, opened, read_head
from converter.ingest.table import Row

_SECTION = "csv"


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
        try:
            found = find_csv_header(file, delimiter)
        except CollectionError as error:
            raise CollectionError(f"{path}: {error}") from error
    with opened(path, encoding, section=_SECTION) as file:
        rows = _rows(path, file, found.delimiter, found.above)
        header = next(rows, None)
        if header is None or header.is_blank:
            raise CollectionError(f"{path}: expected a header, found none; export it again")
        if header.fault:
            raise CollectionError(f"{path}: {header.place}: {header.fault}")
        above = ", ".join(map(str, found.passed_over))
        return CsvTable(
            path=path,
            delimiter=found.delimiter,
            encoding=encoding,
            header=without_empty_end(header.cells),
            count=sum(1 for _ in rows),
            skipped=found.above,
            notes=(f"skipped above the header: line {above}",) if above else (),
        )


def _rows(path: Path, file: io.TextIOBase, delimiter: str, skip: int) -> Iterator[Row]:
    try:
        yield from split_rows(file, delimiter, skip=skip)
    except CollectionError as error:
        raise CollectionError(f"{path}: {error}") from error
