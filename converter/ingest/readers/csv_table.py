"""Read a museum's CSV file row by row, holding one row at a time.

Knows encodings, delimiters and quotes. Knows nothing of what a column means.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.table import Row

DELIMITERS = (",", ";", "\t")
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A CSV file that has been read once to its end.

    Attributes:
        delimiter, encoding: As passed, or as detected.
        header: The columns' names, without surrounding space.
        count: Number of rows below the header.
    """

    path: Path
    delimiter: str
    encoding: str
    header: tuple[str, ...]
    count: int
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header, in order.

        Raises:
            CollectionError: When a quote is misplaced or not closed.
        """
        with _opened(self.path, self.encoding) as file:
            yield from _rows(self.path, file, self.delimiter, skip=1)


def read(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> CsvTable:
    """Read a CSV file once to its end, detecting delimiter and encoding unless passed.

    Raises:
        CollectionError: When it is missing, has another encoding or no header, or has unmatched quotes.
    """
    encoding = encoding or _encoding(path)
    with _opened(path, encoding) as file:
        head = io.StringIO(newline="")
        for line in file:  # a quoted column name may contain a line break
            head.write(line)
            if head.getvalue().count('"') % 2 == 0:
                break
        delimiter = delimiter or _delimiter(path, head.getvalue())
    with _opened(path, encoding) as file:
        rows = _rows(path, file, delimiter, skip=0)
        header = next(rows, None)
        if header is None or header.is_blank:
            raise CollectionError(f"{path}: expected a header in its first line, found none")
        return CsvTable(
            path=path,
            delimiter=delimiter,
            encoding=encoding,
            header=header.cells,
            count=sum(1 for _ in rows),
        )


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[io.TextIOBase]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield file
    except FileNotFoundError as error:
        raise CollectionError(f"{path}: expected a CSV file, found none") from error
    except LookupError as error:
        raise CollectionError(
            f"{path}: encoding {encoding!r} isn't known; name another in collection.toml"
        ) from error
    except UnicodeError as error:
        raise CollectionError(
            f"{path}: expected text in {encoding.removesuffix('-sig')}, found {_bad_bytes(error)}; save it as UTF-8, or "
            'name its encoding in collection.toml, such as [csv] encoding = "cp1252"'
        ) from error
    except OSError as error:
        raise CollectionError(f"{path}: can't be read ({error.strerror or error})") from error


def _bad_bytes(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        near = error.object[max(error.start - 20, 0) : error.start].decode(
            error.encoding, "replace"
        )
        return f"byte 0x{error.object[error.start]:02x} after {near!r}"
    return str(error)


def _encoding(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise CollectionError(
            f"{path}: expected a CSV file, found none ({error.strerror or error})"
        ) from error
    # Excel's "Unicode text" is UTF-16; its "CSV UTF-8" starts with a byte order mark, which is not part of the first name.
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _delimiter(path: Path, head: str) -> str:
    """Return the delimiter that splits the header into the most columns."""
    widths = {sign: _width(head, sign) for sign in DELIMITERS}
    most = max(widths.values())
    best = [sign for sign, width in widths.items() if width == most]
    if most < 2 or len(best) > 1:
        found = " or ".join(_DELIMITER_NAMES[sign] for sign in best) if most > 1 else "none of them"
        raise CollectionError(
            f"{path}: expected a header separated by comma, semicolon or tab, found {found}; "
            'name it in collection.toml, such as [csv] delimiter = ";"'
        )
    return best[0]


def _width(head: str, sign: str) -> int:
    try:
        return len(next(csv.reader([head], delimiter=sign, strict=True), ()))
    except csv.Error:
        return 0


def _rows(path: Path, file: io.TextIOBase, delimiter: str, *, skip: int) -> Iterator[Row]:
    # Strict, because a stray quote would otherwise silently swallow all rows up to the next quote.
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if not cells:
                continue  # an empty line
            if skip:
                skip -= 1
                continue
            yield Row(place=f"line {reader.line_num}", cells=_stripped(cells))
    except csv.Error as error:
        raise CollectionError(
            f"{path}: line {reader.line_num}: expected cells with matching quotes, found {error}; "
            "export it again, with the quotes inside cells doubled"
        ) from error


def _stripped(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)
