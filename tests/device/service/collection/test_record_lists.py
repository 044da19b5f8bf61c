"""Lists of records: exact pages in the right order, counts, attract prints."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from device.bundle.filters import Filters
from device.bundle.notices import Notices
from device.service.collection.current_bundle import CurrentBundle
from device.service.collection.record_lists import Order, RecordLists, alphabetical


@pytest.fixture
def current(small_bundle: Path) -> Iterator[CurrentBundle]:
    """An open bundle of twelve prints."""
    shown = CurrentBundle(1)
    shown.change(small_bundle, Notices())
    yield shown
    shown.close()


@pytest.fixture
def lists(current: CurrentBundle) -> RecordLists:
    return RecordLists(current)


@pytest.mark.parametrize("order", Order)
def test_the_pages_contain_each_passing_record_once(lists: RecordLists, order: Order) -> None:
    first = lists.page(Filters(), order, 1, 5)
    assert (first.number, first.pages, first.total) == (1, 3, 12)
    ids = [
        record.record_id
        for number in (1, 2, 3)
        for record in lists.page(Filters(), order, number, 5).records
    ]
    assert len(ids) == len(set(ids)) == 12


@pytest.mark.parametrize("number", [0, -3, 4, 10**9])
def test_a_page_number_out_of_range_gives_the_nearest_page(lists: RecordLists, number: int) -> None:
    found = lists.page(Filters(), Order.TITLE, number, 5)
    assert found.number == (1 if number < 1 else 3)
    assert found.records


def test_without_a_passing_record_there_is_one_empty_page(lists: RecordLists) -> None:
    found = lists.page(Filters(words="nowhere-to-be-found"), Order.DATE, 1, 5)
    assert (found.records, found.number, found.pages, found.total) == ((), 1, 1, 0)


def test_undated_works_come_after_dated_ones(lists: RecordLists) -> None:
    years = [r.year_min for r in lists.page(Filters(), Order.DATE, 1, 12).records]
    dated = [year for year in years if year is not None]
    assert dated == sorted(dated)
    assert years == dated + [None] * (12 - len(dated))
    assert None in years


def test_titles_are_sorted_as_in_german_french_italian_and_english_dictionaries() -> None:
    # Sources: DIN 5007-1 (German), the Unicode Collation Algorithm's root for the others.
    words = ["Zebra", "étude", "Ärger", "“Apfel”", "eau-forte", "Aber", "Œuvre", "côte", "cote", "Straße", "Strasse"]  # fmt: skip
    wanted = ["Aber", "“Apfel”", "Ärger", "cote", "côte", "eau-forte", "étude", "Œuvre", "Strasse", "Straße", "Zebra"]  # fmt: skip
    assert alphabetical(words) == wanted


@pytest.mark.parametrize("words", ["", "…", "\u202eالعنوان", "e\u0301 combining", "😀", "x" * 4000])
def test_any_words_can_be_sorted(words: str) -> None:
    assert set(alphabetical([words, "b"])) == {words, "b"}


def test_the_attract_screen_shows_every_print_before_it_repeats_one(
    lists: RecordLists, current: CurrentBundle
) -> None:
    with current.borrow() as bundle:
        shown = {each.record_id for each in bundle.records.summaries() if each.show_picture}
    turns = [lists.attract_print(Filters(), turn) for turn in range(2 * len(shown))]
    ids = [each.record_id for each in turns if each is not None]
    assert len(shown) < 12  # one's licence forbids it
    assert set(ids[: len(shown)]) == shown
    assert ids[len(shown) :] == ids[: len(shown)]


def test_the_attract_screen_shows_no_print_when_none_passes(lists: RecordLists) -> None:
    assert lists.attract_print(Filters(words="nowhere-to-be-found"), 0) is None


def test_a_withdrawn_work_is_never_listed(small_bundle: Path, current: CurrentBundle) -> None:
    lists = RecordLists(current)
    before = lists.page(Filters(), Order.TITLE, 1, 12)
    gone = before.records[0].record_id
    current.change(small_bundle, Notices(withdrawn={gone: "asked by the owner"}))
    after = lists.page(Filters(), Order.TITLE, 1, 12)
    assert after.records == before.records[1:]
    assert all(
        (shown := lists.attract_print(Filters(), turn)) is None or shown.record_id != gone
        for turn in range(12)
    )
