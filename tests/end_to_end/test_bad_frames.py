"""What people hold under the camera that is no print of the museum's, or not as they should: never a wrong name.

Real prints of the demo's collection through the shipped bundle; the prints left out with `without` are the strangers.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from device.bundle.reader import OpenedBundle, opened
from device.bundle.records import Record
from device.bundle.relations import relatives
from device.errors import KioskError
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.recogniser import Answer, Recogniser
from device.recognition.verdict import ACCEPTED, Verdict
from evaluation.simulate import distractor_scenes
from evaluation.simulate.clutter import place_card
from evaluation.simulate.conditions import Conditions, Level
from evaluation.simulate.handheld import render

DEMO = Path(__file__).parents[2] / "demo"
ROWS = range(4, 300, 37)
PAPER = (228, 220, 204)


@pytest.fixture(scope="module")
def bundle() -> Iterator[OpenedBundle]:
    with opened(DEMO / "bundle") as bundle:
        yield bundle


@pytest.fixture(scope="module")
def recogniser(bundle: OpenedBundle) -> Recogniser:
    return Recogniser(bundle, threads=2)


@pytest.fixture(scope="module")
def records(bundle: OpenedBundle) -> list[Record]:
    return [bundle.records.at(row) for row in ROWS]


@pytest.fixture(scope="module")
def likes(bundle: OpenedBundle) -> dict[int, frozenset[int]]:
    rows = [bundle.records.at(row) for row in range(bundle.manifest.items)]
    return {row: others | {row} for row, others in relatives(rows).items()}


Ask = Callable[..., Answer]


@pytest.fixture
def ask(recogniser: Recogniser) -> Ask:
    return lambda pixels, **more: recogniser.recognise(frames.frame(pixels, source="test"), **more)


def picture(record: Record) -> Pixels:
    return frames.load(DEMO / "collection/images" / f"{record.record_id}.jpg")


def in_hands(print_: Pixels, **conditions: float) -> Pixels:
    """A print in somebody's hands before the camera, well lit."""
    return render(print_, np.random.default_rng(3), Conditions(**conditions)).pixels  # type: ignore[arg-type]


def torn(print_: Pixels) -> Pixels:
    """What is left of a print when two fifths of it are torn off, raggedly."""
    height, width = print_.shape[:2]
    ragged = np.random.default_rng(5).normal(0, 0.02, height).cumsum() * 0.1
    ends = ((0.6 + ragged) * width).astype(int)
    gone = np.arange(width)[np.newaxis] >= ends[:, np.newaxis]
    left: Pixels = np.where(gone[..., np.newaxis], np.uint8(70), print_)
    return left


def on_a_phone(print_: Pixels) -> Pixels:
    """A phone on a table that shows a print: black rim, bright screen, rows of its pixels."""
    table = distractor_scenes.scene_without_print(
        "table", distractor_scenes.DistractorKind.NOTHING, level=Level.EASY
    )
    size = (520, 1000)
    screen = np.zeros((size[1], size[0], 3), np.uint8)
    wide = size[0] - 40
    shown = cv2.resize(print_, (wide, min(900, round(wide * print_.shape[0] / print_.shape[1]))))
    top = (size[1] - len(shown)) // 2
    screen[top : top + len(shown), 20:-20] = np.minimum(shown * 0.95 + 25, 255)
    screen[::3] = screen[::3] // 10 * 9
    corners = np.array([(430, 40), (850, 60), (835, 900), (405, 880)], np.float32)
    place_card(table, screen, corners)
    return table


@pytest.mark.parametrize("level", [0, 255])
def test_a_black_or_white_frame_is_nothing(ask: Ask, level: int) -> None:
    answer = ask(np.full((960, 1280, 3), level, np.uint8))

    assert answer.verdict is Verdict.NOT_IN_COLLECTION
    assert answer.hint == ("too_dark" if level == 0 else "nothing_there")


