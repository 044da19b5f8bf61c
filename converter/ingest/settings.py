"""Read `collection.toml`, a small TOML file in which a museum describes its export.

Every section and key is optional. An unknown one is an error, and all errors are reported at once.

    [collection]
    name = "Prints of the Kunsthaus"
    images = "images"               # the folder that the image column's file names are relative to
    image_names = "{record_id}.*"   # for an export without a column of file names
    placeholders = "placeholders"   # pictures that mean "no picture"
    [columns]
    record_id = "recordID"
    makers = "person"
    [languages]
    title = "de"
    [rights]
    hide_pictures = ["© ProLitteris*", "All rights reserved"]
    show_pictures = ["© Kunsthaus*"]   # shown, although their statement says that they are in copyright
    ignore_columns = ["copyright"]     # looks like rights, and isn't
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
from converter.ingest.rights import RightsRules
from converter.ingest.table import TableOptions

FILE = "collection.toml"
_KEYS = {
    "collection": ("name", "images", "image_names", "placeholders"),
    "columns": FIELDS,
    "languages": FIELDS,
    "rights": ("hide_pictures", "show_pictures", "ignore_columns"),
    "csv": ("delimiter", "encoding"),
}
# BCP 47, precise enough to catch typing errors.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A museum's description of its export.

    Attributes:
        name: The collection's name; `None` for the folder's name.
        images: Folder of the pictures; `None` for the collection's folder.
        image_names: Pattern of the picture's file name; `None` where a column holds it.
        placeholders: Folder of pictures that mean "no picture"; `None` for none.
        columns: Field to column.
        languages: Field to BCP 47 tag.
        rights: The museum's own decisions about rights.
        table: How the table is read.
    """

    name: str | None = None
    images: str | None = None
    image_names: str | None = None
    placeholders: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    rights: RightsRules = field(default_factory=RightsRules)
    table: TableOptions = field(default_factory=TableOptions)


def read(path: Path) -> Settings:
    """Read a museum's `collection.toml`.

    Raises:
        CollectionError: When it can't be read or is invalid; the message lists every error.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CollectionError(f"{path}: can't be read ({error.strerror or error})") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise CollectionError(f"{path}: expected TOML in UTF-8, found {error}") from error
    faults = [*_unknown_keys(data), *_wrong_types(data)]
    if not faults:
        faults = _invalid_values(data)
    if faults:
        raise CollectionError(f"{path}: " + "; ".join(faults))
    return Settings(
        **data.get("collection", {}),
        columns=data.get("columns", {}),
        languages=data.get("languages", {}),
        rights=RightsRules(**{key: tuple(texts) for key, texts in data.get("rights", {}).items()}),
        table=TableOptions(**data.get("csv", {})),
    )


def _unknown_keys(data: Mapping[str, Any]) -> list[str]:
    faults = [
        f"[{name}] isn't known; {did_you_mean(name, list(_KEYS))}"
        for name in data
        if name not in _KEYS
    ]
    for section, keys in _KEYS.items():
        given = data.get(section, {})
        if not isinstance(given, dict):
            faults.append(f"{section}: expected a section [{section}], found {given!r}")
            continue
        faults += [
            f"[{section}] {key} isn't known; {did_you_mean(key, keys)}"
            for key in given
            if key not in keys
        ]
    return faults


def _wrong_types(data: Mapping[str, Any]) -> list[str]:
    faults = []
    for section, keys in _KEYS.items():
        given = data.get(section, {})
        for key in keys if isinstance(given, dict) else ():
            value = given.get(key, [] if section == "rights" else "")
            if section == "rights":
                if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
                    faults.append(f"[{section}] {key}: expected a list of texts, found {value!r}")
            elif not isinstance(value, str):
                faults.append(f"[{section}] {key}: expected text, found {value!r}")
    return faults


def _invalid_values(data: Mapping[str, Any]) -> list[str]:
    faults = [
        f"[languages] {key}: expected a tag such as 'en' or 'de-CH', found {tag!r}"
        for key, tag in data.get("languages", {}).items()
        if not _LANGUAGE.fullmatch(tag)
    ]
    columns = [column for column in data.get("columns", {}).values() if column]
    faults += [
        f"[columns] {column!r} is named {columns.count(column)} times; a column can hold only one field"
        for column in sorted(set(columns))
        if columns.count(column) > 1
    ]
    delimiter = data.get("csv", {}).get("delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        faults.append(f"[csv] delimiter: expected one character, found {delimiter!r}")
    return faults + _pattern_faults(data.get("collection", {}).get("image_names"))


def _pattern_faults(pattern: str | None) -> list[str]:
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
