"""Keep the cells of many records on disk, until the header is known."""

import os
import pickle
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO


class RowSpool:
    """Records in a temporary file of this process, which ends with this object.

    Attributes:
        count: Number of records.
        fields: Names of the fields that at least one record fills.
    """

    def __init__(self) -> None:
        """Open an empty spool."""
        descriptor, name = tempfile.mkstemp(prefix="printkiosk-rows-")
        self._path = Path(name)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")
        self.count = 0
        self.fields: set[str] = set()
        weakref.finalize(self, _remove, self._file, self._path)

    def add(self, place: str, cells: Mapping[str, str], fault: str = "") -> None:
        """Append a record: its place, its cells by field, and why it can't be read."""
        # Written by this process alone, into a file that only its user can open.
        pickle.dump((place, dict(cells), fault), self._file, protocol=pickle.HIGHEST_PROTOCOL)
        self.count += 1
        self.fields.update(field for field, cell in cells.items() if cell)

    def records(self) -> Iterator[tuple[str, dict[str, str], str]]:
        """Yield place, cells and fault of each record, in order."""
        self._file.flush()
        with self._path.open("rb") as file:
            for _ in range(self.count):
                place, cells, fault = pickle.load(file)
                yield place, cells, fault


def _remove(file: BinaryIO, path: Path) -> None:
    file.close()
    path.unlink(missing_ok=True)