def test_an_overexposed_print_is_named_rightly_or_not_at_all(
    ask: Ask, records: list[Record], likes: dict[int, frozenset[int]]
) -> None:
    for record in records:
        frame = in_hands(picture(record))
        burnt = np.clip(frame.astype(np.int16) * 3, 0, 255).astype(np.uint8)

        answer = ask(burnt)

        assert answer.verdict not in ACCEPTED or answer.matches[0].record.item in likes[record.item]


def test_a_torn_print_is_named_rightly_or_not_at_all_and_mostly_rightly(
    ask: Ask, records: list[Record], likes: dict[int, frozenset[int]]
) -> None:
    named = 0
    for record in records:
        answer = ask(in_hands(torn(picture(record))))

        if answer.verdict in ACCEPTED:
            assert answer.matches[0].record.item in likes[record.item], record.record_id
            named += 1
    assert named >= len(records) / 2


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (3, 400), (400, 3), (40, 30)])
def test_a_tiny_frame_is_nothing(ask: Ask, records: list[Record], size: tuple[int, int]) -> None:
    tiny = cv2.resize(picture(records[0]), size, interpolation=cv2.INTER_AREA)

    assert ask(tiny).verdict is Verdict.NOT_IN_COLLECTION


def test_an_enormous_frame_is_answered_as_a_smaller_one_is(ask: Ask, records: list[Record]) -> None:
    frame = in_hands(picture(records[0]))

    answer = ask(cv2.resize(frame, (6400, 4800), interpolation=cv2.INTER_LINEAR))

    assert answer.verdict in ACCEPTED
    assert answer.matches[0].record == records[0]


def test_of_an_animated_upload_the_first_picture_counts(ask: Ask, records: list[Record]) -> None:
    pictures = [Image.fromarray(picture(record)).resize((500, 600)) for record in records[:3]]
    upload = io.BytesIO()
    pictures[0].save(upload, "WEBP", save_all=True, append_images=pictures[1:], quality=90)

    answer = ask(frames.decode(upload.getvalue(), name="upload"))

    assert answer.matches[0].record == records[0]


@pytest.mark.parametrize("kept", [0, 1, 20, 2000])
def test_a_corrupt_upload_is_refused_in_one_line(records: list[Record], kept: int) -> None:
    whole = frames.to_jpeg(picture(records[0]), side=800, quality=90)

    with pytest.raises(KioskError) as refused:
        frames.decode(whole[:kept], name="upload")

    assert "upload" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_print_held_upside_down_is_found_and_its_turn_told(
    ask: Ask, records: list[Record]
) -> None:
    for record in records:
        answer = ask(in_hands(picture(record), turn_deg=180.0))

        assert answer.matches[0].record == record
        assert answer.turn_deg == 180


def test_a_print_held_face_down_is_not_here(ask: Ask, records: list[Record]) -> None:
    for record in records:
        back: Pixels = np.full_like(picture(record), PAPER)

        assert ask(in_hands(back)).verdict not in ACCEPTED


def test_a_phone_that_shows_a_print_is_no_reason_for_a_wrong_name(
    ask: Ask, records: list[Record], likes: dict[int, frozenset[int]]
) -> None:
    for record in records:
        shown = on_a_phone(picture(record))

        known, unknown = ask(shown), ask(shown, without=likes[record.item])

        assert known.verdict not in ACCEPTED or known.matches[0].record.item in likes[record.item]
        assert unknown.verdict not in ACCEPTED, record.record_id


@pytest.mark.parametrize("kind", distractor_scenes.DistractorKind)
def test_what_is_no_print_is_not_here(ask: Ask, kind: distractor_scenes.DistractorKind) -> None:
    for number in range(3):
        frame = distractor_scenes.scene_without_print(f"bad {number}", kind, level=Level.NORMAL)

        assert ask(frame).verdict is Verdict.NOT_IN_COLLECTION
