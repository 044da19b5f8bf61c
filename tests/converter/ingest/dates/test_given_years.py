"""Years in columns are read, and compared with what the date text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.ingest.dates import YearRange, years
from converter.ingest.dates.given_years import agrees, given_years, year_of


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("1603", "1867", (1603, 1867)),
        ("1821.0", "1821.00", (1821, 1821)),
        (" 1821 ", "", (1821, None)),
        (None, "1550", (None, 1550)),
        ("1672-07-01", "1672-07", (1672, 1672)),
        ("0", "1550", (None, 1550)),
    ],
)
def test_years_in_two_cells_are_read(
    first: str | None, last: str | None, expected: tuple[int | None, int | None]
) -> None:
    found = given_years(first, last)

    assert found and (found.year_min, found.year_max) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", ""),
        (None, None),
        ("0", "0"),
        ("c. 1820", "?"),
        ("1819", "1818"),
        ("9999", ""),
        ("-50", "14"),
    ],
)
def test_cells_without_years_or_in_the_wrong_order_give_none(
    first: str | None, last: str | None
) -> None:
    assert given_years(first, last) is None


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("Edo period (1603-1867)", "1603", "1867", True),
        ("late 19th century", "1875", "1899", True),
        ("1821, reprinted 1977", "1821", "1821", False),
        ("after 1600", "1600", "1650", True),
        ("after 1600", "1600", "", True),
        ("after 1850", "1700", "1701", False),
        ("1913", "1904", "1904", False),
        ("1848", "1824", "1860", False),
        ("1848", "1848", "", True),
    ],
)
def test_a_text_agrees_with_the_years_that_it_means(
    text: str, first: str, last: str, expected: bool
) -> None:
    of_text, given_range = years(text), given_years(first, last)

    assert of_text
    assert given_range
    assert agrees(of_text, given_range) is expected


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1821", 1821),
        ("1821.0", 1821),
        ("1996-01-01", 1996),
        ("1534-12-22T00:00:00Z", 1534),
        ("22.12.1534", 1534),
        ("12/22/1534", 1534),
        ("(1934)", 1934),
        ("0", None),
        ("0000-00-00", None),
        ("9999", None),
        ("9999-12-31", None),
        ("-5", None),
        ("-1821", None),
        ("19", None),
        ("", None),
        (None, None),
        ("c. 1821", None),
    ],
)
def test_the_year_of_a_cell_is_read(text: str | None, year: int | None) -> None:
    assert year_of(text) == year


@pytest.mark.slow
@given(st.integers(100, 2000), st.integers(0, 50), st.integers(0, 5))
def test_ends_that_differ_by_five_years_agree(first: int, length: int, more: int) -> None:
    narrow = YearRange(year_min=first, year_max=first + length)
    wide = YearRange(year_min=first - more, year_max=first + length + more)

    assert agrees(wide, narrow)
    assert agrees(narrow, wide)
    assert agrees(YearRange(year_min=None, year_max=first + length), narrow)


@pytest.mark.slow
@given(st.text(max_size=20), st.text(max_size=20))
def test_no_cell_raises(first: str, last: str) -> None:
    found = given_years(first, last)

    if found and found.year_min is not None and found.year_max is not None:
        assert found.year_min <= found.year_max
