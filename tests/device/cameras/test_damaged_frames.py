"""Green and torn frames are told apart from pictures, and named once they go on."""

import numpy as np
import pytest
from colour_card import make_card
from fake_time import FakeTime

from device.cameras.damaged_frames import DAMAGED_S, DamagedFrames, green_part
from device.errors import CameraLostError

SIZE = (96, 128, 3)
# A frame of zeros, as OpenCV decodes it from YUYV, and as libjpeg does.
FILL = [(0, 154, 0), (0, 135, 0)]


def sensor_noise(seed: int) -> np.ndarray:
    """Return a picture of a grey wall, as a sensor gives it."""
    return np.random.default_rng(seed).normal(120, 2, SIZE).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("fill", FILL)
@pytest.mark.parametrize(
    ("rows", "words"), [(96, "green frames"), (48, "torn frames"), (6, "torn")]
)
def test_zeros_in_place_of_a_picture_are_green_or_torn(fill, rows, words) -> None:
    frame = sensor_noise(1)
    frame[len(frame) - rows :] = fill

    assert green_part(frame).startswith(words)


@pytest.mark.parametrize(
    "frame",
    [
        sensor_noise(2),
        make_card(),
        np.zeros(SIZE, np.uint8),
        np.full(SIZE, 255, np.uint8),
        np.full(SIZE, 128, np.uint8),
        np.full(SIZE, (180, 170, 150), np.uint8),
        sensor_noise(3) // 4 + np.array([0, 120, 0], np.uint8),
    ],
    ids=["grey wall", "card", "black", "white", "grey", "paper", "green cloth"],
)
def test_pictures_black_and_plain_surfaces_are_not_damaged(frame) -> None:
    """Black frames are for the service, which knows that a room may be dark."""
    assert green_part(frame) == ""


@pytest.mark.parametrize("damaged", [None, np.full(SIZE, (0, 154, 0), np.uint8)])
def test_damaged_frames_are_hidden_and_after_a_while_the_camera_is_lost(damaged) -> None:
    time = FakeTime()
    frames = DamagedFrames("webcam:0 (HD Webcam)", time.clock)
    assert not frames.hides(make_card())
    time.sleep(DAMAGED_S / 2)

    assert frames.hides(damaged)
    time.sleep(DAMAGED_S / 2)
    with pytest.raises(CameraLostError, match=r"^webcam:0 \(HD Webcam\): .*another USB port$"):
        frames.hides(damaged)


def test_a_good_frame_in_between_starts_the_count_again() -> None:
    time = FakeTime()
    frames = DamagedFrames("webcam:0", time.clock)
    for _ in range(5):
        time.sleep(0.6 * DAMAGED_S)
        assert frames.hides(None)
        time.sleep(0.3 * DAMAGED_S)
        assert not frames.hides(make_card())
