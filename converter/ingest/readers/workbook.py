"""Open an Excel workbook and read its sheets' cells as text, one row at a time.

Bounded in memory and time: a workbook that unpacks to more than any museum needs is refused before it is read.
openpyxl reads the package, its styles and dates. It is too slow for the cells of 100,000 works.
"""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHARED_STRINGS

from converter.errors import CollectionError
from converter.ingest.readers.cell_text import text_of
from converter.ingest.readers.sheet_xml import RawCell, SheetMarks, SheetXml, read_texts

_MOST_COLUMNS = 2_000
_MOST_UNPACKED = 2_000_000_000  # bytes; 100,000 works of 30 columns are about 200 MB
_MOST_TEXTS = 400_000_000  # bytes of the texts that all cells share and that stay in memory
_GENERAL = "General"
# What openpyxl and the XML parsers raise on files that are no valid workbooks.
_INVALID = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    SyntaxError,  # XML that is not well-formed
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    RuntimeError,  # a part with a password, or of an unknown compression
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookSheet:
    """A sheet of a workbook.

    Attributes:
        title: Its name.
        is_hidden: Whether people don't see it.
        part: Its file in the package.
    """

    title: str
    is_hidden: bool
    part: str


class OpenWorkbook:
    """A workbook that is open for reading.

    Attributes:
        sheets: Those with cells, in order.
    """

    def __init__(self, reader: ExcelReader) -> None:
        self._archive = reader.archive
        self._book = reader.wb
        self._formats: dict[int, str] = {}
        self._texts: list[str] = []
        shared = reader.package.find(SHARED_STRINGS)
        if shared is not None:
            with self._archive.open(shared.PartName[1:]) as part:
                self._texts = read_texts(part)
        self.sheets = tuple(
            WorkbookSheet(title=one.name, is_hidden=one.state != "visible", part=relation.target)
            for one, relation in reader.parser.find_sheets()
            if relation.target in reader.valid_files and "chartsheet" not in relation.Type
        )

    def rows(
        self, sheet: WorkbookSheet, marks: SheetMarks | None = None
    ) -> Iterator[tuple[int, list[str]]]:
        """Yield number and cells of each row that isn't blank, without the empty ones at its end.

        Args:
            sheet: The sheet.
            marks: Filled with what the sheet says next to its cells, when its last row has been read.

        Raises:
            CollectionError: When a row has too many columns.
        """
        xml = SheetXml()
        if marks is not None:
            xml.marks = marks
        with self._archive.open(sheet.part) as part:
            for number, raw in xml.rows(part):
                cells: list[str] = []
                for cell in raw:
                    if text := self._text(cell):
                        cells += [""] * (cell.column - len(cells))
                        cells[cell.column - 1] = text
                if len(cells) > _MOST_COLUMNS:
                    raise CollectionError(
                        f"row {number} of sheet {sheet.title!r}: expected at most {_MOST_COLUMNS} columns, "
                        f"found {len(cells)}; delete the columns that hold no works' data"
                    )
                if cells:
                    yield number, cells

    def _text(self, cell: RawCell) -> str:
        if cell.kind == "n":
            if cell.text.isdigit() and self._format(cell.style) == _GENERAL:
                return cell.text
            return self._number_text(cell)
        if cell.kind == "s":
            return text_of(self._texts[int(cell.text)], "")
        if cell.kind == "b":
            return "TRUE" if cell.text == "1" else "FALSE"
        return text_of(cell.text.removesuffix("T00:00:00") if cell.kind == "d" else cell.text, "")

    def _number_text(self, cell: RawCell) -> str:
        number, shown = float(cell.text), self._format(cell.style)
        if cell.style not in self._book._date_formats:
            return text_of(number, shown)
        is_span = cell.style in self._book._timedelta_formats
        try:
            return text_of(from_excel(number, self._book.epoch, timedelta=is_span), shown)
        except (OverflowError, ValueError):
            return text_of(number, _GENERAL)  # Excel shows ######

    def _format(self, style: int) -> str:
        if style not in self._formats:
            styles, own = self._book._cell_styles, self._book._number_formats
            number = styles[style].numFmtId if style < len(styles) else 0
            custom = own[number - 164] if 164 <= number < 164 + len(own) else _GENERAL
            self._formats[style] = BUILTIN_FORMATS.get(number, custom)
        return self._formats[style]


@contextmanager
def opened_workbook(path: Path) -> Iterator[OpenWorkbook]:
    """Open a workbook for reading; formulas count as the values that Excel stored.

    Raises:
        CollectionError: When it can't be read, or would unpack to too much.
    """
    try:
        # By an open file, because openpyxl judges a path by its ending.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl would lose when writing
            _check_size(file)
            reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read_manifest()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            yield OpenWorkbook(reader)
    except CollectionError as error:
        text = str(error)
        raise (
            error if text.startswith(f"{path}: ") else CollectionError(f"{path}: {text}")
        ) from error
    except OSError as error:
        raise CollectionError(f"{path}: can't be read ({error.strerror or error})") from error
    except _INVALID as error:
        found = " ".join(str(error).split())[:200] or type(error).__name__
        raise CollectionError(
            f"{path}: expected an Excel workbook, found a damaged or unusual one ({found}); "
            "open it in Excel and save it again as .xlsx, or as CSV UTF-8"
        ) from error


def _check_size(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = [part for part in archive.infolist() if not part.filename.startswith("xl/media/")]
        unpacked = sum(part.file_size for part in parts)
        texts = sum(part.file_size for part in parts if "sharedstrings" in part.filename.casefold())
        if unpacked > _MOST_UNPACKED or texts > _MOST_TEXTS:
            raise CollectionError(
                f"expected a workbook of at most {_MOST_UNPACKED // 10**6:,} MB of cells and "
                f"{_MOST_TEXTS // 10**6} MB of texts, found {unpacked // 10**6:,} MB; export it as CSV UTF-8"
            )
        for part in parts:
            if part.filename.endswith(".xml"):
                with archive.open(part) as xml:
                    # openpyxl reads some of them; entities that grow without end start there.
                    if b"<!DOCTYPE" in xml.read(1000):
                        raise CollectionError(
                            "expected a workbook without document types, found one in "
                            f"{part.filename}; save it again in Excel"
                        )
