"""A report is five CSV files and a page that loads nothing from elsewhere."""

import csv
import re
from pathlib import Path

from exported_collection import HEADER, table_row, write_table

from converter.ingest import collection
from converter.ingest.findings import Refusal
from converter.ingest.report.write import write


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_page_counts_reasons_and_names_the_files(folder: Path, tmp_path: Path) -> None:
    rows = [
        table_row(0, title="<script>alert(1)</script>x & y", makers="© <b>Doe", date="spring"),
        table_row(1, image=""),
        table_row(2, image="none.png"),
    ]
    write_table(folder, rows, (*HEADER[:2], "rights", *HEADER[3:]))

    path = write(collection.read(folder), tmp_path / "report")

    page = path.read_text("utf-8")
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "changed_texts.csv",
        "missing_pictures.csv",
        "refused.csv",
        "report.html",
        "rights.csv",
        "unread_dates.csv",
    ]
    assert "1 records are kept, 1 are refused, and 1 have no picture" in page
    assert "A build stops until this is decided or corrected" in page
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
    assert str(tmp_path) not in page
    assert rows_of(path.parent / "refused.csv") == [
        ["record_id", "image", "reason"],
        [
            "a-02",
            "none.png",
            "line 4: expected a picture file, found none; add it or correct its name",
        ],
    ]


def test_a_sound_collection_is_told_so(folder: Path, tmp_path: Path) -> None:
    page = write(collection.read(folder), tmp_path / "report").read_text("utf-8")

    assert "Nothing stops a build." in page
    assert "Refused records (0)" in page


def test_a_finished_build_adds_its_own_refusals(folder: Path, tmp_path: Path) -> None:
    damaged = Refusal(record_id="a-00", image="00.png", reason="expected a picture, found noise")

    path = write(collection.read(folder), tmp_path / "report", refusals=[damaged])

    assert "4 records are kept, 1 are refused" in path.read_text("utf-8")
    assert rows_of(path.parent / "refused.csv")[1][0] == "a-00"


def test_no_cell_is_a_formula(folder: Path, tmp_path: Path) -> None:
    write_table(folder, [table_row(1, date="=HYPERLINK(1)")])

    path = write(collection.read(folder), tmp_path / "report")

    assert rows_of(path.parent / "unread_dates.csv")[1] == ["a-01", "'=HYPERLINK(1)"]


def test_the_same_export_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    pages = [write(collection.read(folder), tmp_path / name).read_bytes() for name in "ab"]

    assert pages[0] == pages[1]
