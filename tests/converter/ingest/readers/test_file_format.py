"""Formats are recognised by content, and what is no table is named."""

import io
import zipfile
from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest.readers.file_format import FileHead


def head(tmp_path: Path, content: bytes) -> FileHead:
    path = tmp_path / "metadata.csv"
    path.write_bytes(content)
    return FileHead(path)


def archive() -> bytes:
    """Return an archive without a workbook."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("a.txt", "works")
    return data.getvalue()


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
        (archive(), "found a packed archive"),
        (archive()[:-9], "found a workbook or archive that is damaged or ends early"),
        (b'"works"', "found a single value of JSON"),
        (b"null\n", "found a single value of JSON"),
        (bytes(range(1, 200)) * 9, "found bytes that are no text"),
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


def test_a_few_control_characters_are_no_other_format(tmp_path: Path) -> None:
    head(tmp_path, b"id,title\n" + b"1,Mill\x00 by the river\n" * 20 + b"2,M\xfchle\n").check_text()
    head(tmp_path, b"PK,Title\n1,Mill\n").check_text()
