"""Read a museum's JSON, which is a list of works, JSON Lines, or a file for each work.

Columns are the works' keys, those of nested objects by dotted path. The works are read one at a time and kept in a
temporary file, because the columns are known only at the end.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from converter.errors import CollectionError
from converter.ingest.readers.header_row import known_names
from converter.ingest.readers.json_cells import cells_of, kind_of
from converter.ingest.readers.json_spool import JsonSpool
from converter.ingest.readers.json_stream import MOST_IN_A_VALUE, JsonStream, decode
from converter.ingest.readers.text_file import detect_encoding, opened, read_head
from converter.ingest.table import Row

_MOST_COLUMNS = 2_000
_MOST_LISTS = 50
_SHAPES = "a list of objects, an object with one such list, or JSON Lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonTable:
    """Works that have been read to the last.

    Attributes:
        spool: Place, cells by column name, and fault of each.
    """

    path: Path
    header: tuple[str, ...]
    notes: tuple[str, ...]
    spool: JsonSpool

    @property
    def count(self) -> int:
        """Number of works."""
        return len(self.spool)

    def rows(self) -> Iterator[Row]:
        """Yield the works, in order; one that isn't an object has a fault."""
        for place, cells, fault in self.spool.rows():
            yield Row(
                place=place, cells=tuple(cells.get(name, "") for name in self.header), fault=fault
            )


class _Works:
    """The works found until now, and their columns in the order they were met."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: dict[str, None] = {}
        self._spool = JsonSpool()

    def add(self, place: str, value: Any, fault: str = "") -> None:
        if not fault and not isinstance(value, dict):
            fault = f"expected an object, found {kind_of(value)}; export each work as an object"
        cells = cells_of(value) if not fault else {}
        self._names |= dict.fromkeys(cells)
        if len(self._names) > _MOST_COLUMNS:
            raise CollectionError(
                f"{self._path}: {place}: expected at most {_MOST_COLUMNS} different keys, found more; "
                f"export {_SHAPES}"
            )
        self._spool.append([place, cells, fault])

    def table(self, notes: Sequence[str] = ()) -> JsonTable:
        if not self._names:
            raise CollectionError(
                f"{self._path}: expected {_SHAPES}, found no object; export the works in this form"
            )
        return JsonTable(
            path=self._path, header=tuple(self._names), notes=tuple(notes), spool=self._spool
        )


@dataclass(slots=True)
class _Survey:
    """What a JSON file holds.

    Attributes:
        lists: Path to the keys of the first object in a list there.
        keys: The keys of the outermost object whose values are neither lists nor objects.
    """

    lists: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)


def read(path: Path, *, works: str | None = None) -> JsonTable:
    """Read a JSON file, or a folder with a JSON file for each work.

    Args:
        path: The file or folder.
        works: Dotted path of the list of works; `None` for the only one.

    Raises:
        CollectionError: When it isn't JSON, or not of a shape that is known.
    """
    if path.is_dir():
        return read_files(path, sorted(path.rglob("*.json")))
    encoding = detect_encoding(read_head(path))
    try:
        with opened(path, encoding) as file:
            if _is_lines(file):
                return _read_lines(path, encoding)
        with opened(path, encoding) as file:
            survey = _survey(file)
        keys = _works_path(survey, works, path)
        if keys is None:
            return read_files(path, [path])
        found = _Works(path)
        with opened(path, encoding) as file:
            elements = (value for where, value in JsonStream(file).lists() if where == (*keys, ""))
            for number, value in enumerate(elements, 1):
                found.add(f"work {number}", value)
    except CollectionError as error:
        raise _named(path, error) from error
    return found.table([f"the works are those under {'.'.join(keys)!r}"] if keys else [])


def read_files(path: Path, files: Sequence[Path]) -> JsonTable:
    """Read files that hold a work each.

    Args:
        path: What messages name: the folder, or the only file.
        files: The files.

    Raises:
        CollectionError: When none holds a work; a single one that doesn't is a row with a fault.
    """
    found = _Works(path)
    for one in files:
        try:
            with opened(one, detect_encoding(read_head(one))) as file:
                text = file.read(MOST_IN_A_VALUE)
            found.add(one.name, decode(text))
        except CollectionError as error:
            if len(files) == 1:
                raise _named(one, error) from error
            found.add(one.name, None, str(error).removeprefix(f"{one}: "))
    return found.table()


def _named(path: Path, error: CollectionError) -> CollectionError:
    text = str(error)
    return error if text.startswith(f"{path}: ") else CollectionError(f"{path}: {text}")


def _is_lines(file: io.TextIOBase) -> bool:
    """Return whether the first line is a whole object and another follows it."""
    first = ""
    while not first.strip():
        first = file.readline(MOST_IN_A_VALUE)
        if not first:
            return False
    try:
        is_whole = isinstance(decode(first), dict)
    except CollectionError:
        return False
    following = file.readline(MOST_IN_A_VALUE)
    while following and not following.strip():
        following = file.readline(MOST_IN_A_VALUE)
    return is_whole and following.lstrip().startswith("{")


def _read_lines(path: Path, encoding: str) -> JsonTable:
    found, number = _Works(path), 0
    with opened(path, encoding) as file:
        while line := file.readline(MOST_IN_A_VALUE):
            number += 1
            if not line.strip():
                continue
            try:
                found.add(f"line {number}", decode(line))
            except CollectionError as error:
                if str(error).startswith(f"{path}: "):
                    raise
                found.add(f"line {number}", None, str(error).partition(": ")[2])
    return found.table()


def _survey(file: io.TextIOBase) -> _Survey:
    survey, stream = _Survey(), JsonStream(file)
    for path, value in stream.lists():
        if path and not path[-1] and isinstance(value, dict):
            if path[:-1] not in survey.lists and len(survey.lists) < _MOST_LISTS:
                survey.lists[path[:-1]] = tuple(cells_of(value))
        elif len(path) <= 1 and len(survey.keys) < _MOST_COLUMNS:
            survey.keys += path
    stream.expect_end()
    return survey


def _works_path(survey: _Survey, works: str | None, path: Path) -> tuple[str, ...] | None:
    """Return the path of the list of works, or None if the file is a single work."""
    names = {".".join(keys): keys for keys in survey.lists}
    if works is not None:
        if works not in names:
            raise CollectionError(
                f"{path}: expected a list of objects under {works!r}, found none (there are "
                f"{', '.join(filter(None, names)) or 'none'}); correct [json] works in collection.toml"
            )
        return names[works]
    if () in survey.lists:
        return ()
    known = {keys: known_names(columns) for keys, columns in survey.lists.items()}
    most = max(known.values(), default=0)
    own = known_names(survey.keys)
    if own and own > most:
        return None
    best = [keys for keys, count in known.items() if count == most]
    if len(best) == 1:
        return best[0]
    listed = ", ".join(repr(".".join(keys)) for keys in best[:5])
    if best:
        raise CollectionError(
            f"{path}: expected one list of works, found {listed}; name one in collection.toml, "
            f'such as [json] works = "{".".join(best[0])}"'
        )
    keys = ", ".join(list(filter(None, survey.keys))[:5])
    found = f"none (keys outside lists: {keys})" if keys else "no object"
    raise CollectionError(
        f"{path}: expected {_SHAPES}, found {found}; export the works in this form"
    )
