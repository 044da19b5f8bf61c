"""With notices, a withdrawn work is hidden and an amended record has the new texts."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.ingest.item import Item
from device.bundle.filters import Filters
from device.bundle.metadata_fields import AMENDABLE
from device.bundle.notices import Notices, dump, parse
from device.bundle.reader import opened
from device.errors import BundleDamagedError, BundleFormatError, UnknownRecordError
from device.imaging import decoding, frames
from device.recognition.recogniser import Recogniser


def test_a_withdrawn_work_is_absent_from_records_counts_words_and_pictures(
    small_bundle: Path, small_items: tuple[Item, ...]
) -> None:
    gone = small_items[0]
    notices = Notices().with_withdrawn(gone.record_id, "2026-11-23")
    word = Filters(words=gone.title.split()[0])
    with opened(small_bundle) as before, opened(small_bundle, notices) as after:
        assert gone.record_id in [
            before.records.at(i).record_id for i in before.records.items_passing(word)
        ]
        assert after.withdrawn == {0}
        assert len(after.records) == len(before.records) - 1
        assert after.records.items_passing(Filters()) == before.records.items_passing(Filters())[1:]
        assert 0 not in after.records.items_passing(word)
        assert after.records.options(Filters()).remaining == len(small_items) - 1
        for facet, options in before.records.options(Filters()).facets.items():
            counts = {o.value: o.count for o in after.records.options(Filters()).facets[facet]}
            for option in options:
                lost = option.value in gone.terms.get(facet, ())
                assert counts.get(option.value, 0) == option.count - lost
        with pytest.raises(UnknownRecordError):
            after.records.get(gone.record_id)
        with pytest.raises(UnknownRecordError):
            after.records.at(0)
        with pytest.raises(UnknownRecordError):
            after.pictures.get(gone.record_id, "thumb")


def test_a_withdrawn_probe_print_is_neither_shown_nor_counted(
    small_bundle: Path, small_items: tuple[Item, ...]
) -> None:
    notices = Notices().with_withdrawn(small_items[1].record_id, "2026-11-23")
    with opened(small_bundle, notices) as bundle:
        assert bundle.visible_manifest.items == len(small_items) - 1
        assert bundle.visible_manifest.probes == (
            small_items[0].record_id,
            small_items[2].record_id,
        )
        assert bundle.manifest.items == len(small_items)


@pytest.mark.slow
def test_a_withdrawn_work_is_never_a_match(
    small_bundle: Path, small_items: tuple[Item, ...]
) -> None:
    gone = small_items[0].record_id
    with opened(small_bundle, Notices().with_withdrawn(gone, "2026-11-23")) as bundle:
        picture = decoding.load(small_items[0].image)
        answer = Recogniser(bundle, threads=1).recognise(
            frames.frame(picture, source="test"), count=len(small_items)
        )
        filtered = Recogniser(bundle, threads=1).recognise(
            frames.frame(picture, source="test"), count=20, filters=Filters(year_from=-5000)
        )
    for each in (answer, filtered):
        assert gone not in [match.record.record_id for match in each.matches]
    assert len(answer.matches) == len(small_items) - 1


def test_an_amended_record_has_the_new_texts_and_is_found_only_by_them(
    small_bundle: Path, small_items: tuple[Item, ...]
) -> None:
    chosen = small_items[3]
    notices = Notices().with_amended(chosen.record_id, {"title": "Zanzibar", "credit": "By gift"})
    with opened(small_bundle, notices) as bundle:
        record = bundle.records.get(chosen.record_id)
        assert (record.title, record.credit) == ("Zanzibar", "By gift")
        assert record.rights == chosen.rights
        assert bundle.records.items_passing(Filters(words="zanz")) == (3,)
        assert 3 not in bundle.records.items_passing(Filters(words=chosen.title))
        others = [bundle.records.at(i).title for i in range(len(small_items)) if i != 3]
        assert others == [item.title for item in small_items if item is not chosen]


def test_a_relation_to_a_withdrawn_work_leads_nowhere(small_bundle: Path) -> None:
    with opened(small_bundle) as bundle:
        related = [
            (record.record_id, relation.record_id)
            for record in map(bundle.records.at, range(bundle.manifest.items))
            for relation in record.relations
            if relation.record_id
        ]
    for source, target in related:
        with opened(small_bundle, Notices().with_withdrawn(target, "")) as bundle:
            assert target not in [r.record_id for r in bundle.records.get(source).relations]


def test_a_reinstated_work_is_no_longer_withdrawn() -> None:
    notices = Notices().with_withdrawn("a", "2026-11-23").with_reinstated("a")

    assert (notices.serial, notices.is_empty) == (2, True)


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    st.dictionaries(
        st.text(max_size=5),
        st.dictionaries(st.sampled_from(AMENDABLE), st.text(max_size=9), max_size=3),
        max_size=3,
    ),
)
def test_notices_survive_a_round_trip(
    withdrawn: dict[str, str], amended: dict[str, dict[str, str]]
) -> None:
    notices = Notices(serial=4, withdrawn=withdrawn, amended=amended)
    assert parse(dump(notices).encode(), "here") == notices


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"format_version": 2}',
        b'{"format_version": true}',
        b'{"format_version": 1}',
        b"[" * 100_000,
        b'{"format_version":1,"serial":1,"withdrawn":{},"amended":{"a":{"item":"0"}}}',
        b'{"format_version":1,"serial":1,"withdrawn":{"\\ud800":""},"amended":{}}',
        b'{"format_version":1,"serial":"1","withdrawn":{},"amended":{}}',
    ],
)
def test_invalid_notices_are_refused_in_one_line(text: bytes) -> None:
    with pytest.raises((BundleDamagedError, BundleFormatError)) as caught:
        parse(text, "notices.json")

    assert "\n" not in str(caught.value)


def test_empty_notices_leave_the_manifest_unchanged(small_bundle: Path) -> None:
    with opened(small_bundle, replace(Notices(), serial=7)) as bundle:
        assert bundle.visible_manifest is bundle.manifest
