"""Columns of years win over the date's text, and a disagreement is noticed."""

import pytest

from converter.ingest.dates import YearRange
from converter.ingest.mapping.year_columns import disagreement, record_years


def years(**values: str) -> tuple[int | None, int | None] | None:
    found = record_years(values)
    return (found.year_min, found.year_max) if found else None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"date": "n.d.", "year_from": "1400", "year_to": "1600"}, (1400, 1600)),
        ({"date": "c. 1550-1560", "year_from": "1534", "year_to": "1559"}, (1534, 1559)),
        ({"date": "1765", "year_from": "0", "year_to": "9999"}, (1765, 1765)),
        ({"date": "1765", "year_from": "1800", "year_to": "1700"}, (1765, 1765)),
        ({"date": "", "year_from": "1800"}, (1800, None)),
        ({"date": "1765-1770", "year_from": "1765"}, (1765, 1770)),
        ({"date": "1826–7", "year": "1826"}, (1826, 1827)),
        ({"date": "no text of a date", "year": "1826"}, (1826, 1826)),
        ({"date": "1890", "year": "1826"}, (1826, 1826)),
        ({"date": "1890"}, (1890, 1890)),
        ({}, None),
    ],
)
def test_the_columns_win_where_they_say_a_year(
    values: dict[str, str], expected: tuple[int | None, int | None] | None
) -> None:
    assert years(**values) == expected


@pytest.mark.parametrize(
    ("date", "year_from", "year_to", "differs"),
    [
        ("1765", "1765", "1765", False),
        ("c. 1512-1514", "1512", "1514", False),
        ("17th century", "1600", "1699", False),
        ("late 19th century", "1875", "1899", False),
        ("1765", "1860", "1861", True),
        ("19th century", "1825", "1825", True),
        ("after 1850", "1855", "1860", False),
        ("after 1850", "1700", "1701", True),
        ("no text of a date", "1700", "1701", False),
        ("1765", "0", "0", False),
    ],
)
def test_a_disagreement_is_noticed(date: str, year_from: str, year_to: str, differs: bool) -> None:
    found = disagreement({"date": date, "year_from": year_from, "year_to": year_to})

    assert bool(found) is differs


def test_a_disagreement_says_both_readings() -> None:
    found = disagreement({"date": "before 1765", "year": "1860"})

    assert found == "'before 1765' means ... to 1765, the columns say 1860"


def test_the_text_alone_is_parsed_as_ever() -> None:
    assert record_years({"date": "um 1640"}) == YearRange(year_min=1635, year_max=1645)
