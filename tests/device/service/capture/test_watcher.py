"""The watcher takes each print once, soon after it is held still, and nothing else."""

from collections.abc import Callable

import numpy as np
import pytest
from stand_clip import MIDDLE, StandClip

from device.imaging.frames import Frame, Pixels
from device.recognition.sheet.detect import Corner, Detection, Hint, Sheet, find_sheets
from device.service.capture.hold_tracker import HeldPrint
from device.service.capture.watcher import EVERY_S, Watcher

# From the first still frame to the capture, by the frames' own clock.
SOON_S = 1.0


@pytest.fixture(scope="session")
def prints(print_pictures: dict[str, Pixels]) -> tuple[Pixels, ...]:
    """The twelve prints."""
    return tuple(print_pictures.values())


def captures(clip: StandClip, watcher: Watcher | None = None) -> list[tuple[float, HeldPrint]]:
    """Return the prints taken during a clip, with their times."""
    watching = watcher or Watcher()
    seen = [(frame.captured_at_s, watching.observe(frame)) for frame in clip.frames]
    return [(at_s, each.capture) for at_s, each in seen if each.capture is not None]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(12))
def test_a_print_that_enters_shakes_holds_and_leaves_is_taken_once_and_soon(
    prints: tuple[Pixels, ...], number: int
) -> None:
    shown = prints[number]
    clip = StandClip(number).empty(0.3).enter(shown).shake(shown, seconds=0.6)
    still_s = clip.now_s
    clip.hold(shown)
    left_s = clip.now_s
    clip.leave(shown).empty(0.5)

    taken = captures(clip)

    assert len(taken) == 1
    at_s, capture = taken[0]
    assert still_s < at_s <= still_s + SOON_S
    assert still_s <= capture.frame.captured_at_s < left_s  # none of the blurred ones


@pytest.mark.slow
def test_two_prints_in_turn_are_taken_once_each(prints: tuple[Pixels, ...]) -> None:
    one, other = prints[2], prints[7]
    clip = StandClip(1).enter(one).hold(one).leave(one)
    middle_s = clip.now_s
    clip.enter(other).hold(other).leave(other)

    taken = captures(clip)

    assert len(taken) == 2
    assert taken[0][0] < middle_s < taken[1][0]


@pytest.mark.slow
def test_a_print_put_in_the_place_of_another_is_taken(
    prints: tuple[Pixels, ...],
) -> None:
    clip = StandClip(2).enter(prints[0]).hold(prints[0]).hold(prints[5])

    assert len(captures(clip)) == 2


@pytest.mark.slow
def test_the_same_print_brought_again_is_taken_again(prints: tuple[Pixels, ...]) -> None:
    shown = prints[3]
    clip = StandClip(3).enter(shown).hold(shown).leave(shown).empty(0.8).enter(shown).hold(shown)

    assert len(captures(clip)) == 2


@pytest.mark.slow
def test_a_print_present_from_the_start_is_taken_once(
    prints: tuple[Pixels, ...],
) -> None:
    assert len(captures(StandClip(4).hold(prints[1], seconds=5, tremor=0.0))) == 1
    assert len(captures(StandClip(4).hold(prints[1], seconds=5))) == 1


@pytest.mark.slow
def test_a_blank_sheet_is_taken_once() -> None:
    blank = np.full((400, 300, 3), (236, 230, 218), np.uint8)

    assert len(captures(StandClip(17).hold(blank, seconds=5))) == 1


@pytest.mark.slow
def test_a_print_moved_on_the_table_is_the_same_print(prints: tuple[Pixels, ...]) -> None:
    shown = prints[4]
    there = (250.0, 260.0, 12.0)
    clip = StandClip(5).hold(shown).shake(shown, seconds=0.5).hold(shown, at=there, seconds=2)

    assert len(captures(clip)) == 1


def test_a_hand_alone_is_never_taken() -> None:
    assert captures(StandClip(6).empty(0.5).hand(3).empty(0.5)) == []


def test_an_empty_table_under_a_flickering_lamp_is_never_taken() -> None:
    assert captures(StandClip(7).empty(4, flicker=0.15)) == []


@pytest.mark.slow
def test_a_moving_print_is_not_taken_and_the_visitor_gets_a_hint(
    prints: tuple[Pixels, ...],
) -> None:
    clip = StandClip(8).shake(prints[6], seconds=4)
    watcher = Watcher()

    seen = [watcher.observe(frame) for frame in clip.frames]

    assert [each for each in seen if each.capture is not None] == []
    assert Hint.MOVING in {each.hint for each in seen}


def test_a_print_marked_as_taken_is_not_taken_again(prints: tuple[Pixels, ...]) -> None:
    shown = prints[8]
    watcher = Watcher()
    watcher.mark_taken()
    clip = StandClip(9).hold(shown, seconds=2)

    assert captures(clip, watcher) == []
    assert watcher.observe(StandClip(9).hold(shown).frames[-1]).is_known


def test_the_sharpest_frame_without_glare_is_taken(prints: tuple[Pixels, ...]) -> None:
    clip = StandClip(10).hold(prints[0], seconds=1.5, tremor=0.0)
    sharp = clip.frames[3]
    spoiled = [frame if frame is sharp else _dulled(frame) for frame in clip.frames]
    spoiled[1] = _glaring(clip.frames[1])
    watcher = Watcher()

    seen = [watcher.observe(frame).capture for frame in spoiled]

    assert [each.frame.number for each in seen if each] == [sharp.number]


