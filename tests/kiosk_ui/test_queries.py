"""What a request may ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from device.errors import FilterError
from device.service import FACETS, Filters
from kiosk_ui import queries

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60)


def read(*pairs: tuple[str, str]) -> Filters:
    return queries.read_filters(MultiDict(pairs))


@given(
    terms=st.dictionaries(
        st.sampled_from(FACETS), st.lists(TEXT, min_size=1, max_size=5).map(tuple)
    ),
    years=st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)).map(sorted),
    undated=st.booleans(),
    words=TEXT,
)
def test_filters_written_as_a_query_read_back_the_same(
    terms: dict[str, tuple[str, ...]], years: list[int], undated: bool, words: str
) -> None:
    pairs = [(facet, value) for facet, values in terms.items() for value in values]
    pairs += [("year_from", str(years[0])), ("year_to", str(years[1]))]
    pairs += [("undated", str(int(undated))), ("words", words)]
    wanted = Filters(
        terms=terms, year_from=years[0], year_to=years[1], undated=undated, words=words
    )
    assert read(*pairs) == wanted


def test_no_query_lets_everything_through() -> None:
    assert read().is_open


@pytest.mark.parametrize(
    "pairs",
    [
        [("colour", "red")],
        [("year_from", "early")],
        [("year_from", "1_500")],
        [("year_from", " 1500")],
        [("year_from", "١٥٠٠")],
        [("year_from", "15.5")],
        [("year_from", "99999")],
        [("year_from", "1600"), ("year_to", "1500")],
        [("year_from", "1500"), ("year_from", "1600")],
        [("year_to", "9" * 5000)],
        [("undated", "yes")],
        [("undated", "2")],
        [("words", "a"), ("words", "b")],
        [("words", "x" * 201)],
        [("technique", "x")] * 65,
        [("count", "3")],
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(FilterError) as refusal:
        read(*pairs)
    line = str(refusal.value)
    assert "\n" not in line and len(line) < 300
