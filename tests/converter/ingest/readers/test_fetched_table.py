"""A fetched table is its reader's, under the address that it came from."""

from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest.readers import csv_table
from converter.ingest.readers.fetched_table import FetchedTable, naming_address

ADDRESS = "https://example.org/works.csv"


def test_it_hands_out_what_its_reader_read(tmp_path: Path) -> None:
    file = tmp_path / "ab12"
    file.write_text("id,title\n1,Mill\n", "utf-8")
    table = csv_table.read(file)

    found = FetchedTable(path=ADDRESS, file=file, table=table)

    assert (found.header, found.count) == (("id", "title"), 1)
    assert list(found.rows()) == list(table.rows())
    assert "--refresh" in found.notes[0]


def test_an_error_of_a_later_row_names_the_address(tmp_path: Path) -> None:
    file = tmp_path / "ab12"
    file.write_text("id,title\n1,Mill\n", "utf-8")
    found = FetchedTable(path=ADDRESS, file=file, table=csv_table.read(file))
    file.unlink()

    with pytest.raises(CollectionError) as caught:
        list(found.rows())

    assert str(caught.value) == f"{ADDRESS}: expected a table, found none"


def test_other_errors_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(KeyError), naming_address(ADDRESS, tmp_path):
        raise KeyError(str(tmp_path))
