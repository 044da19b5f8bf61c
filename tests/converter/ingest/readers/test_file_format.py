"""Formats are recognised by content, and what is no table is named."""

from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest.readers.file_format import FileHead


def head(tmp_path: Path, content: bytes) -> FileHead:
    path = tmp_path / "metadata.csv"
    path.write_bytes(content)
    return FileHead(path)


@pytest.mark.parametrize(
    ("content", "is_json"),
    [
        (b'[{"id": 1}]', True),
        (b'\xef\xbb\xbf {"id": 1}', True),
        ('[{"id": 1}]'.encode("utf-16"), True),
        (b"[id],title\n1,2", False),
        (b"{id};title\n1;2", False),
        (b"id,title\n1,2", False),
        (b"", False),
    ],
)
def test_json_is_recognised(tmp_path: Path, content: bytes, is_json: bool) -> None:
    assert head(tmp_path, content).is_json() is is_json


def test_lido_and_iiif_are_recognised(tmp_path: Path) -> None:
    lido = b'<?xml version="1.0"?><lido:lido xmlns:lido="http://www.lido-schema.org">'
    manifest = b'{"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Manifest"}'
    collection = manifest.replace(b"Manifest", b"Collection")

    assert head(tmp_path, lido).is_lido()
    assert head(tmp_path, manifest).is_iiif()
    assert not head(tmp_path, manifest).is_iiif_collection()
    assert head(tmp_path, collection).is_iiif_collection()


def test_an_older_manifest_without_the_address_of_the_api_is_recognised(tmp_path: Path) -> None:
    assert head(tmp_path, b'{"@type": "sc:Manifest", "label": "A"}').is_iiif()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0rest", "found an old Excel workbook or one with a password"),
        (b"PK\x03\x04rest", "found a packed archive"),
        (b"%PDF-1.4", "found a PDF"),
        (b"<!doctype html><html>", "found HTML"),
        (b"<?xml version='1.0'?><a/>", "found XML that isn't LIDO"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    found = head(tmp_path, content)

    assert not found.is_workbook()
    with pytest.raises(CollectionError, match=message):
        found.check_text()
