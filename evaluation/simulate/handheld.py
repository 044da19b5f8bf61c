"""Simulate a print held under a camera, with known corners and conditions.

The same print, seed, level and factors give the same bytes. `conditions` defines the factors and `levels` their
strength. The module knows nothing of fingerprints, bundles or collections.
"""

from collections.abc import Collection
from dataclasses import dataclass

import cv2
import numpy as np

from device.imaging.frames import Pixels
from device.recognition.sheet.detect import Corner
from evaluation.simulate.backgrounds_holdout import background
from evaluation.simulate.clutter import blended
from evaluation.simulate.conditions import Conditions, HandheldFactor, Level, Suite
from evaluation.simulate.geometry import Points, View, make_view, texture_maps
from evaluation.simulate.hands import draw_behind, draw_in_front, make_hands
from evaluation.simulate.levels import draw_conditions
from evaluation.simulate.lighting import light_field, lit, on_sensor, through_lens, with_glare
from evaluation.simulate.paper import sheet
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, Values, generator

_EDGE = 2  # transparent pixels around the sheet's texture make its edge smooth


@dataclass(frozen=True, slots=True, kw_only=True)
class HandheldCapture:
    """A simulated capture with its ground truth.

    Attributes:
        pixels: uint8 (960, 1280, 3), RGB; the frame.
        corners: The sheet's corners in the frame, clockwise from its own top left; some may lie outside.
        mirrored: Whether the print is mirrored.
        conditions: The conditions drawn for the capture.
    """

    pixels: Pixels
    corners: tuple[Corner, ...]
    mirrored: bool
    conditions: Conditions


def capture(
    pixels: Pixels,
    name: str,
    *,
    level: Level,
    seed: int = 2026,
    factors: Collection[HandheldFactor] | None = None,
    suite: Suite = Suite.OPEN,
    mirrored: bool = False,
) -> HandheldCapture:
    """Return a simulated capture of a print in a visitor's hands.

    Args:
        pixels: uint8 (H, W, 3), RGB; the print's picture.
        name: Name of the print, such as the record's id. With seed and level it seeds all randomness.
        level: Strength of the factors.
        seed: Selects one of the possible captures of this print.
        factors: The factors that are present; `None` for all of the suite.
        suite: The available backgrounds.
        mirrored: Whether to mirror the print.
    """
    present = suite.factors if factors is None else factors
    conditions = draw_conditions(
        generator(name, seed, level, "conditions"), level, present, suite.backgrounds
    )
    return render(pixels, generator(name, seed, level), conditions, mirrored=mirrored)


def render(
    pixels: Pixels, rng: np.random.Generator, conditions: Conditions, *, mirrored: bool = False
) -> HandheldCapture:
    """Return a simulated capture of a print under given conditions.

    Everything that the conditions leave open is drawn from `rng`.
    """
    # Each part has its own generator, so that one more factor leaves the others unchanged.
    parts = rng.spawn(8)
    paper = sheet(parts[0], pixels[:, ::-1] if mirrored else pixels, conditions)
    view = make_view(parts[1], (paper.shape[1], paper.shape[0]), conditions)
    corners = view.project(view.corners)
    hands = make_hands(parts[2], corners, conditions.thumbs, conditions.reach)
    scene = background(parts[3], conditions.background)
    scene = draw_behind(scene, parts[4], hands)
    scene = _with_sheet(scene, paper, view)
    scene = with_glare(scene, parts[5], corners, conditions)
    scene = draw_in_front(scene, parts[4], hands)
    scene = lit(scene, light_field(parts[6], conditions), conditions)
    scene = through_lens(scene, parts[7], conditions)
    return HandheldCapture(
        pixels=on_sensor(scene, parts[7], conditions),
        corners=tuple(Corner(x=float(x), y=float(y)) for x, y in corners),
        mirrored=mirrored,
        conditions=conditions,
    )


def _with_sheet(scene: Pixels, paper: Pixels, view: View) -> Pixels:
    """Return a scene with the sheet and its shadow."""
    corners = view.project(view.corners)
    scene = _with_contact_shadow(scene, corners)
    left, top, width, height = box = _box_of(corners, view)
    x, y = texture_maps(view, (paper.shape[1], paper.shape[0]), box)
    place = np.s_[top : top + height, left : left + width]
    over = cv2.remap(
        _bent_light(paper, view), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    weight = cv2.remap(_weights(paper), x + _EDGE, y + _EDGE, cv2.INTER_LINEAR)
    scene[place] = blended(np.ascontiguousarray(scene[place]), over, weight)
    return scene


def _weights(paper: Pixels) -> Pixels:
    inside = np.full(paper.shape[:2], 255, np.uint8)
    weights: Pixels = cv2.copyMakeBorder(inside, _EDGE, _EDGE, _EDGE, _EDGE, cv2.BORDER_CONSTANT)
    return weights


def _box_of(corners: Points, view: View) -> tuple[int, int, int, int]:
    """Return left, top, width and height of the sheet's area in the frame.

    Bent edges bulge, so points along the edges count as well as the corners.
    """
    width, height = view.size
    steps = np.linspace(-0.5, 0.5, 9)
    edges = [(side * width / 2, s * height) for s in steps for side in (-1, 1)]
    edges += [(s * width, side * height / 2) for s in steps for side in (-1, 1)]
    outline = np.vstack([corners, view.project(np.array(edges))])
    left, top = np.maximum(np.floor(outline.min(axis=0)) - 3, 0).astype(int)
    right, bottom = np.minimum(
        np.ceil(outline.max(axis=0)) + 3, (FRAME_WIDTH, FRAME_HEIGHT)
    ).astype(int)
    return int(left), int(top), int(right - left), int(bottom - top)


def _bent_light(paper: Pixels, view: View) -> Pixels:
    """Return the sheet's texture with the shading of its bend."""
    if not view.bend:
        return paper
    height, width = paper.shape[:2]
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, 48), np.linspace(-0.5, 0.5, 48))
    points = np.column_stack([x.ravel() * view.size[0], y.ravel() * view.size[1]])
    slope = view.slope(points).reshape(48, 48)
    shade: Values = np.clip(1 - 0.5 * np.abs(slope) + 0.35 * slope, 0.3, 1.2).astype(np.float32)
    levels = cv2.resize((shade * 200).astype(np.uint8), (width, height))
    product: Pixels = cv2.multiply(paper, cv2.merge([levels, levels, levels]), scale=1 / 200)
    return product


def _with_contact_shadow(scene: Pixels, corners: Points) -> Pixels:
    small = np.zeros((FRAME_HEIGHT // 4, FRAME_WIDTH // 4), np.uint8)
    for shift, depth in (((2, 3), 90), ((1, 1), 150)):
        outline = np.rint((corners / 4 + shift) * 16).astype(np.int32)
        layer = np.zeros_like(small)
        cv2.fillConvexPoly(layer, outline, depth, cv2.LINE_AA, 4)
        small = np.maximum(small, cv2.GaussianBlur(layer, (0, 0), 1 + 2.5 * (depth < 100)))
    weight = cv2.resize(small, (FRAME_WIDTH, FRAME_HEIGHT))
    return blended(scene, np.zeros_like(scene), weight)
