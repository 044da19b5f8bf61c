"""The header of a CSV file is found below a title, and its delimiter with it."""

import io
from pathlib import Path

import pytest

from converter.errors import CollectionError
from converter.ingest.readers import csv_table
from converter.ingest.readers.csv_header import CsvHeader, find_csv_header

HEADER = "Inventarnummer;Titel;Künstler;Bild"
ROWS = "\nD 1;Löwe, liegend;Muster, Eva;1.jpg\nD 2;Nacht, Mond, Wald;Beispiel, Rosa;2.jpg\n"


def found(text: str, delimiter: str | None = None) -> CsvHeader:
    return find_csv_header(io.StringIO(text, newline=""), delimiter)


@pytest.mark.parametrize(
    ("above", "lines", "passed_over"),
    [
        ("", 0, ()),
        ("\n \n", 2, ()),
        ("Export der Graphischen Sammlung\n", 1, (1,)),
        ("Prints, drawings, and posters, 2026\n", 1, (1,)),
        ("Export vom 1.12.2026;;;\n;;;\n", 2, (1,)),
        ('"Export, made\nby the registrar"\n\n', 3, (1,)),
        ("Kunsthaus\nStand: 1.12.2026\nFilter: Technik = Radierung\n\n", 4, (1, 2, 3)),
        ("sep=;\n", 1, ()),
        ("sep=;\nExport;;;\n", 2, (2,)),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_header_is_found_below_what_people_read(
    above: str, lines: int, passed_over: tuple[int, ...], end: str
) -> None:
    text = (above + HEADER + ROWS).replace("\n", end)

    assert found(text) == CsvHeader(delimiter=";", above=lines, passed_over=passed_over)
    assert found(text, ";").above == lines


def test_names_that_are_not_known_are_a_header_too() -> None:
    rows = "\n1;b;c;d\n2;e;f;g\n"

    assert found("Alpha;Beta;Gamma;Delta" + rows).above == 0
    assert found("List\n\nAlpha;Beta;Gamma;Delta" + rows).above == 2


def test_texts_with_another_delimiter_dont_mislead() -> None:
    rows = '"a;b;c;d","e;f;g","h"\n' * 3

    assert found('"one","two","three"\n' + rows) == CsvHeader(delimiter=",")


def test_a_table_says_what_it_skipped_and_keeps_its_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text(f"Export\n\n{HEADER}{ROWS}", "utf-8")

    table = csv_table.read(path)

    assert table.header[:2] == ("Inventarnummer", "Titel")
    assert [row.place for row in table.rows()] == ["line 4", "line 5"]
    assert table.notes == ("skipped above the header: line 1",)


@pytest.mark.parametrize("text", ["", "\n\n", "title\na\nb\n", "one,a;two\n"])
def test_without_a_header_there_is_no_table(text: str) -> None:
    with pytest.raises(CollectionError, match="expected a header"):
        found(text)


def test_a_cell_beyond_any_limit_ends_the_search() -> None:
    assert found(HEADER + "\n" + "x" * 3_000_000).delimiter == ";"
