"""Simulated captures are reproducible, know their corners, and show every factor."""

import cv2
import numpy as np
import pytest

from device.imaging.frames import Pixels
from evaluation.simulate.conditions import (
    HOLDOUT,
    HOLDOUT_BACKGROUNDS,
    OPEN,
    OPEN_BACKGROUNDS,
    Conditions,
    HandheldFactor,
    Level,
    Suite,
)
from evaluation.simulate.handheld import capture, render
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, generator

# The colours of the discs near the print's corners, clockwise from top left.
_MARKS = ((230, 20, 20), (20, 200, 20), (20, 20, 230), (230, 200, 20))


@pytest.fixture(scope="module")
def marked() -> Pixels:
    """A grey picture with a disc of its own colour near each corner, clockwise from top left."""
    pixels = np.full((600, 420, 3), 128, np.uint8)
    for (x, y), colour in zip(_marks_at(420, 600), _MARKS, strict=True):
        cv2.circle(pixels, (round(x), round(y)), 24, colour, -1)
    return pixels


def _marks_at(width: float, height: float) -> list[tuple[float, float]]:
    return [(x * width, y * height) for x, y in ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))]


def _seen_at(pixels: Pixels, colour: tuple[int, int, int]) -> tuple[float, float]:
    away = np.abs(pixels.astype(np.int16) - np.array(colour)).sum(axis=2)
    rows, columns = np.nonzero(away < 130)
    return float(np.median(columns)), float(np.median(rows))


@pytest.mark.slow
@pytest.mark.parametrize("level", Level)
def test_the_same_seed_gives_the_same_bytes(marked: Pixels, level: Level) -> None:
    one = capture(marked, "a", level=level, suite=Suite.EVERYTHING)
    capture(marked, "b", level=level)
    again = capture(marked, "a", level=level, suite=Suite.EVERYTHING)

    assert np.array_equal(one.pixels, again.pixels)
    assert one.corners == again.corners


@pytest.mark.slow
def test_another_name_or_seed_gives_another_capture(marked: Pixels) -> None:
    one = capture(marked, "a", level=Level.EASY)

    assert capture(marked, "b", level=Level.EASY).corners != one.corners
    assert capture(marked, "a", level=Level.EASY, seed=1).corners != one.corners


def test_a_capture_has_the_shape_of_a_camera_frame(marked: Pixels) -> None:
    frame = capture(marked, "a", level=Level.HARD).pixels

    assert frame.shape == (FRAME_HEIGHT, FRAME_WIDTH, 3)
    assert frame.dtype == np.uint8
    assert frame.flags.c_contiguous


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_the_corners_are_where_the_sheet_is(marked: Pixels, number: int) -> None:
    """Discs of the print, projected by the stated corners, are found in the frame."""
    conditions = Conditions(turn_deg=45.0 * number, tilt_deg=4.0 * number, fill=0.8)
    found = render(marked, generator("corners", number), conditions)
    square = np.array([(0, 0), (420, 0), (420, 600), (0, 600)], np.float32)
    corners = np.array([(c.x, c.y) for c in found.corners], np.float32)
    matrix = cv2.getPerspectiveTransform(square, corners)
    at = np.array([_marks_at(420, 600)], np.float32)

    for expected, colour in zip(cv2.perspectiveTransform(at, matrix)[0], _MARKS, strict=True):
        assert np.hypot(*(expected - _seen_at(found.pixels, colour))) < 4


def test_a_mirrored_print_is_rendered_in_reverse(marked: Pixels) -> None:
    found = render(marked, generator("mirror"), Conditions(), mirrored=True)

    assert found.mirrored
    assert _seen_at(found.pixels, _MARKS[0])[0] > _seen_at(found.pixels, _MARKS[1])[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "factor", [f for f in HandheldFactor if f is not HandheldFactor.BACKGROUND]
)
def test_every_factor_alone_changes_the_picture(marked: Pixels, factor: HandheldFactor) -> None:
    plain = capture(marked, "x", level=Level.HARD, factors=())

    changed = capture(marked, "x", level=Level.HARD, factors=(factor,))

    assert not np.array_equal(plain.pixels, changed.pixels)


@pytest.mark.parametrize("name", (*OPEN_BACKGROUNDS, *HOLDOUT_BACKGROUNDS))
def test_every_background_can_be_rendered(marked: Pixels, name: str) -> None:
    found = render(marked, generator("ground"), Conditions(background=name))

    assert found.pixels.std() > 5


@pytest.mark.slow
def test_half_of_the_factors_and_backgrounds_are_holdout(marked: Pixels) -> None:
    assert len(HOLDOUT) == len(OPEN) and not HOLDOUT & OPEN
    assert len(HOLDOUT_BACKGROUNDS) == len(OPEN_BACKGROUNDS)
    for number in range(6):
        conditions = capture(marked, str(number), level=Level.HARD).conditions
        assert conditions.background in OPEN_BACKGROUNDS
        assert (conditions.curl, conditions.glare, conditions.crop) == (0.0, 0.0, 0.0)
