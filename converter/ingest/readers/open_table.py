"""Find a collection's table, and open it with the reader of its format.

A format is recognised by what the file holds, whatever its name says.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.readers import csv_table, iiif, json_table, lido, xlsx_table
from converter.ingest.readers.file_format import FileHead
from converter.ingest.table import ExportTable, TableOptions

DEFAULT = "metadata.csv"
_ENDINGS = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson", ".xml", ".gz")

# The first that recognises a file reads it.
_READERS: tuple[
    tuple[Callable[[FileHead], bool], Callable[[Path, TableOptions], ExportTable]], ...
] = (
    (FileHead.is_workbook, lambda path, options: xlsx_table.read(path, sheet=options.sheet)),
    (FileHead.is_lido, lambda path, _: lido.read(path)),
    (FileHead.is_iiif, lambda path, _: iiif.read(path)),
    (FileHead.is_json, lambda path, options: json_table.read(path, works=options.works)),
)


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
    if source.is_dir() and not options.file and not (source / DEFAULT).exists():
        return _open_only(source, options)
    path = source / (options.file or DEFAULT) if source.is_dir() else source
    if not path.exists():
        raise CollectionError(
            f"{path}: expected a table, found none; correct [collection] table in collection.toml"
        )
    return json_table.read(path) if path.is_dir() else _open_file(FileHead(path), options)


def folder_of(source: Path) -> Path:
    """Return the folder that file names of a collection are relative to."""
    return source if source.is_dir() else source.parent


def _open_file(head: FileHead, options: TableOptions) -> ExportTable:
    for recognises, read in _READERS:
        if recognises(head):
            return read(head.path, options)
    head.check_text()
    return csv_table.read(head.path, delimiter=options.delimiter, encoding=options.encoding)


def _open_only(folder: Path, options: TableOptions) -> ExportTable:
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
        return _open_file(heads[0], options)
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
