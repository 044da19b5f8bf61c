"""Write a first `collection.toml` next to an export, without overwriting one."""

from dataclasses import dataclass, replace
from pathlib import Path

from converter.errors import CollectionError
from converter.ingest.readers.open_table import folder_of, open_table
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


def start(source: Path, *, overwrites: bool = False) -> Started:
    """Write a first `collection.toml` for an export.

    Args:
        source: The collection's folder, or the file of its table.
        overwrites: Whether to replace a `collection.toml` that is there.

    Raises:
        CollectionError: When there is one already, or the export can't be read.
    """
    path = folder_of(source) / FILE
    if path.exists() and not overwrites:
        raise CollectionError(
            f"{path}: expected none, found one; edit it, or run start with --force to replace it"
        )
    table, encoding = _open(source)
    found = profile(table)
    if not found.count:
        raise CollectionError(f"{table.path}: expected records below the header, found none")
    rule = picture_rule(found, picture_files(path.parent))
    made = draft(
        found, rule, name=path.parent.resolve().name, source=table.path.name, encoding=encoding
    )
    draft_path = path.with_name(f"{FILE}.new")
    draft_path.write_text(made.text, encoding="utf-8")
    read_settings(draft_path)
    draft_path.replace(path)
    return Started(path=path, doubts=made.doubts)


def _open(source: Path) -> tuple[ExportTable, str | None]:
    """Return the table, and the encoding that it needs stated; `None` for a detected one."""
    options = TableOptions()
    try:
        return open_table(source, options), None
    except CollectionError as error:
        if "expected text in" not in str(error):
            raise
        try:
            return open_table(source, replace(options, encoding=_OTHER_ENCODING)), _OTHER_ENCODING
        except CollectionError:
            raise error from None
