"""Browsing: exact pages in the right order, attract prints, related and similar works."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from converter.build.bundle_writer import entries
from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.manifest import Manifest
from device.bundle.notices import Notices
from device.errors import UnknownRecordError
from device.service.collection.browsing import Browsing, Order, alphabetical
from device.service.collection.open_collection import OpenCollection


@pytest.fixture
def collection(small_bundle: Path) -> Iterator[OpenCollection]:
    """An open bundle of twelve prints."""
    shown = OpenCollection(1)
    shown.change(small_bundle, Notices())
    yield shown
    shown.close()


@pytest.fixture
def browsing(collection: OpenCollection) -> Browsing:
    return Browsing(collection)


@pytest.mark.parametrize("order", Order)
def test_the_pages_contain_each_passing_record_once(browsing: Browsing, order: Order) -> None:
    first = browsing.page(Filters(), order, 1, 5)
    assert (first.number, first.pages, first.total) == (1, 3, 12)
    ids = [
        record.record_id
        for number in (1, 2, 3)
        for record in browsing.page(Filters(), order, number, 5).records
    ]
    assert len(ids) == len(set(ids)) == 12


@pytest.mark.parametrize("number", [0, -3, 4, 10**9])
def test_a_page_number_out_of_range_gives_the_nearest_page(browsing: Browsing, number: int) -> None:
    found = browsing.page(Filters(), Order.TITLE, number, 5)
    assert found.number == (1 if number < 1 else 3)
    assert found.records


def test_without_a_passing_record_there_is_one_empty_page(browsing: Browsing) -> None:
    found = browsing.page(Filters(words="nowhere-to-be-found"), Order.DATE, 1, 5)
    assert (found.records, found.number, found.pages, found.total) == ((), 1, 1, 0)


def test_undated_works_come_after_dated_ones(browsing: Browsing) -> None:
    years = [r.year_min for r in browsing.page(Filters(), Order.DATE, 1, 12).records]
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
    browsing: Browsing, collection: OpenCollection
) -> None:
    with collection.borrow() as bundle:
        shown = {each.record_id for each in bundle.records.summaries() if each.show_picture}
    turns = [browsing.attract_print(Filters(), turn) for turn in range(2 * len(shown))]
    ids = [each.record_id for each in turns if each is not None]
    assert len(shown) < 12  # one's licence forbids it
    assert set(ids[: len(shown)]) == shown
    assert ids[len(shown) :] == ids[: len(shown)]


def test_the_attract_screen_shows_no_print_when_none_passes(browsing: Browsing) -> None:
    assert browsing.attract_print(Filters(words="nowhere-to-be-found"), 0) is None


def test_similar_prints_never_include_the_print_itself(
    browsing: Browsing, collection: OpenCollection
) -> None:
    with collection.borrow() as bundle:
        ids = [each.record_id for each in bundle.records.summaries()]
    for record_id in ids:
        alike = [each.record_id for each in browsing.related(record_id, 5).similar]
        assert len(alike) == len(set(alike)) == 5
        assert record_id not in alike


def test_a_withdrawn_work_is_never_listed(small_bundle: Path, collection: OpenCollection) -> None:
    browsing = Browsing(collection)
    before = browsing.page(Filters(), Order.TITLE, 1, 12)
    gone = before.records[0].record_id
    collection.change(small_bundle, Notices(withdrawn={gone: "asked by the owner"}))
    after = browsing.page(Filters(), Order.TITLE, 1, 12)
    assert after.records == before.records[1:]
    assert all(
        (shown := browsing.attract_print(Filters(), turn)) is None or shown.record_id != gone
        for turn in range(12)
    )
    for record in after.records:
        assert gone not in [
            each.record_id for each in browsing.related(record.record_id, 11).similar
        ]
    with pytest.raises(UnknownRecordError):
        browsing.related(gone, 5)


def test_relations_are_found_in_both_directions_and_by_shared_target(
    bundle_copy: Path, change_manifest: Callable[..., Manifest]
) -> None:
    path = bundle_copy / layout.RECORDS
    copied = path.with_suffix(".copy")
    copied.write_bytes(path.read_bytes())
    with sqlite3.connect(copied) as connection:
        connection.execute("DELETE FROM relations")
        ids = dict(connection.execute("SELECT item, record_id FROM records"))
        connection.executemany(
            "INSERT INTO relations VALUES (?, ?, ?, ?, ?)",
            [
                (0, 0, "Part of", "A series", None),
                (1, 0, "Part of", "A series", None),
                (2, 0, "Copy after", ids[0], 0),
                (0, 1, "Follows", ids[3], 3),
                (3, 0, "Precedes", ids[0], 0),
            ],
        )
    connection.close()
    copied.replace(path)
    change_manifest(bundle_copy, files=entries(bundle_copy))
    shown = OpenCollection(1)
    shown.change(bundle_copy, Notices())
    related = Browsing(shown).related(ids[0], 3)
    assert related.shared_targets == {"A series": 2}
    # What it names itself is not said a second time from the other's side.
    assert [(each.kind, each.record_id) for each in related.referring] == [("Copy after", ids[2])]
    whole = Browsing(shown).page(Filters(whole="A series"), Order.TITLE, 1, 12)
    assert {record.record_id for record in whole.records} == {ids[0], ids[1]}
    shown.close()
