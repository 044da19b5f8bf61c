"""A camera with black frames is opened again twice, then waited for."""

import numpy as np
import pytest

from device.errors import CameraLostError
from device.imaging.frames import Frame
from device.service.capture.dark_frames import BLACK, DARK_S, RESTED_S, TRIES, DarkFrames, is_black


def at(seconds: float, level: int) -> Frame:
    """Return a frame of one grey level."""
    pixels = np.full((480, 640, 3), level, np.uint8)
    return Frame(pixels=pixels, captured_at_s=seconds, number=1, source="test:0")


def fail(dark_frames: DarkFrames, from_s: float, after_s: float) -> float:
    """Show black frames until the camera is opened again, after `after_s`; return the time."""
    dark_frames.hides(at(from_s, 0))
    dark_frames.hides(at(from_s + after_s - 0.1, 0))
    with pytest.raises(CameraLostError, match="completely black"):
        dark_frames.hides(at(from_s + after_s, 0))
    return from_s + after_s


def test_a_short_black_moment_is_shown() -> None:
    dark_frames = DarkFrames()

    assert not dark_frames.hides(at(0.0, 0))
    assert not dark_frames.hides(at(DARK_S - 0.1, 0))
    assert not dark_frames.hides(at(DARK_S, 80))


def test_a_black_camera_is_opened_again_twice_and_then_waited_for() -> None:
    dark_frames, now_s = DarkFrames(), 0.0
    for _ in range(TRIES):
        now_s = fail(dark_frames, now_s, DARK_S)

    assert dark_frames.hides(at(now_s + 1, 0))
    assert dark_frames.hides(at(now_s + 100, 0))
    fail(dark_frames, now_s + 1, RESTED_S)


def test_the_first_bright_frame_is_shown() -> None:
    dark_frames, now_s = DarkFrames(), 0.0
    for _ in range(TRIES):
        now_s = fail(dark_frames, now_s, DARK_S)

    assert not dark_frames.hides(at(now_s + 1, 80))
    assert not dark_frames.hides(at(now_s + 2, 0))
    fail(dark_frames, now_s + 2, DARK_S)


def test_a_dark_print_is_not_black() -> None:
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[100:140, 200:260] = BLACK + 1  # a patch of it with as little light

    assert is_black(np.full((480, 640, 3), BLACK, np.uint8))
    assert not is_black(pixels)
