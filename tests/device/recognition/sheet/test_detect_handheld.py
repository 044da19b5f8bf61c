"""Sheet detection and hints for prints in simulated hands."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from device.imaging import decoding
from device.imaging.corners import rectangle_aspect, to_points
from device.imaging.frames import Pixels
from device.recognition.sheet import detect
from device.recognition.sheet.detect import Corner, Hint
from evaluation.simulate import distractor_scenes
from evaluation.simulate.conditions import Conditions, Level
from evaluation.simulate.handheld import HandheldCapture, capture, render

pytestmark = pytest.mark.slow

IMAGES = sorted((Path(__file__).parents[4] / "demo/collection/images").iterdir())
PAPER = (222, 214, 196)


@pytest.fixture(scope="module")
def prints() -> list[Pixels]:
    return [decoding.load(path) for path in IMAGES[::7]]


def corner_error(found: tuple[Corner, ...], true: tuple[Corner, ...]) -> float:
    """Return the largest error of a corner, as a share of the diagonal."""
    points, corners = to_points(found), to_points(true)
    gaps = np.linalg.norm(points[:, None] - corners[None], axis=-1).min(axis=0)
    return float(gaps.max() / np.linalg.norm(corners[0] - corners[2]))


def shown(print_: Pixels, seed: int = 1, **conditions: float) -> HandheldCapture:
    """Return a print held under a camera in these conditions, with good ones as defaults."""
    return render(print_, np.random.default_rng(seed), Conditions(**conditions))  # type: ignore[arg-type]


def on_paper(print_: Pixels, margin: int) -> Pixels:
    return cv2.copyMakeBorder(
        print_, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=PAPER
    )


@pytest.mark.parametrize("level", [Level.EASY, Level.NORMAL])
def test_most_held_prints_are_found_within_two_per_cent_of_the_diagonal(
    prints: list[Pixels], level: Level
) -> None:
    near = 0
    for number, print_ in enumerate(prints):
        seen = capture(print_, str(number), level=level, seed=7)
        found = detect.find_sheets(seen.pixels).sheets
        near += bool(found) and corner_error(found[0].corners, seen.corners) < 0.02
    assert near >= 0.9 * len(prints)


@pytest.mark.parametrize("margin", [0.03, 0.06, 0.1])
def test_the_sheet_is_the_paper_and_not_the_picture_on_it(
    prints: list[Pixels], margin: float
) -> None:
    near = 0
    for number, print_ in enumerate(prints):
        seen = shown(print_, number, margin=margin, paper=0.8, turn_deg=12.0, fill=0.8)
        found = detect.find_sheets(seen.pixels).sheets
        near += bool(found) and corner_error(found[0].corners, seen.corners) < margin / 3
    assert near >= 0.9 * len(prints)


def test_the_corners_of_a_bent_sheet_are_found(prints: list[Pixels]) -> None:
    near = 0
    for number, print_ in enumerate(prints):
        seen = shown(print_, number, curl=0.03, fill=0.8)
        found = detect.find_sheets(seen.pixels).sheets
        near += bool(found) and corner_error(found[0].corners, seen.corners) < 0.02
    assert near >= 0.85 * len(prints)


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (distractor_scenes.DistractorKind.NOTHING, 0),
        (distractor_scenes.DistractorKind.HAND, 0),
        (distractor_scenes.DistractorKind.FACE, 1),
    ],
)
def test_no_sheet_is_found_without_paper(kind: distractor_scenes.DistractorKind, most: int) -> None:
    found = [
        detect.find_sheets(distractor_scenes.scene_without_print(str(n), kind, level=Level.NORMAL))
        for n in range(8)
    ]
    bare = [finding for finding in found if not finding.sheets]
    assert len(found) - len(bare) <= most
    assert {finding.hint for finding in bare} <= {Hint.NOTHING_THERE, Hint.TOO_DARK}


def test_few_clean_scans_are_cropped(prints: list[Pixels]) -> None:
    cropped = 0
    for print_ in prints:
        found = detect.find_sheets(print_).sheets
        whole = print_.shape[0] * print_.shape[1]
        cropped += bool(found) and (
            cv2.contourArea(to_points(found[0].corners).astype(np.float32)) < 0.5 * whole
        )
    assert cropped <= 0.1 * len(prints)


def test_a_reflection_on_the_print_gets_the_hint_glare(prints: list[Pixels]) -> None:
    seen = shown(prints[0], margin=0.05, paper=1.0, stops=-0.6, fill=0.9)
    assert detect.find_sheets(seen.pixels).hint is None
    middle = to_points(seen.corners).mean(axis=0)
    glowing = cv2.ellipse(
        np.zeros_like(seen.pixels),
        (int(middle[0]), int(middle[1])),
        (130, 80),
        20.0,
        0.0,
        360.0,
        (255, 255, 255),
        -1,
    )
    lit = cv2.add(seen.pixels, cv2.GaussianBlur(glowing, (0, 0), 12))
    assert detect.find_sheets(lit).hint is Hint.GLARE


def test_white_paper_in_bright_light_is_not_glare(prints: list[Pixels]) -> None:
    for print_ in prints[:8]:
        seen = shown(print_, margin=0.05, stops=0.8)
        assert detect.find_sheets(seen.pixels).hint is not Hint.GLARE


def side_by_side(left: Pixels, right: Pixels) -> Pixels:
    frame = np.full((960, 1280, 3), (58, 74, 66), np.uint8)
    for print_, x in ((left, 60), (right, 680)):
        scale = min(540 / print_.shape[1], 820 / print_.shape[0])
        small = cv2.resize(print_, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        y = (960 - small.shape[0]) // 2
        frame[y : y + small.shape[0], x : x + small.shape[1]] = small
    return frame


def test_most_pairs_of_sheets_get_the_hint_two_sheets(prints: list[Pixels]) -> None:
    told = 0
    for print_ in prints:
        sheet = cv2.resize(on_paper(print_, 40), (540, 760), interpolation=cv2.INTER_AREA)
        finding = detect.find_sheets(side_by_side(sheet, sheet))
        told += len(finding.sheets) >= 2 and finding.hint is Hint.TWO_SHEETS
    assert told >= 0.85 * len(prints)


def test_most_sheets_cut_off_by_the_frame_get_the_hint_out_of_frame(prints: list[Pixels]) -> None:
    told = 0
    for print_ in prints:
        frame = np.full((960, 1280, 3), (58, 74, 66), np.uint8)
        sheet = cv2.resize(on_paper(print_, 40), (700, 700), interpolation=cv2.INTER_AREA)
        frame[130:830, 0:600] = sheet[:, 100:]
        finding = detect.find_sheets(frame)
        told += bool(finding.sheets) and finding.hint is Hint.OUT_OF_FRAME
    assert told >= 0.85 * len(prints)


def test_a_single_visible_edge_is_not_a_sheet(prints: list[Pixels]) -> None:
    page = cv2.resize(on_paper(prints[2], 300), (2600, 2600), interpolation=cv2.INTER_AREA)
    frame = np.full((960, 1280, 3), (58, 74, 66), np.uint8)
    frame[:, :1060] = page[820:1780, 1540:]
    assert detect.find_sheets(frame).sheets == ()


def test_a_dark_sheet_gets_the_hint_too_dark(prints: list[Pixels]) -> None:
    seen = shown(on_paper(prints[0], 40), fill=0.9)
    dark = (seen.pixels * 0.12).astype(np.uint8)
    assert detect.find_sheets(dark).hint is Hint.TOO_DARK


@pytest.mark.parametrize("tilt_deg", [0.0, 12.0, 24.0, 34.0])
@pytest.mark.parametrize("turn_deg", [0.0, 33.0])
def test_the_aspect_ratio_of_a_tilted_sheet_is_recovered(
    prints: list[Pixels], tilt_deg: float, turn_deg: float
) -> None:
    off = []
    for number, print_ in enumerate(prints):
        seen = shown(print_, number, tilt_deg=tilt_deg, turn_deg=turn_deg, fill=0.8)
        true = print_.shape[1] / print_.shape[0]
        off.append(abs(np.log(rectangle_aspect(to_points(seen.corners), 1280, 960) / true)))
    assert np.median(off) < 0.05
    assert max(off) < 0.2
