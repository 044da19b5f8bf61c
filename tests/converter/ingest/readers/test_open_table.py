"""A collection's table is found in its folder, or named as a file."""

from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest.readers.open_table import folder_of, open_table
from converter.ingest.table import TableOptions

TABLE = "id,title,image\n1,Nacht,1.jpg\n"


@pytest.mark.parametrize(
    ("name", "options", "source"),
    [
        ("metadata.csv", TableOptions(), "."),
        ("metadata.csv", TableOptions(), "metadata.csv"),
        ("works.csv", TableOptions(file="works.csv"), "."),
    ],
)
def test_a_table_is_found(tmp_path: Path, name: str, options: TableOptions, source: str) -> None:
    (tmp_path / name).write_text(TABLE)

    table = open_table(tmp_path / source, options)

    assert (table.header, table.count) == (("id", "title", "image"), 1)
    assert folder_of(tmp_path / source) == tmp_path


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        CollectionError, match="nowhere: expected a collection's folder, found none"
    ):
        open_table(tmp_path / "nowhere", TableOptions())
