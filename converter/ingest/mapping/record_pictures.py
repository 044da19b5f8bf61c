"""Find all pictures of one record: a list in a cell, or rows that differ only by picture."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from converter.ingest.columns import ColumnMap
from converter.ingest.picture_files import PictureFile, PictureFolder
from converter.ingest.table import LIST_SEPARATOR, ExportTable
from device.errors import PictureError

# No Windows name holds a bar; a semicolon is tried only where no file has the whole name.
_SIGNS = re.compile(r"[|;\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPictures:
    """The pictures of one record, each once.

    Attributes:
        first: The record's picture.
        more: Its other pictures, in the museum's order.
        missing: Names of pictures that were left out, each with the reason.
    """

    first: PictureFile
    more: tuple[PictureFile, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines for staff about these pictures, each once."""
        pictures = (self.first, *self.more)
        return tuple(dict.fromkeys(note for picture in pictures for note in picture.notes))


def picture_names(folder: PictureFolder, values: Mapping[str, str]) -> list[str]:
    """Return the file names or addresses of a record's pictures; one empty name without any."""
    if folder.pattern is not None:
        return [folder.resolve(folder.name_of(values))]
    cell = values.get("image", "")
    if LIST_SEPARATOR in cell:
        parts = cell.split(LIST_SEPARATOR)
    elif _SIGNS.search(cell) and not folder.has(cell):
        parts = _SIGNS.split(cell)
    else:
        parts = [cell]
    return [folder.resolve(name) for part in parts if (name := part.strip())] or [""]


def all_picture_names(
    table: ExportTable, columns: ColumnMap, folder: PictureFolder
) -> Iterator[str]:
    """Yield the file names of all records' pictures."""
    for row in table.rows():
        if not row.fault:
            yield from picture_names(folder, columns.values(row.cells))


def find_pictures(folder: PictureFolder, names: list[str]) -> RecordPictures:
    """Return a record's pictures, leaving out those that are missing if one is found.

    Raises:
        PictureError: When none is found; the message is about the first name.
    """
    found: dict[str, PictureFile] = {}
    missing: dict[str, PictureError] = {}
    for name in names:
        try:
            picture = folder.find(name)
        except PictureError as error:
            missing[name] = error
        else:
            found.setdefault(picture.sha256, picture)
    if not found:
        raise missing[names[0]]
    first, *more = found.values()
    return RecordPictures(
        first=first,
        more=tuple(more),
        missing=tuple(f"{name} ({error})" for name, error in missing.items()),
    )
