"""Read a museum's works from IIIF manifests or collections of them, Presentation 2 and 3.

Each manifest is a record. Collections may be nested, and may name files next to them or addresses on the web. The latter are
fetched, so a manifest that can't be had is a row with a fault.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin

from converter.errors import CollectionError
from converter.ingest.fetch.fetcher import Fetcher
from converter.ingest.readers.iiif.documents import DocumentReader, looks_like
from converter.ingest.readers.iiif.manifest import (
    address_of,
    read_manifest,
    short_id,
)
from converter.ingest.readers.row_spool import RowSpool
from converter.ingest.readers.source import Source, is_address
from converter.ingest.table import LIST_SEPARATOR, Row

_MOST_MANIFESTS = 200_000
__all__ = ["IiifTable", "looks_like", "read"]

_ALWAYS = ("record_id", "title", "image")


@dataclass(frozen=True, slots=True, kw_only=True)
class IiifTable:
    """Manifests that have been read once to the last.

    Attributes:
        path: The file, the folder or the address.
        header: Names of fields, and `title_de` and the like for other languages than the main one.
        records: The cells of all manifests.
        long_ids: Short ids that several manifests share, so that these have their whole address as id.
    """

    path: Source
    header: tuple[str, ...]
    records: RowSpool
    long_ids: frozenset[str]
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of manifests."""
        return self.records.count

    def rows(self) -> Iterator[Row]:
        """Yield a row for each manifest, in the order of the collection."""
        for place, cells, fault in self.records.records():
            if cells.get("record_id") in self.long_ids:
                cells["record_id"] = cells["address"].partition("://")[2] or cells["address"]
            yield Row(
                place=place,
                cells=tuple(cells.get(name, "") for name in self.header),
                fault=fault,
            )


def read(source: Source, *, fetcher: Fetcher | None = None) -> IiifTable:
    """Read a manifest, a collection, or a folder of them, once to the last manifest.

    Args:
        source: A file or folder, or an http(s) address.
        fetcher: Fetches what is named by address; `None` to read files alone.

    Raises:
        CollectionError: When the source itself can't be read, or names too many manifests.
    """
    reader = DocumentReader(source, fetcher)
    language = reader.main_language()
    records = RowSpool()
    short: Counter[str] = Counter()
    for number, (name, document) in enumerate(reader.manifests(), 1):
        if number > _MOST_MANIFESTS:
            raise CollectionError(
                f"{source}: expected at most {_MOST_MANIFESTS:,} manifests, found more; read a smaller collection"
            )
        cells, fault = _cells(reader, name, document, language)
        records.add(f"manifest {number} ({name})", cells, fault)
        short[cells["record_id"]] += 1
    if not records.count:
        raise CollectionError(
            f"{source}: expected a IIIF manifest or a collection of manifests, found none in it"
        )
    said = f"IIIF: texts are read in {language!r}, the language that most titles come first in"
    return IiifTable(
        path=source,
        header=(*_ALWAYS, *sorted(records.fields - {*_ALWAYS, "address"})),
        records=records,
        long_ids=frozenset(name for name, count in short.items() if count > 1),
        notes=(said,) if language else (),
    )


def _cells(
    reader: DocumentReader, name: str, document: Mapping[str, Any] | CollectionError, language: str
) -> tuple[dict[str, str], str]:
    lost = {"record_id": short_id(name), "address": name}
    if isinstance(document, CollectionError):
        return lost, str(document)
    try:
        cells = dict(read_manifest(document, language, reader))
    except CollectionError as error:
        return lost, str(error)
    images = filter(None, cells.get("image", "").split(LIST_SEPARATOR))
    cells["image"] = LIST_SEPARATOR.join(_picture_name(name, one) for one in images)
    return cells | {"address": address_of(document) or name}, ""


def _picture_name(manifest: str, picture: str) -> str:
    """Return a picture's address, or its file name for a manifest that is a file."""
    if is_address(picture):
        return picture
    joined = urljoin(manifest, picture)  # an id without a server is relative to its manifest
    return joined if is_address(joined) else unquote(joined)
