"""Find a collection's table, and open it with the reader of its format."""

from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.readers import csv_table
from converter.ingest.table import ExportTable, TableOptions

DEFAULT = "metadata.csv"


def open_table(source: Path, options: TableOptions) -> ExportTable:
    """Return the table of a collection.

    Args:
        source: The collection's folder, or the file of its table.
        options: How the table is read.

    Raises:
        CollectionError: When there is no table, or it can't be read as a whole.
    """
    if not source.exists():
        raise CollectionError(f"{source}: expected a collection's folder, found none")
    path = source / (options.file or DEFAULT) if source.is_dir() else source
    return csv_table.read(path, delimiter=options.delimiter, encoding=options.encoding)


def folder_of(source: Path) -> Path:
    """Return the folder that file names of a collection are relative to."""
    return source if source.is_dir() else source.parent
