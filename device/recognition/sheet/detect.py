"""Detect sheets of paper in a frame, and choose a hint for the visitor.

The frame is reduced, its straight edges are found, and quad candidates made of four edges are scored. The best ones are
refined to the edges (docs/decisions.md, 17). Knows nothing of the collection or of the picture on the sheet.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import cv2
import numpy as np

from device.imaging.corners import Corner, to_corners
from device.imaging.frames import Pixels
from device.recognition.sheet.line_segments import Floats, find_lines
from device.recognition.sheet.quad_candidates import Quads, find_quads
from device.recognition.sheet.refine_edges import refine

__all__ = ["Corner", "Detection", "Hint", "Sheet", "find_sheets"]

MAX_SHEETS = 3
# Longest side in pixels of the reduced frame: half the frame's, within these limits. Reducing hides noise.
_SIDES = (320, 480)
_LEAST_SIDE = 24
_LEAST_QUALITY = 0.9
_SAME_DISTANCE = 0.03  # of the diagonal; candidates whose corners are nearer are the same sheet
_DARK_LEVEL = 45  # lightness, 0..255, of a frame's lightest parts
_LEAST_AREA = 0.18  # of the frame; a smaller sheet is too far away
_FULL_FRAME_AREA = (
    0.98  # of the frame; from here on the sheet is the whole frame, and not too close
)
# Lightness, 0..255. From the first level on, nothing of the print is left. If most of the paper is lighter than the second
# level, the sheet is overexposed as a whole, so that a reflection can't be told from it.
_SATURATED, _PAPER_LEVEL = 250, 220
_GLARE_SHARE = 0.01  # of the sheet


class Hint(StrEnum):
    """What the visitor could do better; one hint at a time."""

    TOO_FAR = "too_far"
    TOO_CLOSE = "too_close"
    OUT_OF_FRAME = "out_of_frame"
    TOO_DARK = "too_dark"
    GLARE = "glare"
    MOVING = "moving"
    TWO_SHEETS = "two_sheets"
    NOTHING_THERE = "nothing_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of paper in the frame.

    Attributes:
        corners: Four corners, clockwise, from the one nearest the frame's top left.
        confidence: 0..1, share of its outline that is supported by edges in the picture.
    """

    corners: tuple[Corner, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """The sheets in one frame, and a hint.

    Attributes:
        sheets: Best first, at most three, each in a clearly different place.
        hint: The most useful hint; `None` if the best sheet needs none.
    """

    sheets: tuple[Sheet, ...]
    hint: Hint | None


def find_sheets(pixels: Pixels) -> Detection:
    """Detect the sheets in a frame.

    Args:
        pixels: uint8 (H, W, 3), RGB, the upright frame, of any size.
    """
    reduced, scale = _reduce(pixels)
    if min(reduced.shape[:2]) < _LEAST_SIDE:
        return Detection(sheets=(), hint=Hint.NOTHING_THERE)
    lab = cv2.cvtColor(reduced, cv2.COLOR_RGB2LAB)
    closed = cv2.morphologyEx(lab, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(np.uint8)
    quads = find_quads(find_lines(closed), closed.shape)
    chosen = _suppress_similar(quads, closed.shape)
    refined = refine(closed, quads.points[chosen])
    sheets = tuple(
        _sheet(points, float(quads.support[i].mean()), reduced.shape, scale)
        for i, points in zip(chosen, refined, strict=True)
    )
    return Detection(sheets=sheets, hint=_choose_hint(lab, [quads.points[i] for i in chosen]))


def _reduce(pixels: Pixels) -> tuple[Pixels, float]:
    """Return the reduced frame and its scale."""
    longest = max(pixels.shape[:2])
    scale = min(min(max(longest / 2.0, _SIDES[0]), _SIDES[1]) / longest, 1.0)
    size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
    reduced = pixels
    # Halving first is exact, and several times as fast as averaging fractions of pixels.
    while min(reduced.shape[0] / size[1], reduced.shape[1] / size[0]) >= 2:
        half = (reduced.shape[1] // 2, reduced.shape[0] // 2)
        reduced = np.asarray(
            cv2.resize(reduced, half, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    reduced = np.asarray(cv2.resize(reduced, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return reduced, scale


def _suppress_similar(quads: Quads, shape: tuple[int, ...]) -> list[int]:
    """Return the best candidates, skipping any near a better one (non-maximum suppression)."""
    points = quads.points
    near = _SAME_DISTANCE * float(np.hypot(shape[0], shape[1]))
    chosen: list[int] = []
    for i in np.nonzero(quads.quality >= _LEAST_QUALITY)[0].tolist():
        if len(chosen) == MAX_SHEETS:
            break
        if all(_corner_distance(points[i], points[j]) > near for j in chosen):
            chosen.append(i)
    return chosen


def _corner_distance(one: Floats, other: Floats) -> float:
    """Return the largest distance of a corner of one quad to the nearest corner of the other."""
    gaps = np.linalg.norm(one[:, None] - other[None], axis=-1)
    return float(gaps.min(axis=1).max())


def _sheet(points: Floats, support: float, shape: tuple[int, ...], scale: float) -> Sheet:
    middle = np.array([shape[1], shape[0]]) / 2.0
    return Sheet(
        corners=to_corners((points.astype(np.float64) + middle) / scale),
        confidence=min(max(support, 0.0), 1.0),
    )


def _choose_hint(lab: Pixels, quads: list[Floats]) -> Hint | None:
    """Return the most useful hint for the best quad, or `None`."""
    height, width = lab.shape[:2]
    if not quads:
        return Hint.TOO_DARK if np.percentile(lab[..., 0], 95) < _DARK_LEVEL else Hint.NOTHING_THERE
    points = quads[0]
    half = np.array([width, height]) / 2.0
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.round(points + half).astype(np.int32), 255)
    area = float(cv2.contourArea(points)) / (height * width)
    inside = lab[..., 0][mask > 0]
    corners_outside = int((np.abs(points) > half - 1.5).any(axis=1).sum())
    checks = (
        (Hint.TOO_DARK, np.percentile(inside, 95) < _DARK_LEVEL),
        (Hint.TOO_FAR, area < _LEAST_AREA),
        (Hint.TOO_CLOSE, corners_outside >= 3 and area < _FULL_FRAME_AREA),
        (Hint.OUT_OF_FRAME, corners_outside in (1, 2)),
        (Hint.TWO_SHEETS, any(_are_separate(*pair) for pair in combinations(quads, 2))),
        (Hint.GLARE, _has_glare(lab[..., 0], mask, inside)),
    )
    return next((hint for hint, found in checks if found), None)


def _are_separate(one: Floats, other: Floats) -> bool:
    """Return whether two quads of similar size don't overlap."""
    areas = sorted((float(cv2.contourArea(one)), float(cv2.contourArea(other))))
    shared, _ = cv2.intersectConvexConvex(one, other)
    return shared < 0.1 * areas[0] and areas[0] > 0.5 * areas[1]


def _has_glare(light: Pixels, mask: Pixels, inside: Pixels) -> bool:
    """Return whether a reflection saturates a patch of an otherwise well exposed sheet."""
    least = _GLARE_SHARE * len(inside)
    if (inside >= _SATURATED).sum() < least or np.percentile(inside, 75) > _PAPER_LEVEL:
        return False
    saturated = ((light >= _SATURATED) & (mask > 0)).astype(np.uint8)
    _, _, patches, _ = cv2.connectedComponentsWithStats(saturated)
    return bool(patches[1:, cv2.CC_STAT_AREA].max(initial=0) >= least)
