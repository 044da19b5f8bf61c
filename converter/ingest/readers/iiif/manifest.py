"""Read one IIIF manifest, Presentation 2 or 3, into cells by field."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from converter.errors import CollectionError
from converter.ingest.readers.iiif.images import ImageServers, picture_of
from converter.ingest.readers.iiif.labels import field_of
from converter.ingest.readers.languages import Text, by_language, in_language, language_of
from converter.ingest.rights_words import signs
from converter.ingest.table import LIST_SEPARATOR

MOST_CANVASES = 200
# "(1600-1660)" and "(born 1950)" after a maker's name: dates of a life, not a role.
_LIFE = re.compile(
    r"\s*\((?:(?:born|b\.|geb\.|né|née|nato|nata|geboren|nacido|\*|ca?\.|active|fl\.)\s*)?\d{3,4}\b[^()a-z]*\)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
_LISTS = ("makers", "technique", "classification", "rights")


def texts_of(value: Any) -> list[Text]:
    """Return a text of either version in all its languages."""
    if isinstance(value, str):
        return [Text(value.strip())] if value.strip() else []
    if isinstance(value, list):
        return [text for one in value for text in texts_of(one)]
    if not isinstance(value, dict):
        return []
    if "@value" in value:
        words = str(value["@value"]).strip()
        return [Text(words, language_of(value.get("@language")))] if words else []
    return [
        Text(text.words, language_of(str(tag)))
        for tag, words in value.items()
        if isinstance(words, list | str)
        for text in texts_of(words)
    ]


def kind_of(document: Mapping[str, Any]) -> str:
    """Return "Manifest", "Collection" or another type, without version 2's prefix."""
    return str(document.get("type") or document.get("@type") or "").removeprefix("sc:")


def read_manifest(
    manifest: Mapping[str, Any], language: str, servers: ImageServers
) -> Mapping[str, str]:
    """Read a manifest's cells in the main language, and its titles in all.

    Raises:
        CollectionError: When it has more canvases than a work can have pictures.
    """
    cells: dict[str, str] = {"record_id": short_id(address_of(manifest))}
    for field, value in _labelled(manifest, language):
        if field in _LISTS and cells.get(field):
            cells[field] += LIST_SEPARATOR + value
        else:
            cells.setdefault(field, value)
    cells |= by_language("title", texts_of(manifest.get("label")), language)
    rights = [text.words for text in texts_of(manifest.get("rights") or manifest.get("license"))]
    rights += cells.get("rights", "").split(LIST_SEPARATOR)
    statement = manifest.get("requiredStatement")
    required = statement if isinstance(statement, dict) else {"value": manifest.get("attribution")}
    if not any(map(signs, rights)):
        rights += _stated_rights(required, language)
    own = {
        "rights": LIST_SEPARATOR.join(dict.fromkeys(filter(None, rights))),
        "credit": " ".join(in_language(texts_of(required.get("value")), language)),
        "note": "\n".join(
            in_language(texts_of(manifest.get("summary") or manifest.get("description")), language)
        ),
        "source_url": _page(manifest),
        "institution": cells.get("institution") or _provider(manifest, language),
        "image": LIST_SEPARATOR.join(_pictures(manifest, servers)),
    }
    return cells | {field: cell for field, cell in own.items() if cell}


def address_of(one: Mapping[str, Any]) -> str:
    """Return the id of a manifest or another resource; empty without one."""
    found = one.get("id") or one.get("@id")
    return found.strip() if isinstance(found, str) else ""


def short_id(address: str) -> str:
    """Return the part of a manifest's address that tells it from the museum's others."""
    path = address.partition("?")[0].rstrip("/")
    parts = [part for part in path.split("/") if part]
    while len(parts) > 1 and parts[-1].lower() in ("manifest", "manifest.json", "info.json"):
        parts.pop()
    return parts[-1].removesuffix(".json") if parts else ""


def _labelled(manifest: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    for entry in _list(manifest.get("metadata")):
        if not isinstance(entry, dict):
            continue
        fields = (field_of(text.words) for text in texts_of(entry.get("label")))
        field = next(filter(None, fields), None)
        for words in in_language(texts_of(entry.get("value")), language) if field else ():
            yield str(field), _LIFE.sub("", words) if field == "makers" else words


def _stated_rights(statement: Mapping[str, Any], language: str) -> list[str]:
    """Return what a required statement says about rights, which no other field does.

    A credit line alone, such as "Print Room", says nothing about them.
    """
    labels = (field_of(text.words) for text in texts_of(statement.get("label")))
    is_about_rights = "rights" in labels
    found = []
    for words in in_language(texts_of(statement.get("value")), language):
        # An address may be that of a link around words that say nothing.
        found += [address for address in _ADDRESS.findall(words) if signs(address)]
        if is_about_rights or signs(words):
            found.append(words)
    return found


def _page(manifest: Mapping[str, Any]) -> str:
    for page in _list(manifest.get("homepage")) + _list(manifest.get("related")):
        address = address_of(page) if isinstance(page, dict) else page
        is_page = not isinstance(page, dict) or "json" not in str(page.get("format"))
        if isinstance(address, str) and address and is_page:
            return address
    return ""


def _provider(manifest: Mapping[str, Any], language: str) -> str:
    for provider in _list(manifest.get("provider")):
        if isinstance(provider, dict):
            return next(iter(in_language(texts_of(provider.get("label")), language)), "")
    return ""


def _pictures(manifest: Mapping[str, Any], servers: ImageServers) -> list[str]:
    canvases = [one for one in _list(manifest.get("items")) if isinstance(one, dict)]
    for sequence in _list(manifest.get("sequences"))[:1]:
        if isinstance(sequence, dict):
            canvases += [one for one in _list(sequence.get("canvases")) if isinstance(one, dict)]
    if len(canvases) > MOST_CANVASES:
        raise CollectionError(
            f"expected a manifest of at most {MOST_CANVASES} canvases, found {len(canvases):,}; leave it out of "
            "the collection, or name a manifest for each work"
        )
    found = (picture_of(canvas, servers) for canvas in canvases)
    return list(dict.fromkeys(filter(None, found)))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
