"""Convert frozen dataclasses to JSON and back, with errors that name the key.

It knows only the types that a manifest is made of: text, string enumerations, numbers, booleans, `None`, tuples of
one type, mappings with text keys, and dataclasses of these. Unknown keys are left to the caller.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Convert a value to JSON types: dataclasses become objects, tuples become arrays."""
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        return {f.name: _to_json_as(hints[f.name], getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def _to_json_as(hint: Any, value: Any) -> Any:
    # The type checker accepts an int as a float, but JSON writes 1 and 1.0 differently.
    return float(value) if hint is float else to_json(value)


def from_json(kind: type[T], data: Any, place: str) -> T:
    """Create a dataclass from its JSON form.

    Args:
        kind: The dataclass to create.
        data: The value that `json.loads` returned.
        place: Name of the data in errors, such as `manifest.json: model`.

    Raises:
        ValueError: When a key is missing or holds another type; the message names place and key.
    """
    if not isinstance(data, Mapping):
        raise ValueError(f"{place}: expected an object, found {_found(data)}")
    hints = get_type_hints(kind)
    values = {}
    for field in fields(kind):  # type: ignore[arg-type]  # T is always a dataclass here
        if field.name not in data:
            raise ValueError(f"{place}: {field.name} is missing")
        values[field.name] = _read(hints[field.name], data[field.name], f"{place}: {field.name}")
    return kind(**values)


def _read(hint: Any, value: Any, place: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        return _read(next(a for a in arguments if a is not type(None)), value, place)
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{place}: expected a list, found {_found(value)}")
        return tuple(_read(arguments[0], v, f"{place}[{i}]") for i, v in enumerate(value))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ValueError(f"{place}: expected an object, found {_found(value)}")
        return {key: _read(arguments[1], v, f"{place}: {key}") for key, v in value.items()}
    if is_dataclass(hint):
        return from_json(hint, value, place)  # type: ignore[arg-type]
    return _read_plain(hint, value, place)


def _read_plain(hint: Any, value: Any, place: str) -> Any:
    if hint is Any:
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return _as_float(value, place)
    if issubclass(hint, StrEnum):
        return _as_word(hint, value, place)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"{place}: expected {hint.__name__}, found {_found(value)}")
    return value


def _as_float(value: int, place: str) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(f"{place}: expected float, found {_found(value)}") from error


def _as_word(hint: type[StrEnum], value: Any, place: str) -> StrEnum:
    try:
        return hint(value)
    except ValueError as error:
        raise ValueError(f"{place}: expected {hint.__name__}, found {_found(value)}") from error


def _found(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print a number of more than 4300 digits
        text = "a number too long to show"
    return text if len(text) <= 40 else f"{text[:37]}..."
