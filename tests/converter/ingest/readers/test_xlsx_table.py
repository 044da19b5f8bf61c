"""The sheet with the works is found in a workbook, and read as people see it."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from converter.errors import CollectionError
from converter.ingest.readers import xlsx_table

CASES = Path(__file__).parents[4].parent / "shared" / "cases"
HEADER = ["Inventarnr.", "Titel", "Datierung", "Technik"]
WORK = ["D 1", "Nacht", "um 1915", "Radierung"]


def write(
    path: Path, sheets: dict[str, Sequence[Sequence[Any]]], merged: Sequence[str] = ()
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    book.save(path)
    return path


def cells(table: xlsx_table.XlsxTable) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows()]


def test_the_sheet_with_a_known_header_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "b.xlsx",
        {"Info": [["Export", "2021"], ["by", "us"]], "Objekte": [HEADER, WORK, [], ["D 2", "Tag"]]},
    )

    table = xlsx_table.read(path)

    assert (table.header, table.count) == (tuple(HEADER), 2)
    assert cells(table) == [tuple(WORK), ("D 2", "Tag", "", "")]
    assert [row.place for row in table.rows()] == [
        "row 2 of sheet 'Objekte'",
        "row 4 of sheet 'Objekte'",
    ]
    assert table.notes == ("sheet 'Objekte' was read; not read: 'Info'",)


def test_a_hidden_sheet_is_read_only_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "b.xlsx", {"Neu": [HEADER, WORK], "Alt": [HEADER, ["D 9"]]})
    book = openpyxl.load_workbook(path)
    book["Alt"].sheet_state = "hidden"
    book.save(path)

    assert cells(xlsx_table.read(path)) == [tuple(WORK)]
    assert "'Alt' (hidden)" in xlsx_table.read(path).notes[0]
    assert cells(xlsx_table.read(path, sheet="alt")) == [("D 9", "", "", "")]


@pytest.mark.parametrize(
    ("sheets", "name", "message"),
    [
        ({"A": [HEADER, WORK], "B": [HEADER, WORK]}, None, "the sheets are 'A', 'B'"),
        ({"A": [["only"]], "B": []}, None, '[xlsx] sheet = "A"'),
        ({"Objekte": [HEADER, WORK]}, "Objecte", "did you mean 'Objekte'?"),
        ({"A": [["only"]]}, "A", "expected a header of two columns or more"),
    ],
)
def test_a_sheet_that_is_not_found_is_an_error_that_names_the_key(
    tmp_path: Path, sheets: dict[str, list[list[str]]], name: str | None, message: str
) -> None:
    path = write(tmp_path / "b.xlsx", sheets)

    with pytest.raises(CollectionError, match=r"b\.xlsx: ") as caught:
        xlsx_table.read(path, sheet=name)

    assert message in str(caught.value)
    assert "[xlsx] sheet" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_title_line_above_the_header_is_skipped_with_a_note(tmp_path: Path) -> None:
    path = write(tmp_path / "b.xlsx", {"A": [["Bestand 2021"], [], HEADER, WORK]}, ["A1:D1"])

    table = xlsx_table.read(path)

    assert (table.header, cells(table)) == (tuple(HEADER), [tuple(WORK)])
    assert table.notes == ("sheet 'A': skipped above the header: row 1",)


def test_a_header_of_two_rows_is_joined_where_cells_are_merged(tmp_path: Path) -> None:
    rows = [
        ["Inventarnr.", "Titel", "Technik", "Datierung", None],
        [None, None, None, "von", "bis"],
        ["D 1", "Nacht", "Radierung", 1915, 1916],
    ]
    path = write(tmp_path / "b.xlsx", {"A": rows}, ["A1:A2", "B1:B2", "C1:C2", "D1:E1"])

    table = xlsx_table.read(path)

    assert table.header == ("Inventarnr.", "Titel", "Technik", "Datierung von", "Datierung bis")
    assert cells(table) == [("D 1", "Nacht", "Radierung", "1915", "1916")]


def test_columns_under_one_merged_header_cell_are_told_apart(tmp_path: Path) -> None:
    rows = [["id", "title", "size", None], ["1", "Nacht", 10, 20], ["2", "Tag", 30, 40]]
    path = write(tmp_path / "b.xlsx", {"A": rows}, ["C1:D1"])

    assert xlsx_table.read(path).header == ("id", "title", "size", "size 2")


def test_numbers_dates_and_stored_values_are_read_as_people_see_them(tmp_path: Path) -> None:
    path = write(
        tmp_path / "b.xlsx",
        {"A": [["id", "title", "date", "year"], [7, 1.0, datetime.date(1915, 3, 21), "=1+1"]]},
    )
    book = openpyxl.load_workbook(path)
    book["A"]["A2"].number_format = '"D "000'
    book["A"]["C2"].number_format = "yyyy"
    book.save(path)

    table = xlsx_table.read(path)

    assert cells(table) == [("D 007", "1", "1915", "")]
    assert "formulas without a stored value count as empty, such as D2" in table.notes[0]


def test_cells_right_of_the_header_are_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "b.xlsx", {"A": [HEADER, [*WORK, None, "a remark"]]})

    table = xlsx_table.read(path)

    assert cells(table) == [tuple(WORK)]
    assert "1 rows have cells right of the header" in table.notes[0]


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not next to this checkout")
def test_the_workbooks_of_the_cases_are_read() -> None:
    table = xlsx_table.read(CASES / "museums/xlsx/bestand.xlsx")

    assert (table.sheet, table.count, table.header[0]) == ("Objekte", 8, "Inventarnr.")
    assert [row.cells[4] for row in table.rows()][:2] == ["1915", "1507"]
    assert xlsx_table.read(CASES / "exports/40_xlsx/metadata.xlsx").count == 5
