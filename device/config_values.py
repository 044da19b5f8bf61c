"""Convert a value from TOML or an environment variable to its setting's type.

This module knows the types of settings, not the settings.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin


class FromText(str):
    """A value from the environment, where numbers and lists are text."""


def convert(hint: Any, value: Any) -> Any:
    """Convert a value to the type of a type hint.

    Raises:
        ValueError, TypeError, OverflowError, RuntimeError: When the value doesn't fit the type.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is UnionType:
        if isinstance(value, FromText) and value == "" and NoneType in arguments:
            return None
        return _convert_first([kind for kind in arguments if kind is not NoneType], value)
    if origin is Literal:
        literal = type(arguments[0])(value) if isinstance(value, FromText) else value
        if type(literal) is not type(arguments[0]) or literal not in arguments:
            raise ValueError(value)
        return literal
    if origin is tuple:
        return _convert_tuple(arguments, value)
    if hint is Path:
        if not _check(str, value) or "\0" in value:
            raise ValueError(value)
        return Path(value).expanduser()
    if isinstance(value, FromText):
        value = _from_text(hint, value)
    if hint is float:
        value = float(_check((int, float), value))
        if not math.isfinite(value):  # TOML has inf and nan
            raise ValueError(value)
    return _check(hint, value)


def _convert_first(kinds: Sequence[Any], value: Any) -> Any:
    """Convert a value to the first of several types that it fits."""
    for kind in kinds[:-1]:
        try:
            return convert(kind, value)
        except (ValueError, TypeError):
            continue
    return convert(kinds[-1], value)


def _convert_tuple(arguments: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    parts: Any = value
    if isinstance(value, FromText):
        parts = [FromText(part.strip()) for part in value.split(",") if part.strip()]
    if not isinstance(parts, list):
        raise TypeError(value)
    kinds = [arguments[0]] * len(parts) if arguments[-1] is Ellipsis else list(arguments)
    return tuple(convert(kind, part) for kind, part in zip(kinds, parts, strict=True))


def _from_text(hint: Any, value: str) -> Any:
    if hint is bool:
        return ("false", "true").index(value.lower()) == 1  # anything else is a ValueError
    return hint(str(value))


def _check(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(value)
    return value


def describe(hint: Any) -> str:
    """Return the name of a type for an error message."""
    if get_origin(hint) is UnionType:
        return " or ".join(describe(kind) for kind in get_args(hint) if kind is not NoneType)
    if get_origin(hint) is Literal:
        return " or ".join(str(choice) for choice in get_args(hint))
    if get_origin(hint) is tuple:
        kind, *others = get_args(hint)
        many = "" if Ellipsis in others else f"{len(others) + 1} of: "
        return f"a list of {many}{describe(kind)}"
    return _WORDS[hint]


_WORDS: dict[Any, str] = {
    str: "text",
    Path: "a path",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
