"""Turn a JSON object into cells by dotted path, such as "artist.name"."""

from collections.abc import Mapping
from typing import Any

from converter.ingest.table import LIST_SEPARATOR

KINDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}


def cells_of(work: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of a work; a list's values are joined by `LIST_SEPARATOR`.

    The values of a list of objects stay in step: each path has a value, perhaps empty, for each object.
    """
    cells: dict[str, str] = {}
    for key, value in work.items():
        _add(cells, str(key).strip(), value)
    return cells


def kind_of(value: Any) -> str:
    """Return what a JSON value is, for messages."""
    return KINDS.get(type(value), "a number")


def _add(cells: dict[str, str], path: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, below in value.items():
            _add(cells, f"{path}.{str(key).strip()}", below)
    elif isinstance(value, list):
        _add_list(cells, path, value)
    else:
        cells[path] = _text(value)


def _add_list(cells: dict[str, str], path: str, values: list[Any]) -> None:
    below: list[dict[str, str]] = []
    for value in values:
        one: dict[str, str] = {}
        _add(one, path, value)
        below.append(one)
    for name in dict.fromkeys(name for one in below for name in one):
        texts = [one.get(name, "") for one in below]
        cells[name] = LIST_SEPARATOR.join(texts) if any(texts) else ""
    if not values:
        cells[path] = ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    # A text that holds the separator would look like a list.
    return str(value).replace(LIST_SEPARATOR, " ").strip()
