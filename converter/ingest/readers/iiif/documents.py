"""Read IIIF documents from files and addresses, and walk through collections of them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from converter.errors import CollectionError, FetchError
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.fetch.web_client import server_of
from converter.ingest.readers.iiif.manifest import address_of, kind_of, texts_of
from converter.ingest.readers.languages import main_language
from converter.ingest.readers.source import Source, is_address

_MARKS = (
    b"iiif.io/api/presentation/",
    b"shared-canvas.org/ns/context.json",
    b'"sc:Manifest"',
    b'"sc:Collection"',
)
# A JSON file of this size may take 150 MB once it is read.
_MOST_BYTES = 16 << 20
_DEEPEST = 8
_MOST_UNSERVED = 5  # pictures that a server has in no form, before it isn't asked for others


def looks_like(head: bytes) -> bool:
    """Return whether a file that starts with these bytes is a IIIF manifest or collection."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and any(
        mark in head for mark in _MARKS
    )


class DocumentReader:
    """Reads documents by file name or address, and walks through collections."""

    def __init__(self, source: Source, fetcher: Fetcher | None) -> None:
        """Prepare to read a file, a folder or an address, with a fetcher for addresses."""
        self._fetcher = fetcher
        self._source = str(source)
        self._forms: dict[str, str] = {}
        self._unserved: Counter[str] = Counter()
        self._folder = Path(source) if Path(source).is_dir() else Path(source).parent

    def main_language(self) -> str:
        """Return the language that most of the first titles come first in."""
        titles = []
        for _, document in self.manifests():
            if not isinstance(document, CollectionError):
                titles.append(texts_of(document.get("label")))
            if len(titles) == 100:
                break
        return main_language(titles)

    def manifests(self) -> Iterator[tuple[str, Mapping[str, Any] | CollectionError]]:
        """Yield each manifest with its file name or address, or why it can't be read."""
        seen: set[str] = set()
        for name in self._roots():
            document = self._load_root(name)
            if kind_of(document) not in ("Manifest", "Collection"):
                raise CollectionError(
                    f"{self._source}: expected a IIIF manifest or collection, found "
                    f"{kind_of(document) or 'JSON of no type'!r}; name another file"
                )
            yield from self._walk(name, document, seen, _DEEPEST)

    def describe(self, service: str) -> Mapping[str, Any] | None:
        """Return the description of an image service; `None` when it can't be had."""
        if self._fetcher is None or not is_address(service):
            return None
        try:
            return self._load(f"{service}/info.json")
        except CollectionError:
            return None

    def first_served(self, addresses: Mapping[str, str]) -> str:
        """Return the first address that its server has a picture at; without any, the first.

        A server is asked until it has one, as all its pictures are named in the same form.

        Args:
            addresses: Form of the name to address, on one server.
        """
        first = next(iter(addresses.values()))
        server = server_of(first)
        if form := self._forms.get(server):
            return addresses.get(form, first)
        if self._fetcher is None or self._unserved[server] >= _MOST_UNSERVED:
            return first
        for form, address in addresses.items():
            if self._fetcher.try_picture(address):
                self._forms[server] = form
                return address
        self._unserved[server] += 1
        return first

    def _roots(self) -> list[str]:
        if is_address(self._source):
            return [self._source]
        path = Path(self._source)
        if not path.is_dir():
            return [path.name]
        found = [file for file in sorted(path.glob("*.json")) if looks_like(_head(file))]
        collections = [
            file.name for file in found if kind_of(self._load_root(file.name)) == "Collection"
        ]
        return collections or [file.name for file in found]

    def _walk(
        self, name: str, document: Mapping[str, Any], seen: set[str], deeper: int
    ) -> Iterator[tuple[str, Mapping[str, Any] | CollectionError]]:
        if name in seen:
            return  # named twice, or a collection that holds itself
        seen.add(name)
        if kind_of(document) == "Manifest":
            yield name, document
            return
        for place, entry in self._entries(name, document, seen):
            if isinstance(entry, CollectionError):
                yield place, entry
                continue
            inner = _joined(place, address_of(entry))
            if kind_of(entry) not in ("Manifest", "Collection") or inner in seen:
                continue
            try:
                if not deeper:
                    raise CollectionError(
                        f"expected collections at most {_DEEPEST} deep, found deeper ones; name an inner one"
                    )
                is_whole = any(key in entry for key in ("sequences", "items", "manifests"))
                found = entry if is_whole else self._load(inner)
            except CollectionError as error:
                yield inner, error
            else:
                yield from self._walk(inner, found, seen, deeper - 1)

    def _entries(
        self, name: str, document: Mapping[str, Any], seen: set[str]
    ) -> Iterator[tuple[str, Mapping[str, Any] | CollectionError]]:
        """Yield what a collection names, with the page that names it, or why a page can't be read.

        A collection of version 2 may have pages: it names the first, and each page the next.
        """
        yield from ((name, entry) for entry in _listed(document))
        page, following = name, _named(document.get("first"))
        while following:
            page = _joined(page, following)
            if page in seen:
                return  # pages that lead in a circle
            seen.add(page)
            try:
                document = self._load(page)
            except CollectionError as error:
                yield page, error
                return
            yield from ((page, entry) for entry in _listed(document))
            following = _named(document.get("next"))

    def _load_root(self, name: str) -> Mapping[str, Any]:
        """Load what the source itself names.

        Raises:
            CollectionError: When it can't be read; the message names it.
        """
        try:
            return self._load(name)
        except CollectionError as error:
            place = name if is_address(name) else self._folder / name
            raise CollectionError(f"{place}: {error}") from error

    def _load(self, name: str) -> Mapping[str, Any]:
        path = self._path(name)
        try:
            size = path.stat().st_size
            document = json.loads(path.read_bytes()) if size <= _MOST_BYTES else None
        except OSError as error:
            raise CollectionError(
                f"expected a IIIF file, found none that can be read ({error.strerror or error})"
            ) from error
        except (ValueError, RecursionError) as error:
            found = " ".join(str(error).split())
            raise CollectionError(f"expected JSON, found {found}; export it again") from error
        if size > _MOST_BYTES:
            raise CollectionError(
                f"expected a IIIF file of at most {_MOST_BYTES >> 20} MB, found {size >> 20} MB; split it, or name a "
                "manifest for each work"
            )
        if not isinstance(document, dict):
            raise CollectionError(
                f"expected a IIIF manifest, found {type(document).__name__}; name another file"
            )
        return document

    def _path(self, name: str) -> Path:
        if is_address(name):
            if self._fetcher is None:
                raise CollectionError("expected a file, found an address that isn't fetched")
            try:
                return self._fetcher.document(name)
            except FetchError as error:
                raise CollectionError(str(error)) from error
        path = (self._folder / name).resolve()
        if not name or "://" in name or not path.is_relative_to(self._folder.resolve()):
            raise CollectionError(
                f"expected a file next to the collection or a web address, found {name!r}; correct the id"
            )
        return path


def _joined(place: str, name: str) -> str:
    return urljoin(place, name) if is_address(place) else name


def _named(value: Any) -> str:
    return address_of(value) if isinstance(value, dict) else value if isinstance(value, str) else ""


def _listed(collection: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in ("items", "collections", "manifests", "members"):
        found = collection.get(key)
        for entry in found if isinstance(found, list) else ():
            if isinstance(entry, dict):
                yield entry


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)
