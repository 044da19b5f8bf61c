"""A filter passes exactly the right records; an invalid filter is refused."""

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_files import item, records_of

from converter.ingest.collection import Item
from device.bundle.filters import FACETS, Filters
from device.errors import FilterError


def dated(*years: tuple[int | None, int | None]) -> list[Item]:
    """Return items with these ranges of years."""
    return [item(str(i), year_min=low, year_max=high) for i, (low, high) in enumerate(years)]


@pytest.mark.parametrize(
    ("terms", "passing"),
    [
        ({}, (0, 1, 2, 3)),
        ({"technique": ()}, (0, 1, 2, 3)),
        ({"technique": ("etching",)}, (0, 1)),
        ({"technique": ("etching", "woodcut")}, (0, 1, 2)),
        ({"technique": ("woodcut",)}, (1, 2)),
        ({"technique": ("etching",), "maker": ("Dürer",)}, (1,)),
        ({"technique": ("etching", "woodcut"), "maker": ("Dürer", "Goya")}, (0, 1, 2)),
        ({"technique": ("Etching",)}, ()),  # a value is a value, case and all
        ({"technique": ("etch",)}, ()),
        ({"maker": ("Durer",)}, ()),
        ({"technique": ("etching",), "maker": ("unknown",)}, ()),
        ({"technique": ("'; DROP TABLE terms; --", "%", "*", '"', "\0")}, ()),
    ],
)
def test_a_record_passes_with_any_value_of_each_facet(
    terms: dict[str, tuple[str, ...]], passing: tuple[int, ...], tmp_path: Path
) -> None:
    items = [
        item("0", terms={"technique": ("etching",), "maker": ("Goya",)}),
        item("1", terms={"technique": ("etching", "woodcut"), "maker": ("Dürer",)}),
        item("2", terms={"technique": ("woodcut",), "maker": ("Dürer", "Goya")}),
        item("3"),
    ]
    with records_of(items, tmp_path) as records:
        assert records.items_passing(Filters(terms=terms)) == passing


YEARS = [(1500, 1510), (1510, 1510), (1511, 1600), (None, None), (1505, None), (None, 1505)]


@pytest.mark.parametrize(
    ("low", "high", "passing"),
    [
        (1510, 1511, (0, 1, 2)),
        (1510, 1510, (0, 1)),
        (1511, 1511, (2,)),
        (1601, None, ()),
        (1600, None, (2,)),
        (None, 1500, (0,)),
        (None, 1499, ()),
        (1505, 1505, (0, 4, 5)),
        (1506, 1509, (0,)),
        (None, 1510, (0, 1, 4, 5)),
        (1504, None, (0, 1, 2, 4, 5)),
        (-9999, 9999, (0, 1, 2, 4, 5)),
    ],
)
def test_a_record_passes_when_its_years_overlap_the_filter(
    low: int | None, high: int | None, passing: tuple[int, ...], tmp_path: Path
) -> None:
    """The last two ranges have one known year, and count as that single year."""
    with records_of(dated(*YEARS), tmp_path) as records:
        strict = Filters(year_from=low, year_to=high, undated=False)
        assert records.items_passing(strict) == passing

        lenient = Filters(year_from=low, year_to=high, undated=True)
        assert records.items_passing(lenient) == tuple(sorted((*passing, 3)))


def test_undated_records_are_excluded_only_by_a_filter_on_years(tmp_path: Path) -> None:
    with records_of(dated(*YEARS), tmp_path) as records:
        assert Filters(undated=False).is_empty
        assert len(records.items_passing(Filters(undated=False))) == len(YEARS)


@pytest.mark.parametrize(
    ("words", "passing"),
    [
        ("durer", (0,)),
        ("Dürer", (0,)),
        ("DÜR", (0,)),
        ("melencolia dur", (0,)),
        ("melenc durer", ()),  # only the last word may be unfinished
        ("rhino horse", ()),
        ("horse", (1,)),
        ("o'brien", (1,)),
        ("x-ray", (1,)),
        ("AND", ()),
        ("horse OR rhinoceros", ()),
        ("horse NOT x", ()),
        ("title:horse", ()),
        ("NEAR(horse)", ()),
        ("hor*", (1,)),
        ("^horse", (1,)),
        ('"', ()),
        ('"horse', (1,)),
        ('ho"rse', ()),
        ("*", ()),
        ("-", ()),
        ("(", ()),
        ("hor\0", (1,)),
        ("x-ray\0horse", (1,)),
        ("浮世絵", (2,)),
        ("הדפס", (2,)),
        ("  horse  ", (1,)),
    ],
)
def test_words_are_searched_literally_and_never_parsed_as_a_query(
    words: str, passing: tuple[int, ...], tmp_path: Path
) -> None:
    items = [
        item("0", title="Melencolia I", makers="Albrecht Dürer (engraver)"),
        item("1", title="Horse", note="an x-ray by O'Brien", technique="etching"),
        item("2", title="浮世絵", note="הדפס"),
    ]
    with records_of(items, tmp_path) as records:
        assert records.items_passing(Filters(words=words)) == passing


