"""A museum's export as each reader hands it out: column names, and rows of text.

A reader knows one file format. It doesn't know what a column means, checks no record and gives no message about one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from converter.ingest.readers.source import Source

# Between the values of one cell, where the format itself has lists. No museum writes this control character.
LIST_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record as the museum wrote it.

    Attributes:
        place: Where it is in the export, for messages: "line 12", "row 5 of sheet 'Objekte'", "lido 3".
        cells: A cell for each column of the header, without surrounding space. A row of another length is refused
            later. A list's values are separated by `LIST_SEPARATOR`.
        fault: Why the row can't be read, as the reason of a refusal; empty if it can.
    """

    place: str
    cells: tuple[str, ...]
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether all cells are empty."""
        return not self.fault and not any(self.cells)


class ExportTable(Protocol):
    """An export that has been read once to its end.

    A reader of a format with fixed meanings (LIDO, IIIF) names its columns as the fields of `collection.toml`, with a
    language after an underscore: `title_de`.
    """

    @property
    def path(self) -> Source:
        """The file, its address, or the folder of a format with a file for each work."""
        ...

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' names, without surrounding space."""
        ...

    @property
    def count(self) -> int:
        """Number of rows below the header."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines for staff about how the export was read, such as the sheet that was chosen."""
        ...

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header, in order.

        Raises:
            CollectionError: When the rest of the export can't be read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """How a museum's export is read, as `collection.toml` states it; `None` to detect.

    Attributes:
        file: Name of the table in the collection's folder.
        address: Web address of the table, instead of a file.
        delimiter, encoding: Of a CSV file.
        sheet: Name of the sheet of a workbook.
        works: Dotted path of the list of works in a JSON file.
    """

    file: str | None = None
    address: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    works: str | None = None
