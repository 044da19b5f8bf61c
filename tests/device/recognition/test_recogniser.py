"""Recognition from frame to answer, on real prints with the real model."""

import gc
import json
import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import heap_usage
import numpy as np
import pytest

from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.manifest import Manifest
from device.bundle.reader import OpenedBundle, opened
from device.errors import UnknownRecordError
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.answer_json import answer_to_json
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import load_array, normalise
from device.recognition.embedding.preprocess import to_input
from device.recognition.recogniser import Answer, Corner, Recogniser
from device.recognition.self_test import failed_probes
from device.recognition.verdict import Verdict

pytestmark = pytest.mark.slow

STEPS = ["sheet", "geometry", "fingerprint", "search", "records"]


@pytest.fixture(scope="module")
def recogniser(open_small: OpenedBundle) -> Recogniser:
    """Return the recogniser of twelve prints."""
    return Recogniser(open_small, threads=2)


@pytest.fixture(scope="module")
def answers(recogniser: Recogniser, print_pictures: dict[str, Pixels]) -> dict[str, Answer]:
    """Return the answer for the museum's own picture of each of the twelve prints."""
    return {
        record_id: recogniser.recognise(frames.frame(pixels, source="test"))
        for record_id, pixels in print_pictures.items()
    }


def test_each_print_finds_itself(answers: dict[str, Answer]) -> None:
    for record_id, answer in answers.items():
        assert answer.matches[0].record.record_id == record_id
        assert (
            answer.matches[0].score > 0.95
        )  # indexed by its screen picture, queried with the museum's
        assert answer.verdict is Verdict.SAME_PRINT


