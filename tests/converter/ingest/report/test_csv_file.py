"""A table opens in a spreadsheet program as it is, and runs nothing."""

import csv
from pathlib import Path

import pytest

from converter.ingest.report.csv_file import write_csv


def test_rows_come_back_with_every_character(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"

    write_csv(path, ("id", "title"), [("1", 'Dürer, "Melencolia"'), ("2", "two\nlines")])

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["id", "title"],
            ["1", 'Dürer, "Melencolia"'],
            ["2", "two\nlines"],
        ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "table.csv"

    write_csv(path, ("id",), [(cell,)])

    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == [f"'{cell}"]
