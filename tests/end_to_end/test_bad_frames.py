"""Bad frames, damaged prints and other things at the stand never lead to a wrong match.

The frames show real prints of the demo collection and are searched in the demo bundle. A print left out with `without` acts
as one that is not in the collection.
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
from device.bundle.relations import related_items
from device.errors import KioskError
from device.imaging import decoding, encoding, frames
from device.imaging.frames import Pixels
from device.recognition.recogniser import Answer, Recogniser
from device.recognition.verdict import ACCEPTED, Verdict
from evaluation.simulate import distractor_scenes
from evaluation.simulate.clutter import place_card
from evaluation.simulate.conditions import Conditions, Level
from evaluation.simulate.handheld import render

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[2] / "demo"
ROWS = range(4, 170, 21)
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
def same_work(bundle: OpenedBundle) -> dict[int, frozenset[int]]:
    rows = [bundle.records.at(row) for row in range(bundle.manifest.items)]
    return {row: others | {row} for row, others in related_items(rows).items()}


Ask = Callable[..., Answer]


@pytest.fixture
def ask(recogniser: Recogniser) -> Ask:
    return lambda pixels, **more: recogniser.recognise(frames.frame(pixels, source="test"), **more)


def picture(record: Record) -> Pixels:
    return decoding.load(DEMO / "collection/images" / f"{record.record_id}.jpg")


def in_hands(print_: Pixels, **conditions: float) -> Pixels:
    """Return a frame of a print held before the camera in good light."""
    return render(print_, np.random.default_rng(3), Conditions(**conditions)).pixels  # type: ignore[arg-type]


def torn(print_: Pixels) -> Pixels:
    """Return a print with two fifths torn off along a ragged edge."""
    height, width = print_.shape[:2]
    ragged = np.random.default_rng(5).normal(0, 0.02, height).cumsum() * 0.1
    ends = ((0.6 + ragged) * width).astype(int)
    gone = np.arange(width)[np.newaxis] >= ends[:, np.newaxis]
    left: Pixels = np.where(gone[..., np.newaxis], np.uint8(70), print_)
    return left


def on_a_phone(print_: Pixels) -> Pixels:
    """Return a frame of a phone on a table that shows a print with visible pixel rows."""
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
def test_a_black_or_white_frame_has_no_match_but_a_hint(ask: Ask, level: int) -> None:
    answer = ask(np.full((960, 1280, 3), level, np.uint8))

    assert answer.verdict is Verdict.NOT_IN_COLLECTION
    assert answer.hint == ("too_dark" if level == 0 else "nothing_there")


def test_an_overexposed_print_is_matched_correctly_or_not_at_all(
    ask: Ask, records: list[Record], same_work: dict[int, frozenset[int]]
) -> None:
    for record in records:
        frame = in_hands(picture(record))
        overexposed = np.clip(frame.astype(np.int16) * 3, 0, 255).astype(np.uint8)

        answer = ask(overexposed)

        assert (
            answer.verdict not in ACCEPTED
            or answer.matches[0].record.item in same_work[record.item]
        )


def test_a_torn_print_is_never_matched_wrongly_and_mostly_correctly(
    ask: Ask, records: list[Record], same_work: dict[int, frozenset[int]]
) -> None:
    matched = 0
    for record in records:
        answer = ask(in_hands(torn(picture(record))))

        if answer.verdict in ACCEPTED:
            assert answer.matches[0].record.item in same_work[record.item], record.record_id
            matched += 1
    assert matched >= len(records) / 2


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (3, 400), (400, 3), (40, 30)])
def test_a_tiny_frame_has_no_match(ask: Ask, records: list[Record], size: tuple[int, int]) -> None:
    tiny = cv2.resize(picture(records[0]), size, interpolation=cv2.INTER_AREA)

    assert ask(tiny).verdict is Verdict.NOT_IN_COLLECTION


def test_an_enormous_frame_has_the_same_match_as_a_smaller_one(
    ask: Ask, records: list[Record]
) -> None:
    frame = in_hands(picture(records[0]))

    answer = ask(cv2.resize(frame, (6400, 4800), interpolation=cv2.INTER_LINEAR))

    assert answer.verdict in ACCEPTED
    assert answer.matches[0].record == records[0]


def test_the_first_picture_of_an_animated_upload_is_used(ask: Ask, records: list[Record]) -> None:
    pictures = [Image.fromarray(picture(record)).resize((500, 600)) for record in records[:3]]
    upload = io.BytesIO()
    pictures[0].save(upload, "WEBP", save_all=True, append_images=pictures[1:], quality=90)

    answer = ask(decoding.decode(upload.getvalue(), name="upload"))

    assert answer.matches[0].record == records[0]


@pytest.mark.parametrize("kept_bytes", [0, 1, 20, 2000])
def test_a_truncated_upload_is_refused_in_one_line(records: list[Record], kept_bytes: int) -> None:
    whole = encoding.to_jpeg(picture(records[0]), side=800, quality=90)

    with pytest.raises(KioskError) as refused:
        decoding.decode(whole[:kept_bytes], name="upload")

    assert "upload" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_print_held_upside_down_is_matched_with_its_turn(ask: Ask, records: list[Record]) -> None:
    for record in records:
        answer = ask(in_hands(picture(record), turn_deg=180.0))

        assert answer.matches[0].record == record
        assert answer.turn_deg == 180


def test_a_print_held_face_down_has_no_match(ask: Ask, records: list[Record]) -> None:
    for record in records:
        back: Pixels = np.full_like(picture(record), PAPER)

        assert ask(in_hands(back)).verdict not in ACCEPTED


def test_a_phone_that_shows_a_print_is_never_matched_wrongly(
    ask: Ask, records: list[Record], same_work: dict[int, frozenset[int]]
) -> None:
    for record in records:
        shown = on_a_phone(picture(record))

        known, unknown = ask(shown), ask(shown, excluded=same_work[record.item])

        assert (
            known.verdict not in ACCEPTED or known.matches[0].record.item in same_work[record.item]
        )
        assert unknown.verdict not in ACCEPTED, record.record_id


@pytest.mark.parametrize("kind", distractor_scenes.DistractorKind)
def test_a_frame_without_a_print_is_not_in_the_collection(
    ask: Ask, kind: distractor_scenes.DistractorKind
) -> None:
    for number in range(3):
        frame = distractor_scenes.scene_without_print(f"bad {number}", kind, level=Level.NORMAL)

        assert ask(frame).verdict is Verdict.NOT_IN_COLLECTION
