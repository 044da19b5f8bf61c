"""What a museum says of its own export, in one small TOML file: `collection.toml`.

Every section and key may be left out; one that isn't known is an error, and all errors are given at once.

    [collection]
    name = "Prints of the Kunsthaus"
    images = "images"               # the folder the image column's file names start from
    image_names = "{record_id}.*"   # for an export without a column of file names
    placeholders = "placeholders"   # pictures that stand for "no picture"
    [columns]
    record_id = "recordID"
    makers = "person"
    [languages]
    title = "de"
    [rights]
    hide_pictures = ["© ProLitteris*", "All rights reserved"]
    [csv]
    delimiter = ";"
    encoding = "cp1252"
"""

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from converter.errors import CollectionError
from converter.ingest.columns import FIELDS, did_you_mean

FILE = "collection.toml"
_KEYS = {
    "collection": ("name", "images", "image_names", "placeholders"),
    "columns": FIELDS,
    "languages": FIELDS,
    "rights": ("hide_pictures",),
    "csv": ("delimiter", "encoding"),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, as far as a typing slip goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A museum's word on its export.

    Attributes:
        name: `None`: the folder's name.
        images, placeholders: Folders; `None`: the collection's folder, and none.
        image_names: Pattern of the picture's file name; `None` where a column holds it.
        columns: Field to column.
        languages: Field to BCP 47 tag.
        hide_pictures: Licence texts that forbid showing the picture; one that ends in `*` is a beginning.
        delimiter, encoding: `None`: found out.
    """

    name: str | None = None
    images: str | None = None
    image_names: str | None = None
    placeholders: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    hide_pictures: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None

    def shows(self, rights: str | None) -> bool:
        """Say whether a picture under this licence may be shown; case and spacing don't matter."""
        held = _plain(rights or "")
        for text in map(_plain, self.hide_pictures):
            if held.startswith(text[:-1]) if text.endswith("*") else held == text:
                return False
        return True


def read(path: Path) -> Settings:
    """Read a column map.

    Raises:
        CollectionError: When it can't be read, or holds what isn't known; all of it is named.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CollectionError(f"{path}: can't be read ({error.strerror or error})") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise CollectionError(f"{path}: expected TOML in UTF-8, found {error}") from error
    faults = [*_unknown(data), *_mistyped(data)]
    if not faults:
        faults = _unfit(data)
    if faults:
        raise CollectionError(f"{path}: " + "; ".join(faults))
    return Settings(
        **data.get("collection", {}),
        columns=data.get("columns", {}),
        languages=data.get("languages", {}),
        hide_pictures=tuple(data.get("rights", {}).get("hide_pictures", ())),
        **data.get("csv", {}),
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _unknown(data: Mapping[str, Any]) -> list[str]:
    faults = [
        f"[{name}] isn't known; {did_you_mean(name, list(_KEYS))}"
        for name in data
        if name not in _KEYS
    ]
    for section, keys in _KEYS.items():
        held = data.get(section, {})
        if not isinstance(held, dict):
            faults.append(f"{section}: expected a section [{section}], found {held!r}")
            continue
        faults += [
            f"[{section}] {key} isn't known; {did_you_mean(key, keys)}"
            for key in held
            if key not in keys
        ]
    return faults


def _mistyped(data: Mapping[str, Any]) -> list[str]:
    faults = []
    for section, keys in _KEYS.items():
        held = data.get(section, {})
        for key in keys if isinstance(held, dict) else ():
            value = held.get(key, [] if key == "hide_pictures" else "")
            if key == "hide_pictures":
                if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
                    faults.append(f"[{section}] {key}: expected a list of texts, found {value!r}")
            elif not isinstance(value, str):
                faults.append(f"[{section}] {key}: expected text, found {value!r}")
    return faults


def _unfit(data: Mapping[str, Any]) -> list[str]:
    faults = [
        f"[languages] {key}: expected a tag such as 'en' or 'de-CH', found {tag!r}"
        for key, tag in data.get("languages", {}).items()
        if not _LANGUAGE.fullmatch(tag)
    ]
    columns = [column for column in data.get("columns", {}).values() if column]
    faults += [
        f"[columns] {column!r} is named {columns.count(column)} times; a column holds one field"
        for column in sorted(set(columns))
        if columns.count(column) > 1
    ]
    delimiter = data.get("csv", {}).get("delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        faults.append(f"[csv] delimiter: expected one sign, found {delimiter!r}")
    return faults + _bad_pattern(data.get("collection", {}).get("image_names"))


def _bad_pattern(pattern: str | None) -> list[str]:
    if pattern is None:
        return []
    place = "[collection] image_names"
    try:
        used = [part for _, part, _, _ in string.Formatter().parse(pattern) if part is not None]
    except ValueError as error:
        return [
            f"{place}: expected a name such as '{{record_id}}.jpg', found {pattern!r} ({error})"
        ]
    faults = [
        f"{place}: {{{name}}} isn't known; {did_you_mean(name, FIELDS)}"
        for name in used
        if name not in FIELDS
    ]
    return (
        faults if used else [f"{place}: expected a field such as {{record_id}}, found {pattern!r}"]
    )
