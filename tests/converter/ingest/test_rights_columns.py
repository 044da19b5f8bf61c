"""Columns that look like rights are found by names in six languages or by addresses."""

import pytest

from converter.ingest.rights_columns import RightsColumnSearch, looks_like_rights, says_in_copyright
from converter.ingest.table import Row


@pytest.mark.parametrize(
    "name",
    [
        "copyright",
        "ImageRights",
        "Rights and Reproduction",
        "image_license",
        "Is Public Domain",
        "©",
        "Bildrechte",
        "Nutzungsrechte",
        "Copyrightvermerk",
        "Lizenz",
        "Droits d'auteur",
        "Licence",
        "Diritti",
        "Licenza",
        "Auteursrechten",
        "Licentie",
        "Derechos",
        "Dominio público",
    ],
)
def test_a_name_that_looks_like_rights(name: str) -> None:
    assert looks_like_rights(name)


@pytest.mark.parametrize(
    "name",
    ["title", "Inschrift rechts", "bottom right", "Urheber", "Côté droit", "height", "Silence"],
)
def test_a_name_that_does_not(name: str) -> None:
    assert not looks_like_rights(name)


def test_yes_and_no_are_read_by_the_columns_name() -> None:
    assert says_in_copyright("Is Public Domain", "False")
    assert not says_in_copyright("Is Public Domain", "True")
    assert says_in_copyright("Copyright", "ja")
    assert not says_in_copyright("Copyright", "nein")
    assert not says_in_copyright("Licence", "yes")


def test_texts_are_counted_and_those_in_copyright_come_first() -> None:
    search = RightsColumnSearch(
        ("id", "copyright", "status", "licence", "size"),
        unused=("copyright", "status", "licence", "size"),
        ignored=("licence",),
    )
    address = "https://rightsstatements.org/vocab/InC/1.0/"
    for cells in (
        ("1", "expired", "", "© Doe", "10 cm"),
        ("2", "© Doe", address, "", "11 cm"),
        ("3", "", "on loan", ""),
    ):
        search.add(Row(place="", cells=cells))

    found = {one.name: one for one in search.found()}

    assert list(found) == ["copyright", "status"]
    assert (found["copyright"].filled, found["copyright"].in_copyright) == (2, 1)
    assert found["copyright"].examples == ("© Doe", "expired")
    assert (found["status"].filled, found["status"].in_copyright) == (1, 1)


def test_a_column_of_any_name_is_found_by_how_its_texts_begin() -> None:
    search = RightsColumnSearch(
        ("id", "credit_line_repro", "inscription"),
        unused=("credit_line_repro", "inscription"),
        ignored=(),
    )
    for cells in (
        ("1", "©Estate of Doe", "signed l.r.: © 1968"),
        ("2", "(c) Doe", ""),
        ("3", "", "Copyright"),  # a word on the print
        ("4", "Courtesy of Doe", ""),
    ):
        search.add(Row(place="", cells=cells))

    found = {one.name: one for one in search.found()}

    assert (found["credit_line_repro"].filled, found["credit_line_repro"].in_copyright) == (2, 2)
    assert "inscription" not in found
