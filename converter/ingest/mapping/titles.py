"""Titles in several languages: the fields `title_de`, `title_en` and so on.

The first of the stated order stands in where the field `title` is empty. The order is that of `[languages] order`, then
that of the columns.
"""

import re
from collections.abc import Mapping, Sequence

from converter.ingest.mapping.column_names import ALIASES, normalised

_NONE: Mapping[str, str] = {}  # one for all records, most of which have no such titles
_FIELD = re.compile(r"title_([a-z]{2})")
# "Titel (deutsch)", "title_en", "Title EN", "titre-fr": the word, and what says the language.
_HEADER = re.compile(r"([^\W\d_]+)(?:[\s_.\-]+\(?|\s*[(\[])([^\W\d_]+)[)\]]?")
_TAGS = {
    "en": ("en", "eng", "english", "englisch", "anglais", "inglese", "engels", "ingles"),
    "de": ("de", "ger", "deu", "german", "deutsch", "allemand", "tedesco", "duits", "aleman"),
    "fr": ("fr", "fre", "fra", "french", "franzosisch", "francais", "francese", "frans", "frances"),
    "it": ("it", "ita", "italian", "italienisch", "italien", "italiano", "italiaans"),
    "nl": ("nl", "dut", "nld", "dutch", "niederlandisch", "neerlandais", "olandese", "nederlands"),
    "es": ("es", "spa", "spanish", "spanisch", "espagnol", "spagnolo", "spaans", "espanol"),
}


def is_title(field: str) -> bool:
    """Return whether a field holds titles in one language, such as `title_de`."""
    return _FIELD.fullmatch(field) is not None


def title_field(column: str) -> str | None:
    """Return the field that a column's name says, such as "Titel (englisch)"; else `None`."""
    if is_title(column):
        return column
    found = _HEADER.fullmatch(column.strip())
    if not found or normalised(found[1]) not in ("title", *map(normalised, ALIASES["title"])):
        return None
    word = normalised(found[2])
    return next((f"title_{tag}" for tag, words in _TAGS.items() if word in words), None)


def titles_of(values: Mapping[str, str], order: Sequence[str] = ()) -> Mapping[str, str]:
    """Return a record's titles that are not empty, language to text, in the stated order."""
    found = {
        field.removeprefix("title_"): " ".join(text.split())
        for field, text in values.items()
        if is_title(field) and text.strip()
    }
    if not found:
        return _NONE
    ranked = [tag for tag in order if tag in found]
    return {tag: found[tag] for tag in (*ranked, *(tag for tag in found if tag not in ranked))}


def with_title(values: Mapping[str, str], order: Sequence[str]) -> dict[str, str]:
    """Return a record's values, with the first title of any language for an empty one."""
    if values.get("title"):
        return dict(values)
    first = next(iter(titles_of(values, order).values()), "")
    return {**values, "title": first} if first else dict(values)


def title_language(
    languages: Mapping[str, str], fields: Sequence[str], order: Sequence[str]
) -> dict[str, str]:
    """Return the fields' languages; without a column `title`, it has the first title's."""
    tags = [field.removeprefix("title_") for field in fields if is_title(field)]
    ranked = [tag for tag in order if tag in tags] or tags
    if "title" in languages or "title" in fields or not ranked:
        return dict(languages)
    return {**languages, "title": ranked[0]}
