"""A workbook that is damaged, or made to exhaust the reader, is refused in one line."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from converter.errors import CollectionError
from converter.ingest.readers import workbook


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Write a workbook of two rows, with one part of the package changed."""
    book = openpyxl.Workbook()
    book.active.append(["id", "title"])
    book.active.append([1, "Nacht"])
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return path


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        (SHEET, lambda data: data[:-60], "a damaged or unusual one"),
        (SHEET, lambda data: BOMB + data, "expected a workbook without document types"),
        ("xl/workbook.xml", lambda _: b"<a/>", "a damaged or unusual one"),
        ("xl/workbook.xml", lambda _: b"", "a damaged or unusual one"),
        (SHEET, lambda data: data.replace(b'r="A2"', b'r="?"'), "a damaged or unusual one"),
    ],
)
def test_a_damaged_workbook_is_an_error_of_one_line(
    tmp_path: Path, part: str, change: Callable[[bytes], bytes], message: str
) -> None:
    path = changed(tmp_path / "works.xlsx", part, change)

    with (
        pytest.raises(CollectionError, match="expected a") as caught,
        workbook.opened_workbook(path) as book,
    ):
        list(book.rows(book.sheets[0]))

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("limit", ["_MOST_UNPACKED", "_MOST_TEXTS"])
def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    path = changed(tmp_path / "works.xlsx", SHEET, lambda data: data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst>more than ten bytes</sst>")
    monkeypatch.setattr(workbook, limit, 10)

    with (
        pytest.raises(CollectionError, match="expected a workbook of at most"),
        workbook.opened_workbook(path),
    ):
        pass


def test_a_row_number_beyond_excels_last_ends_the_sheet(tmp_path: Path) -> None:
    path = changed(
        tmp_path / "works.xlsx",
        SHEET,
        lambda data: data.replace(b'r="2"', b'r="2000000"').replace(b'"A2"', b'"A2000000"'),
    )

    with workbook.opened_workbook(path) as book:
        assert [number for number, _ in book.rows(book.sheets[0])] == [1]


def test_too_many_columns_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = changed(tmp_path / "works.xlsx", SHEET, lambda data: data)
    monkeypatch.setattr(workbook, "_MOST_COLUMNS", 1)

    with (
        pytest.raises(CollectionError, match="row 1 of sheet 'Sheet': expected at most 1 columns"),
        workbook.opened_workbook(path) as book,
    ):
        list(book.rows(book.sheets[0]))
