"""Join rows that differ only by picture, such as recto and verso, into one record."""

from dataclasses import replace

from converter.ingest.columns import ColumnMap
from converter.ingest.item import Item
from converter.ingest.mapping.record_pictures import RecordPictures
from converter.ingest.table import Row


class RowJoiner:
    """Remember each record's cells without its picture, to know its further rows.

    Args:
        columns: The column of each field.
        by_id: Whether every row with the same id is a further picture, whatever its other cells hold.
    """

    def __init__(self, columns: ColumnMap, *, by_id: bool) -> None:
        self._pictures = columns.cells_of("image")
        self._by_id = by_id
        self._cells: dict[str, int] = {}

    def remember(self, record_id: str, row: Row) -> None:
        """Remember the row that a record was made from."""
        self._cells[record_id] = self._other_cells(row)

    def forget(self) -> None:
        """Forget all records."""
        self._cells.clear()

    def is_further_picture(self, record_id: str, row: Row) -> bool:
        """Return whether a row is only another picture of a record that was read before."""
        if record_id not in self._cells:
            return False
        return self._by_id or self._cells[record_id] == self._other_cells(row)

    def _other_cells(self, row: Row) -> int:
        return hash(tuple(cell for at, cell in enumerate(row.cells) if at not in self._pictures))


def with_pictures(item: Item, pictures: RecordPictures) -> Item:
    """Return an item with further pictures, each once."""
    known = {item.image_sha256, *(picture.sha256 for picture in item.more_images)}
    more = [picture for picture in (pictures.first, *pictures.more) if picture.sha256 not in known]
    return replace(item, more_images=(*item.more_images, *more))
