"""Read a museum's LIDO file or folder of such files, holding one record at a time.

The file comes from outside: it may not declare entities, reach for the network, or hold a record that fills the memory.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from converter.errors import CollectionError
from converter.ingest.readers.languages import Text, main_language
from converter.ingest.readers.lido.elements import LidoElement, from_xml, local_name
from converter.ingest.readers.lido.record import read_record, titles
from converter.ingest.readers.row_spool import RowSpool
from converter.ingest.table import Row

_NAMESPACE = b"http://www.lido-schema.org"
_BLOCK_BYTES = 1 << 16
# A record with hundreds of pictures has a few hundred kilobytes. The tree of this much XML may take 150 MB.
_MOST_BYTES_IN_A_RECORD = 4 << 20
_EXAMPLES = 5
# What the parser adds for programmers.
_NOT_FOR_STAFF = re.compile(r",? (?:use|see) (?:XML_|xml)\w+(?: option)?\.?")
# The columns of every file, whether it fills them or not.
_ALWAYS = ("record_id", "title", "image")


def looks_like(head: bytes) -> bool:
    """Return whether a file that starts with these bytes is LIDO."""
    return b"<" in head[:8] and _NAMESPACE in head


@dataclass(frozen=True, slots=True, kw_only=True)
class LidoTable:
    """LIDO records that have been read once to their end.

    Attributes:
        path: The file, or the folder of the files.
        header: Names of fields, and `title_de` and the like for other languages than the main one.
        language: The main language; empty where the records name none.
        records: The cells of all records.
    """

    path: Path
    header: tuple[str, ...]
    language: str
    records: RowSpool
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of records."""
        return self.records.count

    def rows(self) -> Iterator[Row]:
        """Yield a row for each record, in the files' order."""
        for place, cells, fault in self.records.records():
            yield Row(
                place=place,
                cells=tuple(cells.get(name, "") for name in self.header),
                fault=fault,
            )


def read(path: Path) -> LidoTable:
    """Read a LIDO file, or every XML file of a folder, once to the end.

    Raises:
        CollectionError: When one is missing, isn't LIDO, or isn't whole; when it declares entities or has a huge record.
    """
    files = tuple(sorted(path.rglob("*.xml"))) if path.is_dir() else (path,)
    language = main_language(_titles(files))
    records = RowSpool()
    unknown: Counter[str] = Counter()
    for place, element in _records(files):
        record = read_record(element, language)
        records.add(place, record.cells)
        unknown.update(record.unknown_events)
    if not records.count:
        raise CollectionError(
            f"{path}: expected records (lido:lido) of LIDO 1.0 or 1.1, found none; export it as LIDO"
        )
    return LidoTable(
        path=path,
        header=(*_ALWAYS, *sorted(records.fields - set(_ALWAYS))),
        language=language,
        records=records,
        notes=tuple(_notes(language, unknown)),
    )


def _notes(language: str, unknown: Counter[str]) -> Iterator[str]:
    if language:
        yield f"LIDO: texts are read in {language!r}, the language that most titles come first in"
    if unknown:
        listed = ", ".join(f"{name!r} ({count})" for name, count in unknown.most_common(_EXAMPLES))
        yield f"LIDO: events of kinds that don't make a work were passed over: {listed}"


def _titles(files: tuple[Path, ...]) -> Iterator[tuple[Text, ...]]:
    # The first thousand records name the language of all.
    for number, (_, element) in enumerate(_records(files)):
        if number == 1000:
            return
        yield titles(element)


def _records(files: tuple[Path, ...]) -> Iterator[tuple[str, LidoElement]]:
    """Yield each record with its place; it is emptied when the next one is asked for."""
    for path in files:
        for number, element in enumerate(_records_of(path), 1):
            place = f"lido {number} (line {element.sourceline})"
            yield (f"{path.name}: {place}" if len(files) > 1 else place), from_xml(element)


def _records_of(path: Path) -> Iterator["etree._Element"]:
    try:
        with path.open("rb") as file:
            yield from _parsed(path, file)
    except etree.XMLSyntaxError as error:
        found = _NOT_FOR_STAFF.sub("", " ".join(str(error.msg).split()))
        raise CollectionError(
            f"{path}: line {error.lineno}: expected well-formed XML, found {found}; export it again"
        ) from error
    except OSError as error:
        raise CollectionError(
            f"{path}: expected a LIDO file, found none that can be read ({error.strerror or error})"
        ) from error


def _parsed(path: Path, file: BinaryIO) -> Iterator["etree._Element"]:
    # Only records are events: a Python call for each element would take most of the time.
    parser = _parser(("end",), "{*}lido")
    since_record, is_first = 0, True
    while block := file.read(_BLOCK_BYTES):
        if is_first:
            _check_start(path, block)
            is_first = False
        parser.feed(block)
        since_record += len(block)
        for _, element in parser.read_events():
            since_record = 0
            yield element
            _remove(element)
        if since_record > _MOST_BYTES_IN_A_RECORD:
            raise CollectionError(
                f"{path}: expected records (lido:lido) of at most {_MOST_BYTES_IN_A_RECORD >> 20} MB, found "
                "more without the end of one; export it as LIDO, and pictures as files of their own"
            )
    parser.close()


def _parser(events: tuple[str, ...], tag: str | None) -> "etree.XMLPullParser[etree._Element]":
    return etree.XMLPullParser(
        events=events,
        tag=tag,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _check_start(path: Path, block: bytes) -> None:
    parser = _parser(("start",), None)
    with contextlib.suppress(etree.XMLSyntaxError):  # raised again, unless the root tells more
        parser.feed(block)
    for _, root in parser.read_events():
        _check_document(path, root)
        return


def _check_document(path: Path, root: "etree._Element") -> None:
    document_type = root.getroottree().docinfo.internalDTD
    if document_type is not None:
        raise CollectionError(
            f"{path}: expected LIDO without a DOCTYPE, found {document_type.name!r} declared; remove the "
            "<!DOCTYPE ...> at the start, whose entities could fill the memory or read other files"
        )
    if local_name(str(root.tag)) not in ("lidoWrap", "lido", "OAI-PMH", "records", "collection"):
        raise CollectionError(
            f"{path}: expected LIDO 1.0 or 1.1 (lido:lidoWrap), found <{local_name(str(root.tag))}>; "
            "export it as LIDO"
        )


def _remove(element: "etree._Element") -> None:
    """Remove a record and everything before it from the tree."""
    element.clear()
    while element.getprevious() is not None:
        parent = element.getparent()
        if parent is None:
            return
        del parent[0]
