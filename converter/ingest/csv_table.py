"""Rows of a museum's CSV file, one at a time, never more.

Knows encodings, delimiters and quotes; knows nothing of what a column means.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from converter.errors import CollectionError

DELIMITERS = (",", ";", "\t")
_NAMED = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the line of the file it ends in, and its cells, bare of space around them."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A CSV file that has been read through once.

    Attributes:
        delimiter, encoding: As stated, or as found out.
        header: The columns' names, bare of space around them.
        count: Rows below the header.
    """

    path: Path
    delimiter: str
    encoding: str
    header: tuple[str, ...]
    count: int

    def rows(self) -> Iterator[Row]:
        """Give the rows below the header, in order.

        Raises:
            CollectionError: When a quote is misplaced or never closed.
        """
        with _opened(self.path, self.encoding) as file:
            yield from _rows(self.path, file, self.delimiter, skip=1)


def read(path: Path, *, delimiter: str | None = None, encoding: str | None = None) -> CsvTable:
    """Read a CSV file through once, finding out what isn't stated.

    Raises:
        CollectionError: When it is missing, of another encoding, has no header, or quotes that don't match.
    """
    encoding = encoding or _encoding(path)
    with _opened(path, encoding) as file:
        head = io.StringIO(newline="")
        for line in file:  # a quoted column name may hold a line's end
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
    # Excel's "Unicode text" is UTF-16; its "CSV UTF-8" starts with a mark that is no part of the first name.
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _delimiter(path: Path, head: str) -> str:
    """Find the delimiter that gives the header the most columns."""
    widths = {sign: _width(head, sign) for sign in DELIMITERS}
    most = max(widths.values())
    best = [sign for sign, width in widths.items() if width == most]
    if most < 2 or len(best) > 1:
        found = " or ".join(_NAMED[sign] for sign in best) if most > 1 else "none of them"
        raise CollectionError(
            f"{path}: expected a header parted by comma, semicolon or tab, found {found}; "
            'name it in collection.toml, such as [csv] delimiter = ";"'
        )
    return best[0]


def _width(head: str, sign: str) -> int:
    try:
        return len(next(csv.reader([head], delimiter=sign, strict=True), ()))
    except csv.Error:
        return 0


def _rows(path: Path, file: io.TextIOBase, delimiter: str, *, skip: int) -> Iterator[Row]:
    # Strict: a stray quote would otherwise swallow the rows up to the next one without a word.
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if not cells:
                continue  # an empty line
            if skip:
                skip -= 1
                continue
            yield Row(line=reader.line_num, cells=_bare(cells))
    except csv.Error as error:
        raise CollectionError(
            f"{path}: line {reader.line_num}: expected cells with quotes that match, found {error}; "
            "export it again, with quotes in cells doubled"
        ) from error


def _bare(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)
