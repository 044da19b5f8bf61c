"""Years in columns are read, and compared with what the date text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.ingest.dates import YearRange, years
from converter.ingest.dates.given_years import YearsAgreement, agreement, given_years


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("1603", "1867", (1603, 1867)),
        ("1821.0", "1821.00", (1821, 1821)),
        (" 1821 ", "", (1821, None)),
        (None, "1550", (None, 1550)),
        ("1672-07-01", "1672-07", (1672, 1672)),
        ("0", "1550", (None, 1550)),
        ("-50", "14", (-50, 14)),
    ],
)
def test_years_in_two_cells_are_read(
    first: str | None, last: str | None, expected: tuple[int | None, int | None]
) -> None:
    found = given_years(first, last)

    assert found and (found.year_min, found.year_max) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [("", ""), (None, None), ("0", "0"), ("c. 1820", "?"), ("1819", "1818"), ("9999", "")],
)
def test_cells_without_years_or_in_the_wrong_order_give_none(
    first: str | None, last: str | None
) -> None:
    assert given_years(first, last) is None


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("Edo period (1603-1867)", "1603", "1867", YearsAgreement.SAME),
        ("1821, reprinted 1977", "1821", "1821", YearsAgreement.HELD),
        ("after 1600", "1600", "1650", YearsAgreement.HELD),
        ("after 1600", "1600", "", YearsAgreement.SAME),
        ("1913", "1904", "1904", YearsAgreement.DISAGREES),
        ("1848", "1824", "1860", YearsAgreement.DISAGREES),
        ("1848", "1848", "", YearsAgreement.DISAGREES),
        ("not dated", "1914", "1984", None),
        ("1848", "", "", None),
    ],
)
def test_a_text_agrees_with_the_years_that_its_range_holds(
    text: str, first: str, last: str, expected: YearsAgreement | None
) -> None:
    assert agreement(years(text), given_years(first, last)) is expected


@given(st.integers(1, 2100), st.integers(0, 50), st.integers(0, 50))
def test_a_wider_range_holds_the_given_years_and_a_narrower_does_not(
    first: int, length: int, more: int
) -> None:
    narrow = YearRange(year_min=first, year_max=first + length)
    wide = YearRange(year_min=first - more, year_max=first + length + more + 1)

    assert agreement(wide, narrow) is YearsAgreement.HELD
    assert agreement(narrow, wide) is YearsAgreement.DISAGREES
    assert (
        agreement(YearRange(year_min=None, year_max=first + length), narrow) is YearsAgreement.HELD
    )


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_cell_raises(first: str, last: str) -> None:
    found = given_years(first, last)

    if found and found.year_min is not None and found.year_max is not None:
        assert found.year_min <= found.year_max
