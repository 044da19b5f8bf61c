"""Draw hands that hold a sheet: forearm, palm and fingers behind it, a thumb on it.

A hand is a set of tapered tubes whose heights are joined into one surface, which is then lit. A quarter of the frame's
size is enough, because only the outline is sharp.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.frames import Pixels
from evaluation.simulate.backgrounds import Colour, one_of
from evaluation.simulate.clutter import blended
from evaluation.simulate.geometry import Points
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, Values, between, smooth_noise

_SCALE = 4
_SMALL = (FRAME_WIDTH // _SCALE, FRAME_HEIGHT // _SCALE)
_SKINS: tuple[Colour, ...] = (
    (248, 214, 190),
    (236, 190, 160),
    (216, 164, 128),
    (182, 128, 92),
    (138, 92, 64),
    (96, 62, 44),
    (66, 44, 34),
)
_SLEEVES: tuple[Colour, ...] = ((40, 44, 60), (150, 148, 144), (92, 34, 40), (224, 222, 216))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A tapered tube with round ends: float64 (2,) points and radii in pixels of the frame."""

    start: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    start_radius: float
    end_radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One hand at a sheet's edge.

    Attributes:
        behind: Tubes that the sheet covers.
        before: Tubes that cover the sheet: the thumb.
        sleeve: The part of the arm in a sleeve; `None` for a bare arm.
        nail: Centre of the thumb's nail and its direction, float64 (2,) each.
        width: Width of the thumb in pixels.
    """

    behind: tuple[Tube, ...]
    before: tuple[Tube, ...]
    sleeve: Tube | None
    nail: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
    width: float
    skin: Colour
    cloth: Colour


def make_hands(
    rng: np.random.Generator, corners: Points, count: int, reach: float
) -> tuple[Hand, ...]:
    """Return hands that hold a sheet by its edges.

    Args:
        rng: Source of randomness.
        corners: float64 (4, 2); the sheet's corners, clockwise, in pixels of the frame.
        count: Number of hands.
        reach: Distance that the thumbs reach over the sheet, as a share of its longest side.
    """
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    skin, cloth = one_of(rng, _SKINS), one_of(rng, _SLEEVES)
    width = float(sides.max()) * between(rng, 0.055, 0.085)
    first = int(rng.integers(4))
    edges = [(first + step) % 4 for step in (0, 2, 1, 3)][:count]
    return tuple(
        _hand(rng, corners, edge, width, reach * sides.max(), skin, cloth) for edge in edges
    )


def _hand(
    rng: np.random.Generator,
    corners: Points,
    edge: int,
    width: float,
    reach: float,
    skin: Colour,
    cloth: Colour,
) -> Hand:
    """Return one hand at one edge of a sheet, in its middle or near a corner."""
    start, end = corners[edge], corners[(edge + 1) % 4]
    along = (end - start) / np.linalg.norm(end - start)
    inward = np.array([-along[1], along[0]])  # the corners are clockwise and y points down
    grip = start + (end - start) * between(rng, 0.15, 0.85)
    lean = between(rng, -0.6, 0.6)
    points = inward * np.cos(lean) + along * np.sin(lean)
    tip = grip + points * max(reach - width / 2, 0.0)
    joint = tip - points * width * between(rng, 1.5, 1.9) + along * between(rng, -0.2, 0.2) * width
    root = joint - (points * 0.9 + along * np.sign(lean) * -0.5) * width * 2
    palm = root - inward * width * 1.2
    wrist = palm - inward * width * 3 + along * between(rng, -2, 2) * width
    elbow = palm + (wrist - palm) * 6
    fingers = tuple(
        _tube(
            palm + along * offset * width,
            grip + along * (offset * 1.05) * width + inward * width * between(rng, 0.6, 2.0),
            width * 0.58,
            width * 0.44,
        )
        for offset in (-1.7, -0.75, 0.2, 1.1)
    )
    arm = (
        _tube(root, palm, width * 0.95, width * 1.5),
        _tube(palm, wrist, width * 1.7, width * 1.15),
    )
    return Hand(
        behind=(*fingers, *arm, _tube(wrist, elbow, width * 1.15, width * 1.7)),
        before=(
            _tube(root, joint, width * 0.66, width * 0.5),
            _tube(joint, tip, width * 0.52, width * 0.4),
        ),
        sleeve=_tube(wrist, elbow, width * 1.5, width * 2.0) if rng.random() < 0.6 else None,
        nail=(tip + points * width * 0.02, points),
        width=width,
        skin=skin,
        cloth=cloth,
    )


def draw_behind(pixels: Pixels, rng: np.random.Generator, hands: tuple[Hand, ...]) -> Pixels:
    """Return a frame with the parts of the hands that the sheet will cover."""
    for hand in hands:
        pixels = _drawn(pixels, rng, hand.behind, hand.skin)
        if hand.sleeve is not None:
            pixels = _drawn(pixels, rng, (hand.sleeve,), hand.cloth)
    return pixels


def draw_in_front(pixels: Pixels, rng: np.random.Generator, hands: tuple[Hand, ...]) -> Pixels:
    """Return a frame with the hands' thumbs, their shadows and their nails."""
    for hand in hands:
        pixels = _with_shadow(pixels, hand.before)
        pixels = _drawn(pixels, rng, hand.before, hand.skin)
        pixels = _with_nail(pixels, hand)
    return pixels


def _tube(
    start: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    start_radius: float,
    end_radius: float,
) -> Tube:
    return Tube(start=start, end=end, start_radius=start_radius, end_radius=end_radius)


