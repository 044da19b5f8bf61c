"""Read `collection.toml`, a small TOML file in which a museum describes its export.

Every section and key is optional. An unknown one is an error, and all errors are reported at once. Each key is
described in `docs/collections.md`.

    [collection]
    name = "Prints of the Kunsthaus"
    images = "images"               # the folder that the image column's file names are relative to
    image_names = "{record_id}.*"   # for an export without a column of file names
    placeholders = "placeholders"   # pictures that mean "no picture"
    rows = "pictures"               # rows with one record id are pictures of one work
    table = "works.xlsx"            # the file with the records; metadata.csv or the only table otherwise
    source = "https://example.org/works.csv"   # or the web address of that file
    [columns]
    record_id = "recordID"
    makers = {column = "person", split = "|"}
    [languages]
    title = "de"
    order = ["de", "en"]            # of title_de and title_en, the first stands in for an empty title
    [rights]
    hide_pictures = ["© ProLitteris*", "All rights reserved"]
    show_pictures = ["© Kunsthaus*"]   # shown, although their statement says that they are in copyright
    ignore_columns = ["copyright"]     # looks like rights, and isn't
    [csv]
    delimiter = ";"
    encoding = "cp1252"
    [xlsx]
    sheet = "Objekte"
    [json]
    works = "response.docs"         # where several lists could be the works
"""

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from converter.errors import CollectionError
from converter.ingest.columns import FIELDS, did_you_mean, is_field
from converter.ingest.mapping import column_spec
from converter.ingest.mapping.column_spec import ColumnSpec
from converter.ingest.readers.source import is_address
from converter.ingest.rights import RightsRules
from converter.ingest.table import TableOptions

FILE = "collection.toml"
_ROWS = ("records", "pictures")
_LISTS = ("order",)
KEYS = {
    "collection": ("name", "images", "image_names", "placeholders", "rows", "source", "table"),
    "columns": FIELDS,
    "languages": (*FIELDS, "order"),
    "rights": ("hide_pictures", "show_pictures", "ignore_columns"),
    "csv": ("delimiter", "encoding"),
    "xlsx": ("sheet",),
    "json": ("works",),
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
        rows: "pictures" where rows with one record id are pictures of one work; else "records".
        columns: Field to column, or to a specification of several.
        languages: Field to BCP 47 tag.
        title_order: Languages of titles; the first that a record has stands in for an empty title.
        rights: The museum's own decisions about rights.
        table: How the table is read.
    """

    name: str | None = None
    images: str | None = None
    image_names: str | None = None
    placeholders: str | None = None
    rows: str = "records"
    columns: Mapping[str, str | ColumnSpec] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    title_order: tuple[str, ...] = ()
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
        raise CollectionError(
            f"{path}: expected a column map, found a file that can't be read ({error.strerror or error}); "
            "correct its name or its permissions"
        ) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise CollectionError(
            f"{path}: expected TOML in UTF-8, found {' '.join(str(error).split())}; correct the file"
        ) from error
    faults = [*_unknown_keys(data), *_wrong_types(data)]
    if not faults:
        faults = _invalid_values(data)
    if faults:
        raise CollectionError(f"{path}: " + "; ".join(faults))
    languages = dict(data.get("languages", {}))
    collection = dict(data.get("collection", {}))
    table = TableOptions(
        file=collection.pop("table", None),
        address=collection.pop("source", None),
        **data.get("csv", {}),
        **data.get("xlsx", {}),
        **data.get("json", {}),
    )
    return Settings(
        **collection,
        title_order=tuple(languages.pop("order", ())),
        columns=_columns(data),
        languages=languages,
        rights=RightsRules(**{key: tuple(texts) for key, texts in data.get("rights", {}).items()}),
        table=table,
    )


def _columns(data: Mapping[str, Any]) -> dict[str, str | ColumnSpec]:
    """Return each field's column; a table as its specification."""
    return {
        name: value if isinstance(value, str) else column_spec.parse(value)[0]
        for name, value in data.get("columns", {}).items()
    }


def _unknown_keys(data: Mapping[str, Any]) -> list[str]:
    faults = [
        f"[{name}] isn't known; {did_you_mean(name, list(KEYS))}"
        for name in data
        if name not in KEYS
    ]
    for section, keys in KEYS.items():
        given = data.get(section, {})
        if not isinstance(given, dict):
            faults.append(f"{section}: expected a section [{section}], found {given!r}")
            continue
        faults += [
            f"[{section}] {key} isn't known; {did_you_mean(key, keys)}"
            for key in given
            if key not in keys and not (FIELDS[0] in keys and is_field(key))
        ]
    return faults


def _wrong_types(data: Mapping[str, Any]) -> list[str]:
    faults = []
    for section in KEYS:
        given = data.get(section, {})
        for key, value in given.items() if isinstance(given, dict) else ():
            if section == "rights" or key in _LISTS:
                if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
                    faults.append(f"[{section}] {key}: expected a list of texts, found {value!r}")
            elif section == "columns":
                faults += [f"[columns] {key}: {fault}" for fault in column_spec.parse(value)[1]]
            elif not isinstance(value, str):
                faults.append(f"[{section}] {key}: expected text, found {value!r}")
    return faults


def _invalid_values(data: Mapping[str, Any]) -> list[str]:
    tags = dict(data.get("languages", {}))
    order = [("order", tag) for tag in tags.pop("order", ())]
    faults = [
        f"[languages] {key}: expected a tag such as 'en' or 'de-CH', found {tag!r}"
        for key, tag in (*tags.items(), *order)
        if not _LANGUAGE.fullmatch(tag)
    ]
    faults += _shared_columns(data.get("columns", {}))
    faults += _source_faults(data.get("collection", {}))
    rows = data.get("collection", {}).get("rows", "records")
    if rows not in _ROWS:
        faults.append(
            f"[collection] rows: expected {' or '.join(map(repr, _ROWS))}, found {rows!r}"
        )
    delimiter = data.get("csv", {}).get("delimiter", ",")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        faults.append(f"[csv] delimiter: expected one character, found {delimiter!r}")
    return faults + _pattern_faults(data.get("collection", {}).get("image_names"))


def _source_faults(collection: Mapping[str, Any]) -> list[str]:
    address = collection.get("source")
    if address is None:
        return []
    faults = []
    if not is_address(address):
        faults.append(
            "[collection] source: expected an address that starts with http:// or https://, found "
            f"{address!r}; name a file with table = {address!r}"
        )
    if "table" in collection:
        faults.append("[collection] source and table: expected one of them, found both; remove one")
    return faults


def _shared_columns(columns: Mapping[str, Any]) -> list[str]:
    """Return a fault for each column of two fields, unless these are id and inventory number."""
    named = [
        column
        for name, value in columns.items()
        for column in column_spec.parse(value)[0].used
        if name != "inventory_number" or value != columns.get("record_id")
    ]
    return [
        f"[columns] {column!r} is named {named.count(column)} times; a column can hold only one field"
        for column in sorted(set(named))
        if named.count(column) > 1
    ]


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
