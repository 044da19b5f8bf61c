"""What a request may contain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from device.errors import FilterError
from device.service import FACETS, Filters
from kiosk_ui import request_values

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60)


def read(*pairs: tuple[str, str]) -> Filters:
    return request_values.read_filters(MultiDict(pairs))


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


def test_an_empty_query_filters_nothing() -> None:
    assert read().is_empty


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
def test_an_invalid_query_is_refused_in_one_line(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(FilterError) as refusal:
        read(*pairs)
    line = str(refusal.value)
    assert "\n" not in line and len(line) < 300


def corners(text: str) -> tuple[tuple[float, float], ...] | None:
    found = request_values.read_corners(MultiDict([("corners", text)]))
    return found and tuple((corner.x, corner.y) for corner in found)


def test_a_query_without_corners_reads_as_none() -> None:
    assert request_values.read_corners(MultiDict()) is None


def test_corners_are_read_in_order_and_clockwise() -> None:
    square = ((0.1, 0.2), (0.9, 0.2), (0.9, 0.8), (0.1, 0.8))
    assert corners("0.1,0.2,0.9,0.2,0.9,0.8,0.1,0.8") == square
    assert set(corners("0.1,0.2,0.1,0.8,0.9,0.8,0.9,0.2") or ()) == set(square)


def test_a_corner_may_lie_slightly_outside_the_picture() -> None:
    assert corners("-0.1,0,1.05,0,1,1.2,0,1")


NO_CORNERS = {
    "none": "",
    "seven": "0,0,1,0,1,1,0",
    "nine": "0,0,1,0,1,1,0,1,1",
    "a thousand": ",".join(["0"] * 1000),
    "words": "a,b,c,d,e,f,g,h",
    "not a number": "nan,0,1,0,1,1,0,1",
    "endless": "0,0,inf,0,1,1,0,1",
    "pixels": "0,0,640,0,640,480,0,480",
    "huge": "0,0,1e99,0,1,1,0,1",
    "other digits": "0,0,\u0661,0,1,1,0,1",
    "spaces": "0, 0,1,0,1,1,0,1",
    "crossed": "0,0,1,1,1,0,0,1",
    "dented": "0,0,1,0,0.4,0.4,0,1",
    "on one line": "0,0,0.3,0.3,0.6,0.6,0.9,0.9",
    "one point": "0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5",
    "too small": "0.5,0.5,0.51,0.5,0.51,0.51,0.5,0.51",
}


@pytest.mark.parametrize("text", NO_CORNERS.values(), ids=NO_CORNERS)
def test_corners_that_bound_no_convex_area_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(FilterError, match=r"^corners: expected [^\n]{1,120}$"):
        corners(text)


def test_corners_given_twice_are_refused() -> None:
    twice = MultiDict([("corners", "0,0,1,0,1,1,0,1")] * 2)
    with pytest.raises(FilterError, match="corners"):
        request_values.read_corners(twice)


@given(st.text(max_size=80) | st.lists(st.floats()).map(lambda v: ",".join(map(repr, v))))
def test_any_text_as_corners_is_either_read_or_refused(text: str) -> None:
    try:
        found = corners(text)
    except FilterError:
        return
    assert found is not None and len(found) == 4