def _drawn(
    pixels: Pixels, rng: np.random.Generator, tubes: tuple[Tube, ...], colour: Colour
) -> Pixels:
    found = _box(tubes)
    if found is None:
        return pixels
    left, top, width, height = found
    surface = _surface(tubes, found)
    lit = _lit(surface) + smooth_noise(rng, (width, height), max(2, width / 5), octaves=2) * 0.05
    place = np.s_[top * _SCALE : (top + height) * _SCALE, left * _SCALE : (left + width) * _SCALE]
    size = (width * _SCALE, height * _SCALE)
    edge = cv2.resize(surface, size, interpolation=cv2.INTER_CUBIC)
    weight = np.clip(edge * 40 + 100, 0, 255).astype(np.uint8)
    light = cv2.resize(lit.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    # Light scatters through skin, so its shadows are redder.
    powers = (0.75, 1.0, 1.12)
    steps = np.linspace(0, 1.25, 256)
    table = np.stack(
        [np.clip(c * steps**p, 0, 255) for c, p in zip(colour, powers, strict=True)], -1
    )
    index = np.clip(light * (255 / 1.25), 0, 255).astype(np.uint8)
    over = cv2.LUT(cv2.merge([index, index, index]), table.astype(np.uint8)[np.newaxis])
    drawn = pixels.copy()
    drawn[place] = blended(np.ascontiguousarray(pixels[place]), over, weight)
    return drawn


def _box(tubes: tuple[Tube, ...]) -> tuple[int, int, int, int] | None:
    """Return left, top, width and height of the tubes' area, at quarter size, or None."""
    low = np.min([np.minimum(t.start, t.end) - max(t.start_radius, t.end_radius) for t in tubes], 0)
    high = np.max(
        [np.maximum(t.start, t.end) + max(t.start_radius, t.end_radius) for t in tubes], 0
    )
    left, top = (max(0, int(value // _SCALE) - 2) for value in low)
    right, bottom = (
        min(most, int(value // _SCALE) + 3) for value, most in zip(high, _SMALL, strict=True)
    )
    return (
        (left, top, right - left, bottom - top) if right - left > 2 and bottom - top > 2 else None
    )


def _surface(tubes: tuple[Tube, ...], box: tuple[int, int, int, int]) -> Values:
    """Return the height of tubes above the frame's plane at quarter size; negative outside."""
    left, top, width, height = box
    x = ((np.arange(width, dtype=np.float32) + left + 0.5) * _SCALE)[np.newaxis, :]
    y = ((np.arange(height, dtype=np.float32) + top + 0.5) * _SCALE)[:, np.newaxis]
    surface = np.full((height, width), -1e3, np.float32)
    for tube in tubes:
        across = (tube.end - tube.start).astype(np.float32)
        along = (x - np.float32(tube.start[0])) * across[0] + (
            y - np.float32(tube.start[1])
        ) * across[1]
        share = np.clip(along / max(float(across @ across), 1e-6), 0, 1)
        radius = np.float32(tube.start_radius) + share * np.float32(
            tube.end_radius - tube.start_radius
        )
        away_x = x - np.float32(tube.start[0]) - share * across[0]
        away_y = y - np.float32(tube.start[1]) - share * across[1]
        square = radius**2 - away_x**2 - away_y**2
        height_here = np.where(square > 0, np.sqrt(np.maximum(square, 0)), square / (2 * radius))
        surface = np.maximum(surface, height_here.astype(np.float32))
    return np.maximum(surface, -20)


def _lit(surface: Values) -> Values:
    """Return the brightness of a surface under a lamp from the upper left, about 1 facing it."""
    smooth = cv2.GaussianBlur(np.maximum(surface, 0), (0, 0), 2.0)
    down, across = np.gradient(smooth, _SCALE)
    facing = (1 + 0.35 * across + 0.45 * down) / np.sqrt(1 + across**2 + down**2)
    lit: Values = (0.42 + 0.58 * np.clip(facing, 0, 1.2)).astype(np.float32)
    return lit


def _with_shadow(pixels: Pixels, tubes: tuple[Tube, ...]) -> Pixels:
    """Return a frame with the soft shadow of tubes to the lower right."""
    weight = np.zeros((_SMALL[1], _SMALL[0]), np.uint8)
    found = _box(tubes)
    if found is None:
        return pixels
    left, top, width, height = found
    weight[top : top + height, left : left + width] = (_surface(tubes, found) > -4) * np.uint8(150)
    shift = np.array([(1, 0, 3), (0, 1, 4)], np.float32)
    soft = cv2.GaussianBlur(cv2.warpAffine(weight, shift, _SMALL), (0, 0), 2.2)
    large = cv2.resize(soft, (pixels.shape[1], pixels.shape[0]))
    return blended(pixels, np.zeros_like(pixels), large)


def _with_nail(pixels: Pixels, hand: Hand) -> Pixels:
    middle, direction = hand.nail
    angle = float(np.degrees(np.arctan2(direction[1], direction[0])))
    axes = (max(1, round(hand.width * 0.3)), max(1, round(hand.width * 0.24)))
    weight = np.zeros(pixels.shape[:2], np.uint8)
    x, y = (round(float(v)) for v in middle)
    half = 2 * axes[0] + 4
    place = np.s_[max(0, y - half) : max(0, y + half), max(0, x - half) : max(0, x + half)]
    if not weight[place].size:
        return pixels
    cv2.ellipse(weight, (x, y), axes, angle, 0, 360, 150, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(weight[place], (0, 0), 1.2)
    tone = tuple(
        min(255, round(part * 0.9 + extra))
        for part, extra in zip(hand.skin, (40, 24, 26), strict=True)
    )
    patch = np.ascontiguousarray(pixels[place])
    pixels = pixels.copy()
    pixels[place] = blended(patch, np.full_like(patch, tone), soft)
    return pixels
