"""Open a museum's export: its settings, its table, their columns, its pictures' folder.

The three forms of a source differ here alone: a folder, a file, or an address. All code after it is the same for them.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from converter.errors import CollectionError
from converter.ingest.columns import ColumnMap, map_columns
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.mapping.column_spec import ColumnSpec
from converter.ingest.picture_files import PictureFolder, open_folder
from converter.ingest.readers.open_table import open_table
from converter.ingest.readers.source import Source, folder_of
from converter.ingest.settings import FILE, Settings
from converter.ingest.settings import read as read_settings
from converter.ingest.table import ExportTable
from converter.ingest.text_hygiene import clean_name


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedExport:
    """An export whose table and columns are known, before its first record is looked at."""

    settings: Settings
    table: ExportTable
    columns: ColumnMap
    pictures: PictureFolder


def open_export(source: Source, columns: Path | None, fetcher: Fetcher | None) -> OpenedExport:
    """Open an export.

    Args:
        source: The collection's folder, its table's file, or the table's address.
        columns: A column map to use instead of the folder's own; `None` for that one.
        fetcher: Fetches what is named by address; `None` to read files alone.

    Raises:
        CollectionError: When the export can't be read as a whole.
    """
    settings = _settings(source, columns)
    table = open_table(source, settings.table, fetcher)
    found = _columns(table, settings, can_be_set=columns is not None or isinstance(source, Path))
    pictures = _folder(folder_of(source, columns), table, settings, fetcher)
    return OpenedExport(settings=settings, table=table, columns=found, pictures=pictures)


def _settings(path: Source, columns: Path | None) -> Settings:
    folder = folder_of(path, columns)
    used = columns or (folder / FILE if folder else None)
    if used is None or (columns is None and not used.exists()):
        return Settings()
    return read_settings(used)


def _columns(table: ExportTable, settings: Settings, *, can_be_set: bool) -> ColumnMap:
    found, faults = map_columns(
        [clean_name(name) for name in table.header],
        {
            field: (
                column.renamed(clean_name) if isinstance(column, ColumnSpec) else clean_name(column)
            )
            for field, column in settings.columns.items()
        },
        needs_image=settings.image_names is None,
    )
    if not table.count:
        faults.append("expected records below the header, found none")
    if faults and not can_be_set:
        faults.append(
            f"for a folder with a collection.toml, run printkiosk-convert start {table.path} --out FOLDER"
        )
    if faults:
        raise CollectionError(f"{table.path}: " + "; ".join(faults))
    return found


def _folder(
    path: Path | None, table: ExportTable, settings: Settings, fetcher: Fetcher | None
) -> PictureFolder:
    address = ""
    if isinstance(table.path, str):
        address = urljoin(table.path, f"{settings.images or '.'}/")
    images = path / settings.images if path and settings.images else path
    return open_folder(
        # At an address, the pictures' folder may be there alone.
        None if address and images and not images.is_dir() else images,
        address=address,
        pattern=settings.image_names,
        placeholders=path / settings.placeholders if path and settings.placeholders else None,
        fetcher=fetcher,
    )
