"""A black picture: opened again for it twice, then waited for."""

import numpy as np
import pytest

from device.errors import CameraLostError
from device.imaging.frames import Frame
from device.service.capture.dark_frames import BLACK, DARK_S, RESTED_S, TRIES, DarkFrames, is_black


def at(seconds: float, level: int) -> Frame:
    """Give a frame of one grey level."""
    pixels = np.full((480, 640, 3), level, np.uint8)
    return Frame(pixels=pixels, captured_at_s=seconds, number=1, source="test:0")


def fail(darkness: DarkFrames, from_s: float, after_s: float) -> float:
    """Show black until the camera is to be opened again, which must be after so long; give the time."""
    darkness.hides(at(from_s, 0))
    darkness.hides(at(from_s + after_s - 0.1, 0))
    with pytest.raises(CameraLostError, match="completely black"):
        darkness.hides(at(from_s + after_s, 0))
    return from_s + after_s


def test_a_moment_of_black_is_shown_like_everything_else() -> None:
    darkness = DarkFrames()

    assert not darkness.hides(at(0.0, 0))
    assert not darkness.hides(at(DARK_S - 0.1, 0))
    assert not darkness.hides(at(DARK_S, 80))


def test_a_camera_that_sees_nothing_is_opened_again_twice_and_then_waited_for() -> None:
    darkness, now_s = DarkFrames(), 0.0
    for _ in range(TRIES):
        now_s = fail(darkness, now_s, DARK_S)

    assert darkness.hides(at(now_s + 1, 0))
    assert darkness.hides(at(now_s + 100, 0))
    fail(darkness, now_s + 1, RESTED_S)


def test_the_first_light_ends_it() -> None:
    darkness, now_s = DarkFrames(), 0.0
    for _ in range(TRIES):
        now_s = fail(darkness, now_s, DARK_S)

    assert not darkness.hides(at(now_s + 1, 80))
    assert not darkness.hides(at(now_s + 2, 0))
    fail(darkness, now_s + 2, DARK_S)


def test_a_dark_print_is_not_black() -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[100:140, 200:260] = BLACK + 1  # a patch of it with as little light

    assert is_black(np.full((480, 640, 3), BLACK, np.uint8))
    assert not is_black(pixels)
