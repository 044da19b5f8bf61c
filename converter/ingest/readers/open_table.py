"""Find a collection's table, and open it with the reader of its format.

A format is recognised by what the file holds, whatever its name or its server says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.errors import CollectionError, FetchError
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.readers import csv_table, iiif, json_table, lido
from converter.ingest.readers.fetched_table import FetchedTable, naming_address
from converter.ingest.readers.file_format import FileHead
from converter.ingest.readers.source import Source
from converter.ingest.table import ExportTable, TableOptions

DEFAULT = "metadata.csv"
_ENDINGS = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson", ".xml", ".gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class _TableFile:
    """A table's file, and what its reader may need.

    Attributes:
        head: Its first bytes.
        options: How it is read.
        fetcher: Fetches what it names by address; `None` to read files alone.
        source: The file, or the address that it was fetched from.
    """

    head: FileHead
    options: TableOptions
    fetcher: Fetcher | None
    source: Source

    def open(self) -> ExportTable:
        """Return the table, by the first reader that recognises it."""
        for recognises, read in _READERS:
            if recognises(self.head):
                return read(self)
        self.head.check_text()
        return csv_table.read(
            self.head.path, delimiter=self.options.delimiter, encoding=self.options.encoding
        )


def _read_workbook(file: _TableFile) -> ExportTable:
    from converter.ingest.readers import (
        xlsx_table,
    )  # its library takes 12 MB, and workbooks are rare

    return xlsx_table.read(file.head.path, sheet=file.options.sheet)


_READERS: tuple[tuple[Callable[[FileHead], bool], Callable[[_TableFile], ExportTable]], ...] = (
    (FileHead.is_workbook, _read_workbook),
    (FileHead.is_lido, lambda file: lido.read(file.head.path)),
    (FileHead.is_iiif, lambda file: iiif.read(file.source, fetcher=file.fetcher)),
    (FileHead.is_json, lambda file: json_table.read(file.head.path, works=file.options.works)),
)


def open_table(
    source: Source, options: TableOptions, fetcher: Fetcher | None = None
) -> ExportTable:
    """Return the table of a collection.

    Args:
        source: The collection's folder, the file of its table, or the table's address.
        options: How the table is read.
        fetcher: Fetches the table and the manifests that are named by address; `None` to read files alone.

    Raises:
        CollectionError: When there is no table, or it can't be read as a whole.
    """
    if isinstance(source, str):
        return _open_address(source, options, fetcher)
    if not source.exists():
        raise CollectionError(
            f"{source}: expected a collection's folder, found none; name a folder, a table's file, or an address "
            "that starts with http:// or https://"
        )
    if source.is_dir() and options.address:
        return _open_address(options.address, options, fetcher)
    if source.is_dir() and not options.file and not (source / DEFAULT).exists():
        return _open_only(source, options, fetcher)
    path = source / (options.file or DEFAULT) if source.is_dir() else source
    if not path.exists():
        raise CollectionError(
            f"{path}: expected a table, found none; correct [collection] table in collection.toml"
        )
    return json_table.read(path) if path.is_dir() else _open_file(FileHead(path), options, fetcher)


def _open_address(address: str, options: TableOptions, fetcher: Fetcher | None) -> ExportTable:
    if fetcher is None:
        raise CollectionError(
            f"{address}: expected a file, found an address, which isn't fetched here"
        )
    try:
        path = fetcher.table(address)
    except FetchError as error:
        raise CollectionError(f"{address}: {error}") from error
    with naming_address(address, path):
        file = _TableFile(head=FileHead(path), options=options, fetcher=fetcher, source=address)
        return FetchedTable(path=address, file=path, table=file.open())


def _open_file(head: FileHead, options: TableOptions, fetcher: Fetcher | None) -> ExportTable:
    return _TableFile(head=head, options=options, fetcher=fetcher, source=head.path).open()


def _open_only(folder: Path, options: TableOptions, fetcher: Fetcher | None) -> ExportTable:
    """Open the only table in a folder, or its files of a work each.

    Raises:
        CollectionError: When there is none or several.
    """
    heads = [
        FileHead(path)
        for path in sorted(folder.iterdir())
        if path.suffix.casefold() in _ENDINGS
        and path.is_file()
        and not path.name.startswith((".", "~$"))  # Excel's marks of open workbooks
    ]
    collections = [head for head in heads if head.is_iiif_collection()]
    if len(collections) == 1:
        heads = collections  # it names the manifests next to it
    if len(heads) == 1:
        return _open_file(heads[0], options, fetcher)
    if heads and all(head.is_lido() for head in heads):
        return lido.read(folder)
    if heads and all(head.is_iiif() for head in heads):
        return iiif.read(folder, fetcher=fetcher)
    if heads and all(head.is_json_object() and not head.is_iiif() for head in heads):
        return json_table.read_files(folder, [head.path for head in heads])
    if not heads and (files := sorted(folder.rglob("*.json"))):
        return json_table.read_files(folder, files)
    raise CollectionError(_no_table(folder, [head.path.name for head in heads]))


def _no_table(folder: Path, names: Sequence[str]) -> str:
    if not names:
        return (
            f"{folder}: expected a table (CSV, XLSX, JSON, LIDO or IIIF), found none; copy it there, "
            f"or name its file on the command line"
        )
    listed = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return (
        f"{folder}: expected {DEFAULT} or a single table, found {listed}; name one in collection.toml, "
        f'such as [collection] table = "{names[0]}"'
    )
