"""Tell the forms of a collection's source apart: folder, file of a table, address of one.

Loads nothing heavy, so that a command line's help is quick.
"""

from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

# A text is an http(s) address.
Source: TypeAlias = Path | str


def is_address(text: str) -> bool:
    """Return whether a text is a web address rather than the name of a file."""
    return text[:8].lower().startswith(("http://", "https://"))


def parse_source(text: str) -> Source:
    """Return the source that a word of the command line names."""
    return text if is_address(text) else Path(text)


def folder_of(source: Source, columns: Path | None = None) -> Path | None:
    """Return the folder that file names of a collection are relative to; `None` without one.

    Args:
        source: The collection's source.
        columns: A column map that replaces the folder's own. The table of an address has no other folder than its.
    """
    if isinstance(source, Path):
        return source if source.is_dir() else source.parent
    return columns.parent if columns else None


def name_of(source: Source) -> str:
    """Return a name for a collection that has no other."""
    if isinstance(source, Path):
        return (source if source.is_dir() else source.parent).resolve().name
    parts = urlsplit(source)
    return PurePosixPath(unquote(parts.path)).stem or parts.netloc
