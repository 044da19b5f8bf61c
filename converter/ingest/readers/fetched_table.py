"""A table that was fetched from its web address.

Readers name the file that they read. Here this is a file in the cache, which means nothing to staff, so messages name the
address instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.table import ExportTable, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedTable:
    """A table as its reader hands it out, under the address that it was fetched from.

    Attributes:
        path: The address.
        file: The file in the cache.
        table: The reader's table.
    """

    path: str
    file: Path
    table: ExportTable

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' names."""
        return self.table.header

    @property
    def count(self) -> int:
        """Number of rows below the header."""
        return self.table.count

    @property
    def notes(self) -> tuple[str, ...]:
        """The reader's notes, after one that says how old the table is."""
        fetched = datetime.fromtimestamp(self.file.stat().st_mtime).astimezone()
        return (
            f"the table was fetched at {fetched:%Y-%m-%d %H:%M}; --refresh fetches it again",
            *self.table.notes,
        )

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header, in order.

        Raises:
            CollectionError: When the rest of the table can't be read.
        """
        with naming_address(self.path, self.file):
            yield from self.table.rows()


@contextmanager
def naming_address(address: str, file: Path) -> Iterator[None]:
    """Let errors of the block name the address instead of the file in the cache."""
    try:
        yield
    except CollectionError as error:
        raise CollectionError(str(error).replace(str(file), address)) from error
