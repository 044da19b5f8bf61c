"""Keep the cells of many records on disk, until the header is known."""

from collections.abc import Iterator, Mapping

from converter.ingest.readers.json_spool import JsonSpool


class RowSpool:
    """Records in a temporary file, and the names of the fields that they fill.

    Attributes:
        fields: Names of the fields that at least one record fills.
    """

    def __init__(self) -> None:
        """Open an empty spool."""
        self._spool = JsonSpool()
        self.fields: set[str] = set()

    @property
    def count(self) -> int:
        """Number of records."""
        return len(self._spool)

    def add(self, place: str, cells: Mapping[str, str], fault: str = "") -> None:
        """Append a record: its place, its cells by field, and why it can't be read."""
        self._spool.append((place, dict(cells), fault))
        self.fields.update(field for field, cell in cells.items() if cell)

    def records(self) -> Iterator[tuple[str, dict[str, str], str]]:
        """Return place, cells and fault of each record, in order."""
        return ((place, cells, fault) for place, cells, fault in self._spool.rows())