@pytest.mark.slow
def test_corners_are_in_pixels_of_the_whole_frame(prints: tuple[Pixels, ...]) -> None:
    small, large = StandClip(11).hold(prints[0]), StandClip(11, width=1280, height=960).hold(
        prints[0]
    )

    (_, one), (_, other) = captures(small)[0], captures(large)[0]

    for corner, twice in zip(one.corners, other.corners, strict=True):
        assert (twice.x / 2, twice.y / 2) == pytest.approx((corner.x, corner.y), abs=8)


def test_stillness_grows_until_the_capture_and_restarts_with_each_print(
    prints: tuple[Pixels, ...],
) -> None:
    watcher = Watcher()
    seen = [watcher.observe(frame) for frame in StandClip(12).empty(0.3).hold(prints[0]).frames]
    moment = next(n for n, each in enumerate(seen) if each.capture is not None)

    before = [each.stillness for each in seen[3 : moment + 1]]
    assert before == sorted(before)
    assert before[-1] == 1.0
    assert [each.stillness for each in seen[moment + 1 :]] == [0.0] * len(seen[moment + 1 :])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(0, 12, 3))
def test_an_unreliable_detector_costs_time_but_no_second_capture(
    prints: tuple[Pixels, ...], number: int
) -> None:
    """Some detections are missing, some wrong, and the sheets' order is random."""
    rng = np.random.default_rng(number)
    shown = prints[number]
    clip = StandClip(number).empty(0.3).enter(shown).shake(shown, seconds=0.6)
    still_s = clip.now_s
    clip.hold(shown, seconds=2.5).leave(shown).empty(0.6)

    taken = captures(clip, Watcher(lambda pixels: _faltering(find_sheets(pixels), rng)))

    assert len(taken) == 1
    assert taken[0][0] > still_s


@pytest.fixture
def counting() -> tuple[list[int], Callable[[Pixels], Detection]]:
    """A detector that records the size of each frame, and calls the real one."""
    asked: list[int] = []

    def count(pixels: Pixels) -> Detection:
        asked.append(max(pixels.shape))
        return find_sheets(pixels)

    return asked, count


def test_sheets_are_not_detected_again_while_nothing_changes(
    counting: tuple[list[int], Callable[[Pixels], Detection]],
) -> None:
    asked, count = counting
    watcher = Watcher(count)
    for frame in StandClip(13).empty(3).frames:
        watcher.observe(frame)

    assert len(asked) == 1


def test_frames_that_come_too_fast_are_skipped(
    prints: tuple[Pixels, ...], counting: tuple[list[int], Callable[[Pixels], Detection]]
) -> None:
    asked, count = counting
    pixels = StandClip(14).shake(prints[0], seconds=1).frames
    watcher = Watcher(count)
    for number in range(100):
        frame = pixels[number % len(pixels)]
        watcher.observe(_at(frame, number / 100))

    assert len(asked) <= 1 / EVERY_S + 1


def test_sheets_are_detected_in_a_small_copy_of_a_large_frame(
    prints: tuple[Pixels, ...], counting: tuple[list[int], Callable[[Pixels], Detection]]
) -> None:
    asked, count = counting
    Watcher(count).observe(
        StandClip(15, width=2028, height=1520).hold(prints[0], seconds=0.1).frames[0]
    )

    assert asked and max(asked) <= 640


@pytest.mark.parametrize("value", [0, 255], ids=["black", "white"])
@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (480, 640)])
def test_any_frame_can_be_watched(value: int, shape: tuple[int, int]) -> None:
    watcher = Watcher()
    pixels = np.full((*shape, 3), value, np.uint8)
    for number in range(20):
        frame = Frame(pixels=pixels, captured_at_s=number / 10, number=number, source="odd")
        assert watcher.observe(frame).capture is None


def test_a_gap_in_time_restarts_the_hold(prints: tuple[Pixels, ...]) -> None:
    """After a camera was lost, the hold before the loss doesn't count."""
    frames = StandClip(16).hold(prints[0], at=MIDDLE, seconds=1).frames
    watcher = Watcher()
    watcher.observe(frames[0])

    assert watcher.observe(_at(frames[1], 1000.0)).capture is None
    assert watcher.observe(_at(frames[2], 1000.1)).capture is None


def _faltering(detection: Detection, rng: np.random.Generator) -> Detection:
    if not detection.sheets or rng.random() < 0.2:
        return Detection(sheets=(), hint=Hint.NOTHING_THERE)
    best = detection.sheets[0]
    stray = 40.0 if rng.random() < 0.05 else 1.0
    corners = tuple(
        Corner(x=c.x + rng.normal(0, stray), y=c.y + rng.normal(0, stray)) for c in best.corners
    )
    x, y = (sum(values) / 4 for values in ([c.x for c in corners], [c.y for c in corners]))
    inner = tuple(Corner(x=x + 0.9 * (c.x - x), y=y + 0.9 * (c.y - y)) for c in corners)
    sheets = tuple(Sheet(corners=each, confidence=best.confidence) for each in (corners, inner))
    return Detection(sheets=sheets[:: rng.choice((1, -1))], hint=detection.hint)


def _at(frame: Frame, now_s: float) -> Frame:
    return Frame(pixels=frame.pixels, captured_at_s=now_s, number=frame.number, source=frame.source)


def _dulled(frame: Frame) -> Frame:
    """Return the frame slightly out of focus."""
    import cv2

    return _with(frame, np.asarray(cv2.GaussianBlur(frame.pixels, (0, 0), 0.8), dtype=np.uint8))


def _glaring(frame: Frame) -> Frame:
    """Return the frame with a lamp's reflection in the middle of the print."""
    pixels = frame.pixels.copy()
    pixels[180:300, 250:380] = 255
    return _with(frame, pixels)


def _with(frame: Frame, pixels: Pixels) -> Frame:
    return Frame(
        pixels=pixels,
        captured_at_s=frame.captured_at_s,
        number=frame.number,
        source=frame.source,
    )
