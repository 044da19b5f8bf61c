"""Write a first `collection.toml` for an export, without overwriting one."""

from dataclasses import dataclass, replace
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.readers.open_table import open_table
from converter.ingest.readers.source import Source, folder_of
from converter.ingest.settings import FILE
from converter.ingest.settings import read as read_settings
from converter.ingest.start.draft import draft
from converter.ingest.start.picture_rule import picture_files, picture_rule
from converter.ingest.start.profile import profile
from converter.ingest.table import ExportTable, TableOptions

_OTHER_ENCODING = "cp1252"  # what Excel for Windows writes as "CSV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What `start` wrote.

    Attributes:
        path: The file.
        doubts: Lines for the museum to look at; the file has them as comments.
    """

    path: Path
    doubts: tuple[str, ...]


def start(
    source: Source,
    *,
    folder: Path | None = None,
    overwrites: bool = False,
    fetcher: Fetcher | None = None,
) -> Started:
    """Write a first `collection.toml` for an export.

    Args:
        source: The collection's folder, the file of its table, or the table's address.
        folder: The folder to write to, for an address alone: it is made, and names the address from then on.
        overwrites: Whether to replace a `collection.toml` that is there.
        fetcher: Fetches what is named by address; `None` to read files alone.

    Raises:
        CollectionError: When there is one already, or the export can't be read.
    """
    path = _target_folder(source, folder) / FILE
    if path.exists() and not overwrites:
        raise CollectionError(
            f"{path}: expected none, found one; edit it, or run start with --force to replace it"
        )
    table, encoding = _open(_former_address(source) or source, fetcher)
    found = profile(table)
    if not found.count:
        raise CollectionError(f"{table.path}: expected records below the header, found none")
    rule = picture_rule(found, picture_files(path.parent))
    made = draft(
        found,
        rule,
        name=path.parent.resolve().name,
        source=table.path if isinstance(table.path, str) else table.path.name,
        encoding=encoding,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft_path = path.with_name(f"{FILE}.new")
    draft_path.write_text(made.text, encoding="utf-8")
    read_settings(draft_path)
    draft_path.replace(path)
    return Started(path=path, doubts=made.doubts)


def _former_address(source: Source) -> str | None:
    """Return the address that a folder stands for, so that it goes on doing so; else `None`."""
    if not isinstance(source, Path) or not (source / FILE).is_file():
        return None
    try:
        return read_settings(source / FILE).table.address
    except CollectionError:  # invalid, which is a reason to start again
        return None


def _target_folder(source: Source, folder: Path | None) -> Path:
    own = folder_of(source)
    if own is None and folder is None:
        raise CollectionError(
            f"{source}: expected a folder for collection.toml, found none; add --out FOLDER"
        )
    if own is not None and folder is not None:
        raise CollectionError(
            f"{folder}: expected no other folder than that of {source}, found one; leave --out away, as it is for "
            "addresses alone"
        )
    return own or folder or Path()


def _open(source: Source, fetcher: Fetcher | None) -> tuple[ExportTable, str | None]:
    """Return the table, and the encoding that it needs stated; `None` for a detected one."""
    options = TableOptions()
    try:
        return open_table(source, options, fetcher), None
    except CollectionError as error:
        # A file in two encodings would be read wrongly in either.
        if "expected text in" not in str(error) or "single encoding" in str(error):
            raise
        try:
            other = replace(options, encoding=_OTHER_ENCODING)
            return open_table(source, other, fetcher), _OTHER_ENCODING
        except CollectionError:
            raise error from None
