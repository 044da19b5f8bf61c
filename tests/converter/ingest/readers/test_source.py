"""Folders, files and addresses are told apart, and each has a folder and a name."""

from pathlib import Path

import pytest

from converter.ingest.readers.source import folder_of, is_address, name_of, parse_source

ADDRESS = "https://example.org/data/Works%20of%20art.csv?all=1"


def test_addresses_are_told_from_files() -> None:
    assert is_address("HTTPS://example.org/a.jpg")
    assert not is_address("http.jpg")


@pytest.mark.parametrize("text", ["works.csv", "ftp://example.org/works.csv", "httpx"])
def test_a_word_that_is_no_address_is_a_path(text: str) -> None:
    assert parse_source(text) == Path(text)
    assert parse_source(ADDRESS) == ADDRESS


def test_an_address_has_the_folder_of_its_column_map_alone(tmp_path: Path) -> None:
    file = tmp_path / "works.csv"
    file.touch()

    assert folder_of(tmp_path) == folder_of(file) == tmp_path
    assert folder_of(ADDRESS) is None
    assert folder_of(ADDRESS, tmp_path / "collection.toml") == tmp_path
    assert folder_of(file, Path("elsewhere/collection.toml")) == tmp_path


def test_a_collection_without_a_name_is_called_as_its_source(tmp_path: Path) -> None:
    assert name_of(tmp_path) == tmp_path.name
    assert name_of(ADDRESS) == "Works of art"
    assert name_of("https://example.org/") == "example.org"
