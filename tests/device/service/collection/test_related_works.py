"""Related works: the museum's relations in both directions, and similar prints."""

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
from device.service.collection.current_bundle import CurrentBundle
from device.service.collection.record_lists import Order, RecordLists
from device.service.collection.related_works import find_related_works


@pytest.fixture
def current(small_bundle: Path) -> Iterator[CurrentBundle]:
    """An open bundle of twelve prints."""
    shown = CurrentBundle(1)
    shown.change(small_bundle, Notices())
    yield shown
    shown.close()


def test_similar_prints_never_include_the_print_itself(current: CurrentBundle) -> None:
    with current.borrow() as bundle:
        ids = [each.record_id for each in bundle.records.summaries()]
    for record_id in ids:
        alike = [each.record_id for each in find_related_works(current, record_id, 5).similar]
        assert len(alike) == len(set(alike)) == 5
        assert record_id not in alike


def test_a_withdrawn_work_is_related_to_no_other(
    small_bundle: Path, current: CurrentBundle
) -> None:
    with current.borrow() as bundle:
        gone, *others = [each.record_id for each in bundle.records.summaries()]
    current.change(small_bundle, Notices(withdrawn={gone: "asked by the owner"}))
    for record_id in others:
        similar = find_related_works(current, record_id, 11).similar
        assert gone not in [each.record_id for each in similar]
    with pytest.raises(UnknownRecordError):
        find_related_works(current, gone, 5)


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
    shown = CurrentBundle(1)
    shown.change(bundle_copy, Notices())
    related = find_related_works(shown, ids[0], 3)
    assert related.shared_targets == {"A series": 2}
    # What it names itself is not said a second time from the other's side.
    assert [(each.kind, each.record_id) for each in related.referring] == [("Copy after", ids[2])]
    whole = RecordLists(shown).page(Filters(whole="A series"), Order.TITLE, 1, 12)
    assert {record.record_id for record in whole.records} == {ids[0], ids[1]}
    shown.close()
