"""Draft a `collection.toml` for an export, with samples and doubts as comments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from converter.ingest.columns import FIELDS
from converter.ingest.mapping.column_names import ALIASES, normalised
from converter.ingest.readers.source import is_address
from converter.ingest.start.cell_lists import parallel_columns, rows_are_pictures, separator
from converter.ingest.start.column_choice import Choice, choose
from converter.ingest.start.header_language import header_language
from converter.ingest.start.picture_rule import PictureRule
from converter.ingest.start.profile import ExportProfile, one_line

DOUBT = "# ? "


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A drafted `collection.toml`.

    Attributes:
        text: The file's text.
        doubts: The lines that the museum should look at.
    """

    text: str
    doubts: tuple[str, ...]


def draft(
    profile: ExportProfile,
    rule: PictureRule | None,
    *,
    name: str,
    source: str,
    encoding: str | None,
) -> Draft:
    """Return a draft for an export.

    Args:
        profile: What the export holds.
        rule: How its pictures are found; `None` if no column finds them.
        name: The collection's name.
        source: The table's file name, or its address, which `[collection] source` then names.
        encoding: Of a CSV file that needs to state it; else `None`.
    """
    choice = choose(profile, rule)
    lines = [
        f"# Written by `printkiosk-convert start` for {one_line(source)}. Look at the lines with a question mark.",
        "# docs/collections.md describes every key.",
        "",
        "[collection]",
        f"name = {_text(name)}",
        *([f"source = {_text(source)}"] if is_address(source) else []),
        *_pictures(profile, rule, choice, source),
        "",
        "[columns]",
    ]
    for field in (*FIELDS, *(one for one in choice.columns if one not in FIELDS)):
        lines += _field(field, profile, choice)
    language = header_language(profile.header)
    if language:
        lines += ["", "[languages]", f"{DOUBT}guessed from the columns' names"]
        lines.append(f"title = {_text(language)}")
    if encoding:
        lines += [
            "",
            "[csv]",
            f"{DOUBT}guessed, as the file is not in UTF-8: look at names with accents",
        ]
        lines.append(f"encoding = {_text(encoding)}")
    lines += ["", *_unused(profile, choice)]
    doubts = tuple(line.removeprefix(DOUBT) for line in lines if line.startswith(DOUBT))
    return Draft(text="\n".join(lines).rstrip() + "\n", doubts=doubts)


def _pictures(
    profile: ExportProfile, rule: PictureRule | None, choice: Choice, source: str
) -> Iterator[str]:
    if rule is None:
        if "image" not in choice.columns:
            yield f"{DOUBT}no column names the picture files; name them by a field, such as the id"
            ending = ".jpg" if is_address(source) else ".*"
            yield f'# image_names = "{{record_id}}{ending}"'
        elif (count := _addresses(profile, choice.columns["image"])) is not None:
            yield f"# {count} of the pictures in {choice.columns['image']!r} are web addresses, which are fetched"
        elif is_address(source):
            yield "# pictures are looked for in this folder, then next to the address"
        else:
            yield f"{DOUBT}no picture of the column {choice.columns['image']!r} is in this folder"
            yield '# images = "pictures"'
        return
    if rule.found < rule.tried:
        yield f"{DOUBT}{rule.found} of {rule.tried} values of {rule.column!r} name one of {rule.files} files"
    else:
        yield f"# {rule.found} of {rule.tried} values of {rule.column!r} name one of {rule.files} files"
    if rule.images:
        yield f"images = {_text(rule.images)}"
    fields = ("record_id", *choice.columns)
    field = next((name for name in fields if choice.columns.get(name) == rule.column), None)
    if field and (pattern := rule.pattern(field)):
        yield f"image_names = {_text(pattern)}"
    elif rule.before is not None:
        yield f"{DOUBT}the files are named by {rule.column!r}, which no field holds; make it the record_id"
    if rows_are_pictures(profile, choice.columns):
        yield "# rows with one id differ by picture"
        yield 'rows = "pictures"'


def _addresses(profile: ExportProfile, column: str) -> str | None:
    """Return how many values name an address, such as "3 of 5"; `None` for less than half."""
    values = profile.columns[column].values
    count = sum(map(is_address, values))
    return f"{count} of {len(values)}" if values and 2 * count >= len(values) else None


def _field(field: str, profile: ExportProfile, choice: Choice) -> Iterator[str]:
    column = choice.columns.get(field)
    doubts = [f"{DOUBT}{field}: {line}" for line in choice.doubts.get(field, ())]
    if column is None:
        yield from doubts
        if field == "record_id":
            yield '# record_id = ""'
        elif _is_known(field, profile, choice):
            yield f'{field} = ""'
        return
    one = profile.columns[column]
    if not one.filled:
        doubts.append(f"{DOUBT}{field}: the column {column!r} is empty")
    sign = separator(profile, field, column)
    if sign.startswith(","):
        doubts.append(f"{DOUBT}{field}: commas seem to separate names")
    if one.values:
        yield f"# {', '.join(_sample(value) for value in one.samples())}"
    yield from doubts
    if field == "makers":
        yield from _roles(profile, column, sign)
    value = f"{{column = {_text(column)}, split = {_text(sign)}}}" if sign else _text(column)
    yield f"{field} = {value}"


def _roles(profile: ExportProfile, column: str, sign: str) -> Iterator[str]:
    """Yield how to show roles: what a museum's column of roles means, only the museum knows."""
    found = parallel_columns(profile, column, sign)
    if not found:
        return
    keys = [("column", column), *found.items(), *([("split", sign)] if sign else [])]
    listed = ", ".join(f"{key} = {_text(value)}" for key, value in keys)
    yield f"{DOUBT}makers: to show their roles, use the next line instead"
    yield f"# makers = {{{listed}}}"


def _is_known(field: str, profile: ExportProfile, choice: Choice) -> bool:
    """Return whether the converter would map a field by itself that was left out here."""
    names = {normalised(one) for one in (field, *ALIASES.get(field, ()))}
    taken = choice.columns.values()
    return any(normalised(one) in names for one in profile.header if one not in taken)


def _unused(profile: ExportProfile, choice: Choice) -> list[str]:
    left = [one for one in profile.columns.values() if one.name not in choice.columns.values()]
    lines = ["# Columns that no field uses:"] if left else []
    for one in left:
        samples = ", ".join(_sample(value) for value in one.samples(2)) or "empty"
        lines.append(f"#   {one_line(one.name)}: {samples}")
    return lines


def _sample(value: str) -> str:
    return f'"{one_line(value, 40)}"'


def _text(value: str) -> str:
    """Return a text as TOML has it; JSON's escapes are TOML's, except of one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
