"""Encodings are recognised, and a wrong one is named with the line and the key that helps."""

import gzip
from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest.readers.text_file import detect_encoding, opened, read_head

TEXT = "id,title\n1,Löwe\n2,Bär\n"


def fault(path: Path, content: bytes, encoding: str = "utf-8-sig") -> str:
    path.write_bytes(content)
    with (
        pytest.raises(CollectionError, match="expected text") as caught,
        opened(path, encoding, section="csv") as file,
    ):
        file.read()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_an_encoding_of_unicode_is_recognised_with_and_without_its_mark(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(TEXT.encode(encoding))

    with opened(path, detect_encoding(read_head(path))) as file:
        assert file.read() == TEXT


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
def test_an_older_encoding_is_named_with_its_key(tmp_path: Path, encoding: str) -> None:
    message = fault(tmp_path / "table.csv", TEXT.encode(encoding))

    assert "line 2: expected text in utf-8" in message
    assert "'1,L" in message
    assert "Löwe" in message
    assert f'[csv] encoding = "{encoding}"' in message


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_two_encodings_at_once_are_named_by_line(tmp_path: Path, end: bytes) -> None:
    lines = [b"id,title", "1,Löwe".encode(), "2,Bär".encode("cp1252"), "3,Kröte".encode()]

    message = fault(tmp_path / "table.csv", end.join(lines))

    assert "line 3: expected text in utf-8, found byte 0xe4 after '2,B'" in message
    assert "while 2 other lines are utf-8" in message
    assert "save the whole file in a single encoding" in message


def test_a_wrong_encoding_of_the_settings_is_named(tmp_path: Path) -> None:
    assert "[csv] encoding" in fault(tmp_path / "table.csv", TEXT.encode(), "utf-16")


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(TEXT.encode()))

    with opened(path, detect_encoding(read_head(path))) as file:
        assert file.read() == TEXT


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b", b"\x1f\x8bx", gzip.compress(b"x" * 99, mtime=0)[:-9]]
)
def test_a_damaged_archive_is_an_error_of_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(content)

    with pytest.raises(CollectionError, match="can't be read"), opened(path, "utf-8") as file:
        file.read()
