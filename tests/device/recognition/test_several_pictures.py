"""Records with several pictures: found by each of them, and named once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from converter.ingest.collection import Item
from device.bundle.filters import Filters
from device.bundle.notices import Notices
from device.bundle.reader import OpenedBundle, opened
from device.imaging import decoding, frames
from device.imaging.frames import Frame
from device.recognition.answer_json import answer_to_json
from device.recognition.recogniser import Recogniser
from device.recognition.verdict import Verdict

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle(bundle_of_several_pictures: Path) -> Iterator[OpenedBundle]:
    """Four records, the first with three pictures."""
    with opened(bundle_of_several_pictures) as found:
        yield found


@pytest.fixture(scope="module")
def recogniser(bundle: OpenedBundle) -> Recogniser:
    return Recogniser(bundle, threads=2)


@pytest.fixture(scope="module")
def shown(small_items: tuple[Item, ...]) -> tuple[Frame, ...]:
    """A frame of each picture of the first record."""
    pictures = (decoding.load(item.image) for item in small_items[:3])
    return tuple(frames.frame(pixels, source="test") for pixels in pictures)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_each_picture_finds_its_record_and_the_answer_says_which(
    recogniser: Recogniser, shown: tuple[Frame, ...], small_items: tuple[Item, ...], position: int
) -> None:
    answer = recogniser.recognise(shown[position])

    best = answer.matches[0]
    assert (answer.verdict, best.position) == (Verdict.SAME_PRINT, position)
    assert best.record.record_id == small_items[0].record_id
    assert answer_to_json(answer)["matches"][0]["position"] == position


def test_a_record_is_named_once_and_leaves_room_for_the_others(
    recogniser: Recogniser, shown: tuple[Frame, ...]
) -> None:
    for frame in shown:
        for filters in (None, Filters(year_from=-9999)):
            items = [
                match.record.item
                for match in recogniser.recognise(frame, filters=filters, count=4).matches
            ]
            assert sorted(items) == [0, 1, 2, 3]


def test_an_excluded_or_withdrawn_record_is_not_found_by_any_of_its_pictures(
    recogniser: Recogniser,
    shown: tuple[Frame, ...],
    bundle_of_several_pictures: Path,
    small_items: tuple[Item, ...],
) -> None:
    notices = Notices(serial=1, withdrawn={small_items[0].record_id: "2026-12-01"})
    with opened(bundle_of_several_pictures, notices) as withdrawn:
        without = Recogniser(withdrawn, threads=2)
        for frame in shown:
            for answer in (
                recogniser.recognise(frame, excluded={0}),
                without.recognise(frame),
                recogniser.recognise(frame, excluded={0}, filters=Filters(year_from=-9999)),
            ):
                assert 0 not in {match.record.item for match in answer.matches}
                assert answer.verdict is not Verdict.SAME_PRINT


def test_records_similar_to_one_are_other_records_each_once(recogniser: Recogniser) -> None:
    for item in range(4):
        similar = [record.item for record in recogniser.similar_to(item, 3)]
        assert sorted([*similar, item]) == [0, 1, 2, 3]
