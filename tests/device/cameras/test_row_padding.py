"""Padding that a driver adds to each row is cut off."""

import cv2
import numpy as np
import pytest

from device.cameras.row_padding import check_rows, without_padding
from device.cameras.v4l2 import RowLayout
from device.errors import CameraMissingError

HEIGHT, WIDTH, STRIDE = 40, 30, 32


def decoded_with_padding(picture: np.ndarray) -> np.ndarray:
    """Return a picture as OpenCV decodes it from padded YUYV, as if no row were padded."""
    # Brightness alone, in the range of video.
    yuyv = np.full((HEIGHT, WIDTH, 2), 128, np.uint8)
    yuyv[..., 0] = 16 + picture[..., 0] * (219 / 255)
    padded = np.full((HEIGHT, STRIDE, 2), 17, np.uint8)
    padded[:, :WIDTH] = yuyv
    flat = padded.reshape(-1, 2)[: HEIGHT * WIDTH].reshape(HEIGHT, WIDTH, 2)
    return cv2.cvtColor(flat, cv2.COLOR_YUV2RGB_YUYV)


def gradient() -> np.ndarray:
    """Return a grey picture whose every row and column differs."""
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.repeat((4 * across + 3 * down)[..., None], 3, axis=2).astype(np.uint8)


def test_rows_with_padding_come_out_straight() -> None:
    picture = gradient()
    seen = decoded_with_padding(picture)
    assert np.abs(seen.astype(int) - picture)[1:].mean() > 10  # slanted

    straight = without_padding(seen, RowLayout(code="YUYV", width=WIDTH, stride=STRIDE))

    assert straight.shape == (HEIGHT * WIDTH // STRIDE, WIDTH, 3)
    assert np.abs(straight.astype(int) - picture[: len(straight)]).max() < 4
    assert straight.flags.c_contiguous


@pytest.mark.parametrize(
    "rows",
    [
        RowLayout(code="YUYV", width=WIDTH, stride=WIDTH),
        RowLayout(code="YUYV", width=WIDTH + 2, stride=STRIDE),  # the size has changed since
    ],
)
def test_other_pictures_stay_as_they_are(rows) -> None:
    picture = gradient()

    assert without_padding(picture, rows) is picture


def test_padding_between_planes_is_refused_with_what_to_set() -> None:
    with pytest.raises(CameraMissingError, match=r"NV12; set \[camera\] width to a multiple of 64"):
        check_rows(RowLayout(code="NV12", width=WIDTH, stride=STRIDE), "webcam:0")

    check_rows(RowLayout(code="YUYV", width=WIDTH, stride=STRIDE), "webcam:0")
    check_rows(RowLayout(code="NV12", width=WIDTH, stride=WIDTH), "webcam:0")
    check_rows(None, "webcam:0")