def test_ten_different_matches_are_returned_best_first(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        scores = [match.score for match in answer.matches]
        assert len(answer.matches) == len({m.record.record_id for m in answer.matches}) == 10
        assert scores == sorted(scores, reverse=True)


def test_an_answer_names_its_bundle_and_times_its_steps_in_order(
    answers: dict[str, Answer], open_small: OpenedBundle
) -> None:
    for answer in answers.values():
        assert answer.bundle_id == open_small.manifest.bundle_id
        assert list(answer.timings_ms) == STEPS
        assert all(value >= 0 for value in answer.timings_ms.values())


@pytest.mark.parametrize(("count", "matches"), [(1, 1), (12, 12), (13, 12), (1000, 12)])
def test_the_number_of_matches_is_the_requested_one_or_all_prints(
    recogniser: Recogniser, print_pictures: dict[str, Pixels], count: int, matches: int
) -> None:
    frame = frames.frame(next(iter(print_pictures.values())), source="test")

    assert len(recogniser.recognise(frame, count=count).matches) == matches


def test_memory_does_not_grow_from_answer_to_answer(
    recogniser: Recogniser, print_pictures: dict[str, Pixels]
) -> None:
    """A new thread for each answer once leaked 824 bytes, outside Python's own memory."""
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc tells what is allocated")
    seen = [frames.frame(pixels, source="test") for pixels in print_pictures.values()]

    def level() -> int:
        for frame in seen * 2:
            recogniser.recognise(frame)
        gc.collect()
        return heap_usage.bytes_in_use()

    grown = np.diff([level() for _ in range(6)])

    assert np.median(grown) < 400 * 2 * len(seen)


def test_filters_that_exclude_all_records_leave_no_match(
    recogniser: Recogniser, print_pictures: dict[str, Pixels]
) -> None:
    frame = frames.frame(next(iter(print_pictures.values())), source="test")

    answer = recogniser.recognise(frame, filters=Filters(terms={"maker": ("unknown maker",)}))

    assert answer.verdict is Verdict.NOT_IN_COLLECTION
    assert answer.matches == ()
    assert list(answer.timings_ms) == STEPS


def test_a_filtered_answer_has_the_unfiltered_order_without_excluded_records(
    recogniser: Recogniser, print_pictures: dict[str, Pixels], open_small: OpenedBundle
) -> None:
    """This holds even if the print itself is filtered out."""
    record_id, pixels = next(iter(print_pictures.items()))
    institution = open_small.records.at(11).institution
    assert institution != open_small.records.get(record_id).institution
    filters = Filters(terms={"institution": (str(institution),)})
    frame = frames.frame(pixels, source="test")

    everything = recogniser.recognise(frame, count=12).matches
    filtered = recogniser.recognise(frame, filters=filters, count=12).matches

    wanted = [m.record.item for m in everything if m.record.institution == institution]
    assert [m.record.item for m in filtered] == wanted
    assert wanted


@pytest.mark.parametrize("grey", [0, 127, 255])
def test_an_empty_stand_is_not_in_the_collection(recogniser: Recogniser, grey: int) -> None:
    empty = np.full((480, 640, 3), grey, np.uint8)

    answer = recogniser.recognise(frames.frame(empty, source="test"))

    assert answer.verdict is Verdict.NOT_IN_COLLECTION


@pytest.mark.parametrize(("margins", "is_whole"), [(0.1, False), (0.9, True)])
def test_an_unknown_sheet_is_framed_as_the_museums_own_pictures(
    open_small: OpenedBundle, print_pictures: dict[str, Pixels], margins: float, is_whole: bool
) -> None:
    """The sheet is compared with its margin only if the museum's pictures show theirs."""
    thresholds = replace(open_small.manifest.thresholds, margins=margins)
    asked = replace(open_small, manifest=replace(open_small.manifest, thresholds=thresholds))
    recogniser = Recogniser(asked, threads=2)
    own = next(iter(print_pictures.values()))
    sheet = np.pad(own, ((60, 60), (60, 60), (0, 0)), constant_values=240)
    frame = np.pad(sheet, ((90, 90), (150, 150), (0, 0)), constant_values=40)

    answer = recogniser.recognise(frames.frame(frame, source="test"), excluded={0}, count=1)

    first = answer.matches[0]
    known = load_array(open_small.file(layout.FINGERPRINTS))[first.record.item]
    model = open_small.manifest.model
    fingerprint = Fingerprinter(open_small.file(layout.MODEL), model.sha256, threads=2)
    by_sheet, by_own = (
        float(normalise(fingerprint(to_input(shown)).vector) @ normalise(known))
        for shown in (sheet, own)
    )
    assert (abs(first.score - by_sheet) < abs(first.score - by_own)) is is_whole


def test_every_probe_of_a_sound_bundle_finds_itself(
    recogniser: Recogniser, open_small: OpenedBundle
) -> None:
    assert len(open_small.manifest.probes) == 3
    assert failed_probes(open_small, recogniser) == ()


def test_a_probe_print_that_finds_another_print_is_reported(
    recogniser: Recogniser, open_small: OpenedBundle, tmp_path: Path
) -> None:
    """This simulates index rows that are shifted against the records."""
    first, second = (open_small.records.at(row).record_id for row in (0, 1))

    class Shifted:
        def get(self, record_id: str, size: str) -> bytes:
            return open_small.pictures.get(second, "screen")

    shifted = replace(
        open_small,
        pictures=Shifted(),  # type: ignore[arg-type]
        manifest=replace(open_small.manifest, probes=(first, second)),
    )

    assert failed_probes(shifted, recogniser) == (first,)


def test_a_probe_print_without_a_picture_is_an_error(
    bundle_copy: Path, change_manifest: Callable[..., Manifest]
) -> None:
    change_manifest(bundle_copy, probes=("absent",))

    with opened(bundle_copy) as bundle, pytest.raises(UnknownRecordError, match="absent"):
        failed_probes(bundle, Recogniser(bundle, threads=1))


def test_an_answers_json_has_the_documented_keys_in_order(answers: dict[str, Answer]) -> None:
    record_id, answer = next(iter(answers.items()))

    converted = answer_to_json(answer, image="a.jpg")

    assert list(converted) == [
        "image",
        "bundle",
        "verdict",
        "matches",
        "sheet",
        "turn_deg",
        "mirrored",
        "hint",
        "timings_ms",
        "confidence",
    ]
    assert converted["verdict"] == "same_print"
    assert type(converted["verdict"]) is str
    best = converted["matches"][0]
    assert (best["record_id"], best["score"]) == (record_id, pytest.approx(1, abs=0.05))
    assert list(best["evidence"]) == [
        "inliers",
        "covered",
        "gap",
        "mirrored",
        "transform",
        "points",
    ]
    assert converted["matches"][-1]["evidence"] is None
    assert json.loads(json.dumps(converted)) == converted
    assert converted["sheet"] is None
    assert "image" not in answer_to_json(answer)


def test_a_sheets_json_has_four_points(answers: dict[str, Answer]) -> None:
    corners = tuple(Corner(x=x, y=y) for x, y in ((1, 2), (30, 2), (30, 40), (1, 40)))
    answer = replace(next(iter(answers.values())), sheet=corners)

    converted = answer_to_json(answer)

    assert converted["sheet"] == {"corners": [[1, 2], [30, 2], [30, 40], [1, 40]]}
