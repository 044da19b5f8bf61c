"""Sheet detection: known corners are found, empty frames have no sheet, and hints fit."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from device.imaging import decoding
from device.imaging.corners import to_points
from device.imaging.frames import Pixels
from device.imaging.rectify import rectify
from device.recognition.sheet import detect
from device.recognition.sheet.detect import Hint
from device.recognition.sheet.inner_picture import find_inner_picture

IMAGES = Path(__file__).parents[4] / "demo/collection/images"
FELT = (40, 90, 60)
PALE = (205, 205, 215)
PAPER = (244, 240, 226)


@pytest.fixture(scope="module")
def print_on_paper() -> Pixels:
    """Return a real print with a paper margin."""
    pixels = decoding.load(sorted(IMAGES.iterdir())[0])
    return cv2.copyMakeBorder(pixels, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=PAPER)


def laid(print_: Pixels, corners: np.ndarray, background: tuple[int, int, int]) -> Pixels:
    """Return a 640x480 frame with the print's corners at the given points."""
    height, width = print_.shape[:2]
    own = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    turn = cv2.getPerspectiveTransform(own, corners.astype(np.float32))
    frame = np.full((480, 640, 3), background, np.float32)
    frame += np.random.default_rng(1).normal(0, 3, frame.shape)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), turn, (640, 480))
    flat = cv2.warpPerspective(print_.astype(np.float32), turn, (640, 480), flags=cv2.INTER_AREA)
    mixed = frame * (1 - mask[..., None]) + flat * mask[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8)


def rotated(print_: Pixels, degrees: float, size: float = 340.0) -> np.ndarray:
    """Return the corners of a rotated print in the middle of the frame."""
    height, width = np.array(print_.shape[:2]) * size / max(print_.shape[:2])
    return cv2.boxPoints(((320, 240), (width, height), degrees))


def corner_error(found: tuple[detect.Corner, ...], true: np.ndarray) -> float:
    """Return the largest error of a true corner, as a share of the diagonal."""
    gaps = np.linalg.norm(to_points(found)[:, None] - true[None], axis=-1).min(axis=0)
    return float(gaps.max() / np.linalg.norm(true[0] - true[2]))


LAID = [
    (background, degrees)
    for background in (FELT, PALE, (25, 25, 25), (150, 110, 70))
    for degrees in (0, 17, 45, 88, 133)
]


@pytest.mark.parametrize(("background", "degrees"), [laid for laid in LAID if laid != (PALE, 0)])
def test_a_sheet_is_found_at_any_rotation(
    print_on_paper: Pixels, background: tuple[int, int, int], degrees: int
) -> None:
    corners = rotated(print_on_paper, degrees)
    finding = detect.find_sheets(laid(print_on_paper, corners, background))
    assert corner_error(finding.sheets[0].corners, corners) < 0.02
    assert finding.hint is None


def test_pale_paper_on_pale_cloth_is_among_the_candidates(print_on_paper: Pixels) -> None:
    """The picture's border has stronger edges there, and also leads to the print."""
    corners = rotated(print_on_paper, 0)
    finding = detect.find_sheets(laid(print_on_paper, corners, PALE))
    assert min(corner_error(found.corners, corners) for found in finding.sheets) < 0.03


def test_a_finger_over_an_edge_does_not_move_the_corners(print_on_paper: Pixels) -> None:
    corners = rotated(print_on_paper, 10)
    frame = laid(print_on_paper, corners, FELT)
    cv2.line(frame, (320, 475), (330, 370), (200, 150, 120), 28)
    assert corner_error(detect.find_sheets(frame).sheets[0].corners, corners) < 0.02


def test_a_tilted_sheet_is_found_and_rectified_to_its_own_shape(print_on_paper: Pixels) -> None:
    corners = np.array([(170, 90), (470, 70), (520, 420), (130, 400)])
    finding = detect.find_sheets(laid(print_on_paper, corners, FELT))
    assert corner_error(finding.sheets[0].corners, corners) < 0.02


def test_corners_go_clockwise_from_the_top_left(print_on_paper: Pixels) -> None:
    frame = laid(print_on_paper, rotated(print_on_paper, 30), FELT)
    points = to_points(detect.find_sheets(frame).sheets[0].corners)
    assert cv2.contourArea(points.astype(np.float32), oriented=True) > 0
    assert np.argmin(points.sum(axis=1)) == 0


def test_a_rectified_sheet_keeps_its_aspect_ratio(print_on_paper: Pixels) -> None:
    corners = rotated(print_on_paper, 20)
    found = detect.find_sheets(laid(print_on_paper, corners, FELT)).sheets[0].corners
    flat = rectify(laid(print_on_paper, corners, FELT), found, side=300)
    shape = sorted(print_on_paper.shape[:2])
    assert max(flat.shape[:2]) == 300
    assert min(flat.shape[:2]) / 300 == pytest.approx(shape[0] / shape[1], rel=0.05)


def test_detection_is_deterministic(print_on_paper: Pixels) -> None:
    frame = laid(print_on_paper, rotated(print_on_paper, 64), PALE)
    assert detect.find_sheets(frame) == detect.find_sheets(frame)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("shape", [(16, 16, 3), (480, 640, 3), (30, 1600, 3), (1, 1, 3)])
def test_nothing_is_found_in_a_uniform_frame(level: int, shape: tuple[int, ...]) -> None:
    finding = detect.find_sheets(np.full(shape, level, np.uint8))
    assert finding.sheets == ()
    assert finding.hint in (Hint.NOTHING_THERE, Hint.TOO_DARK)


def test_nothing_is_found_in_noise() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    assert detect.find_sheets(noise).sheets == ()


def test_a_small_sheet_gets_the_hint_too_far(print_on_paper: Pixels) -> None:
    frame = laid(print_on_paper, rotated(print_on_paper, 5, 190), FELT)
    assert detect.find_sheets(frame).hint is Hint.TOO_FAR


def test_the_inner_picture_of_a_wide_margin_is_found() -> None:
    page = np.full((400, 300, 3), 240, np.uint8)
    page[80:320, 60:240] = np.random.default_rng(2).integers(0, 160, (240, 180, 3), dtype=np.uint8)
    inside = find_inner_picture(page)
    assert inside is not None
    assert np.abs(to_points(inside) - [(60, 80), (240, 80), (240, 320), (60, 320)]).max() <= 3


def test_an_empty_page_has_no_inner_picture() -> None:
    assert find_inner_picture(np.full((400, 300, 3), 240, np.uint8)) is None