@pytest.mark.parametrize("words", ["", "  ", "\0", "\n\t"])
def test_without_words_every_record_passes(words: str, tmp_path: Path) -> None:
    with records_of([item("a"), item("b")], tmp_path) as records:
        assert Filters(words=words).is_empty
        assert records.items_passing(Filters(words=words)) == (0, 1)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_the_search(words: str) -> None:
    """Any text is either searched for or refused as a filter."""
    try:
        filters = Filters(words=words)
    except FilterError:
        return
    with records_of([item(title="one two")]) as records:
        assert set(records.items_passing(filters)) <= {0}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"terms": {"colour": ("red",)}}, "'colour': expected one of classification, technique"),
        ({"year_from": 1600, "year_to": 1500}, "from <= to, found 1600 > 1500"),
        ({"year_from": 10**30}, "expected -9999 to 9999"),
        ({"year_to": -(10**5)}, "expected -9999 to 9999"),
        ({"words": "\ud800"}, "half a character"),
        ({"words": "a " * 51}, "at most 50 words, found 51"),
        ({"terms": {"maker": ("\udfff",)}}, "half a character"),
        ({"terms": {"maker": ("x",) * 501}}, "at most 500 values, found 501"),
    ],
)
def test_an_invalid_filter_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(FilterError) as caught:
        Filters(**wrong)

    assert says in str(caught.value)


def test_the_largest_allowed_filter_works(tmp_path: Path) -> None:
    filters = Filters(
        terms={"maker": tuple(map(str, range(499))), "technique": ("etching",)}, words="a " * 50
    )
    told = item(title="a", terms={"maker": ("7",), "technique": ("etching",)})
    with records_of([told], tmp_path) as records:
        assert records.items_passing(filters) == (0,)


VALUES = st.sampled_from(["one", "two", "three"])


RANGES = st.tuples(*[st.none() | st.integers(1, 9)] * 2).map(
    lambda y: y if None in y else (min(y), max(y))  # type: ignore[type-var]
)


ITEMS = st.lists(
    st.builds(
        lambda terms, years: {"terms": terms, "year_min": years[0], "year_max": years[1]},
        st.dictionaries(st.sampled_from(FACETS), st.lists(VALUES, max_size=3, unique=True)),
        RANGES,
    ),
    max_size=8,
).map(lambda known: [item(str(number), **one) for number, one in enumerate(known)])


FILTERS = st.builds(
    lambda terms, years, undated: Filters(
        terms=terms, year_from=years[0], year_to=years[1], undated=undated
    ),
    st.dictionaries(st.sampled_from(FACETS), st.lists(VALUES, max_size=2).map(tuple), max_size=2),
    RANGES,
    st.booleans(),
)


def passes(told: Item, filters: Filters) -> bool:
    """Return whether an item passes the filters, decided in plain Python."""
    for facet, chosen in filters.terms.items():
        if chosen and not set(chosen) & set(told.terms.get(facet, ())):
            return False
    if filters.year_from is None and filters.year_to is None:
        return True
    known = [year for year in (told.year_min, told.year_max) if year is not None]
    if not known:
        return filters.undated
    low = -(10**6) if filters.year_from is None else filters.year_from
    high = 10**6 if filters.year_to is None else filters.year_to
    return max(known) >= low and min(known) <= high


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(ITEMS, FILTERS)
def test_filters_and_options_agree_with_plain_python(items: list[Item], filters: Filters) -> None:
    with records_of(items) as records:
        passing, options = records.items_passing(filters), records.options(filters)

    assert passing == tuple(i for i, told in enumerate(items) if passes(told, filters))
    assert options.remaining == len(passing)
    assert options.undated == sum(i.year_min is None and i.year_max is None for i in items)
    assert options.year_min == min((i.year_min for i in items if i.year_min), default=None)
    assert options.year_max == max((i.year_max for i in items if i.year_max), default=None)
    for facet in FACETS:
        left = [told for told in items if passes(told, filters.without(facet))]
        counts = Counter(itertools.chain.from_iterable(told.terms.get(facet, ()) for told in left))
        wanted = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        assert [(option.value, option.count) for option in options.facets[facet]] == wanted
