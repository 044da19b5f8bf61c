"""Sources of updates: folders and web servers, and what they refuse to do."""

from pathlib import Path

import pytest
from update_server import serving

from device.errors import NotSetUpError, SourceError
from device.store.source import FolderSource, HttpSource, MissingFileError, source_from


def test_an_http_address_is_a_server_and_a_path_is_a_folder(tmp_path: Path) -> None:
    assert isinstance(source_from("https://updates.example.org/kiosk/"), HttpSource)
    assert (
        source_from("https://updates.example.org/kiosk/").name
        == "https://updates.example.org/kiosk"
    )
    assert isinstance(source_from(str(tmp_path)), FolderSource)


@pytest.mark.parametrize("text", ["", "ftp://updates.example.org", "file:///etc"])
def test_other_addresses_are_refused_with_advice(text: str) -> None:
    with pytest.raises(NotSetUpError, match=r"kiosk\.toml"):
        source_from(text)


@pytest.mark.parametrize("path", ["../x", "a/../x", "/x", "a//x", ".", "", "a/."])
def test_no_path_leads_out_of_a_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "x").write_bytes(b"secret")
    (tmp_path / "in/a").mkdir(parents=True)

    with pytest.raises(SourceError):
        FolderSource(tmp_path / "in").open(path)


def test_a_folder_is_read_from_the_requested_offset(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")

    with FolderSource(tmp_path).open("file", 4) as stream:
        assert (stream.offset, b"".join(stream.blocks)) == (4, b"456789")
    with pytest.raises(MissingFileError):
        FolderSource(tmp_path).open("none")


def test_a_read_error_of_a_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    source = FolderSource(tmp_path)

    with source.open("file", -1) as stream, pytest.raises(SourceError, match="stick was pulled"):
        list(stream.blocks)


def test_a_server_is_read_from_the_requested_offset(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects/file").write_bytes(b"0123456789")
    with serving(tmp_path) as server:
        source = HttpSource(server.address + "/")
        with source.open("objects/file", 4) as stream:
            assert (stream.offset, b"".join(stream.blocks)) == (4, b"456789")
        with source.open("objects/file", 10) as stream:  # beyond the end: from the start
            assert (stream.offset, b"".join(stream.blocks)) == (0, b"0123456789")
        server.behaviour = "ignores ranges"
        with source.open("objects/file", 4) as stream:
            assert (stream.offset, b"".join(stream.blocks)) == (0, b"0123456789")
        with pytest.raises(MissingFileError):
            source.open("objects/none")


def test_an_invalid_address_is_reported() -> None:
    with pytest.raises(SourceError, match="can't be fetched"):
        HttpSource("http://[bad").open("x")


def test_a_server_above_the_minimum_speed_is_never_given_up(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(1 << 20))
    with serving(tmp_path) as server:
        now = iter(range(0, 100_000, 100))
        source = HttpSource(server.address, clock=lambda: float(next(now)))
        with source.open("large") as stream:
            assert sum(map(len, stream.blocks)) == 1 << 20


def test_an_unreadable_folder_is_reported(tmp_path: Path) -> None:
    """This happens with a stick whose first blocks can't be read."""
    source = FolderSource(tmp_path / ("x" * 300), label="the stick")

    with pytest.raises(SourceError, match=r"E2: the stick: metadata/x can't be read"):
        source.open("metadata/x")
