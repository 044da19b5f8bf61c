"""Read a sheet's cells row by row from its XML, and the texts that cells share.

Knows the elements and nothing of formats or columns. Holds one row at a time; document types are refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from converter.errors import CollectionError

MOST_ROWS = 1_048_576  # as many as Excel has
_MOST_CELLS = 16_384  # of a row in Excel
_MOST_IN_A_TEXT = 1_000_000  # characters; Excel allows 32,767
_PIECE = 1 << 18  # bytes read at a time
_EXAMPLES = 3


class RawCell(NamedTuple):
    """A cell as the sheet stores it.

    Attributes:
        column: Its column, from 1.
        kind: Excel's type: "n" for a number, "s" for the index of a shared text, "inlineStr", "str", "b", "e" or "d".
        style: Index of its style.
        text: Its value.
    """

    column: int
    kind: str
    style: int
    text: str


@dataclass(slots=True)
class SheetMarks:
    """What a sheet says next to its cells' values; complete after its last row.

    Attributes:
        merged: Ranges of merged cells: left, top, right, bottom, from 1.
        unstored: The first cells with a formula whose value Excel didn't store.
    """

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    unstored: list[str] = field(default_factory=list)


class SheetXml:
    """A reader of one sheet's XML.

    Attributes:
        marks: What the sheet says next to its cells.
    """

    def __init__(self) -> None:
        self.marks = SheetMarks()
        self._parser = _new_parser(self._start, self._end, self._characters)
        self._columns: dict[str, int] = {}
        self._rows: list[tuple[int, list[RawCell]]] = []
        self._cells: list[RawCell] = []
        self._row = self._column = self._style = self._length = 0
        self._kind = self._ref = ""
        self._parts: list[str] = []
        self._collects = self._has_formula = self._is_phonetic = False

    def rows(self, part: BinaryIO) -> Iterator[tuple[int, list[RawCell]]]:
        """Yield number and cells of each row.

        Raises:
            CollectionError: When a row or text is longer than Excel's, or there is a document type.
            expat.ExpatError: When it isn't XML.
        """
        while piece := part.read(_PIECE):
            self._parser.Parse(piece, False)
            yield from self._rows
            self._rows.clear()
            if self._row > MOST_ROWS:
                return
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._open_cell(attributes)
        elif name in ("v", "t"):
            self._collects = not self._is_phonetic
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column, self._cells = 0, []
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "mergeCell" and len(self.marks.merged) < _MOST_CELLS:
            first, _, last = attributes.get("ref", "").partition(":")
            if last:
                self.marks.merged.append((*self._place(first), *self._place(last)))

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._ref = attributes.get("r", "")
        letters = self._ref.rstrip("0123456789")
        self._column = self._number_of(letters) if letters else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._parts, self._length, self._has_formula = [], 0, False

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            if self._parts:
                text = "".join(self._parts)
                self._cells.append(RawCell(self._column, self._kind, self._style, text))
            elif self._has_formula and len(self.marks.unstored) < _EXAMPLES:
                self.marks.unstored.append(self._ref)
            if len(self._cells) > _MOST_CELLS:
                raise CollectionError(f"row {self._row}: expected at most {_MOST_CELLS} cells")
        elif name in ("v", "t"):
            self._collects = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "row" and self._row <= MOST_ROWS:
            self._rows.append((self._row, self._cells))

    def _characters(self, data: str) -> None:
        if self._collects:
            self._parts.append(data)
            self._length += len(data)
            if self._length > _MOST_IN_A_TEXT:
                raise CollectionError(
                    f"row {self._row}: expected at most {_MOST_IN_A_TEXT:,} characters in a cell"
                )

    def _place(self, ref: str) -> tuple[int, int]:
        letters = ref.rstrip("0123456789")
        return self._number_of(letters), int(ref[len(letters) :] or 0)

    def _number_of(self, letters: str) -> int:
        if letters not in self._columns:
            if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
                raise ValueError(f"no column {letters[:10]!r}")
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number
        return self._columns[letters]


def read_texts(part: BinaryIO) -> list[str]:
    """Return the texts that cells share, without their hints for pronunciation.

    Raises:
        CollectionError: When a text is too long, or there is a document type.
        expat.ExpatError: When it isn't XML.
    """
    texts: list[str] = []
    parts: list[str] = []
    inside: list[str] = []  # the elements around what is read

    def start(name: str, _: dict[str, str]) -> None:
        inside.append(name.rpartition(":")[2])

    def end(_: str) -> None:
        if inside.pop() == "si":
            texts.append("".join(parts))
            parts.clear()

    def characters(data: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            parts.append(data)

    parser = _new_parser(start, end, characters)
    while piece := part.read(_PIECE):
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return texts


def _new_parser(start: object, end: object, characters: object) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = characters  # type: ignore[assignment]
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(*_: object) -> None:
    # Excel never writes one; entities that grow without end start there.
    raise CollectionError("expected a workbook without document types, found one; save it again")
