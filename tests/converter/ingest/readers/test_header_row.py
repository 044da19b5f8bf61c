"""The header of a sheet is found by its names, under title lines too."""

import pytest

from converter.ingest.readers.header_row import find_header, is_known_header

HEADER = ("Inventarnr.", "Titel", "Datierung", "Technik")
WORK = ("D 1", "Nacht", "1915", "Radierung")


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([HEADER, WORK], 0),
        ([("Bestand 2021",), HEADER, WORK], 1),
        ([("Bestand", "Titel"), (), HEADER, WORK], 2),
        ([("Export", "2021"), ("a", "b", "c", "d", "e"), ("1", "2", "3", "4", "5")], 1),
        ([("a", "b"), ("1", "2")], 0),
        ([("alone",), ("one",)], None),
        ([], None),
    ],
)
def test_the_header_is_found(rows: list[tuple[str, ...]], place: int | None) -> None:
    assert find_header(rows) == place


def test_one_known_name_alone_makes_no_header() -> None:
    assert is_known_header(HEADER)
    assert not is_known_header(("Titel", "x"))
