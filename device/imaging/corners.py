"""Geometry of four corners: order, area, transforms, and the rectangle's aspect ratio.

Knows nothing of pixels.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

# Focal length over the frame's longer side: the default, and the range. A Pi's camera module, a webcam and a phone see 60 to
# 75 degrees along the long side.
_FOCAL = 0.8
_FOCALS = (0.55, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A corner in frame pixels; (0, 0) is the outer corner of the top left pixel."""

    x: float
    y: float


def to_corners(points: Points) -> tuple[Corner, ...]:
    """Return four points as corners, clockwise from the one nearest the top left.

    Args:
        points: float64 (4, 2), x and y, in order around the sheet in either direction.
    """
    ordered = clockwise(points)
    return tuple(Corner(x=float(x), y=float(y)) for x, y in ordered)


def to_points(corners: Sequence[Corner]) -> Points:
    """Return corners as float64 (4, 2), x and y."""
    return np.array([(corner.x, corner.y) for corner in corners], dtype=np.float64)


def clockwise(points: Points) -> Points:
    """Order points clockwise on the screen, starting with the one nearest the top left."""
    ordered = points if signed_area(points) > 0 else points[::-1]
    first = int(np.argmin(ordered.sum(axis=1)))
    return np.roll(ordered, -first, axis=0)


def transform_points(points: Points, matrix: npt.NDArray[np.float64]) -> Points:
    """Apply a projective transform (3, 3) to points (N, 2)."""
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def signed_area(points: Points) -> float:
    """Return a polygon's area in square pixels, above 0 if its points go clockwise on screen."""
    following = np.roll(points, -1, axis=0)
    return float((points[:, 0] * following[:, 1] - following[:, 0] * points[:, 1]).sum()) / 2.0


def rectangle_aspect(points: Points, width: int, height: int) -> float:
    """Return width over height of the real rectangle that four points show in perspective.

    If the tilt is strong enough, two vanishing points give the focal length (Zhang and He, "Whiteboard scanning", 2007).
    It is clipped to the range of real cameras.

    Args:
        points: float64 (4, 2), clockwise; the width is between the first two.
        width: Of the frame in pixels. The optical axis is assumed to pass through the frame's centre.
        height: Of the frame in pixels.
    """
    side = float(max(width, height))
    centred = (points - (width / 2.0, height / 2.0)) / side
    m1, m2, m4, m3 = np.column_stack([centred, np.ones(4)])
    k2 = _ratio(np.cross(m1, m4) @ m3, np.cross(m2, m4) @ m3)
    k3 = _ratio(np.cross(m1, m4) @ m2, np.cross(m3, m4) @ m2)
    along, down = k2 * m2 - m1, k3 * m3 - m1
    focal2 = _focal_squared(along, down)
    return math.sqrt(_length2(along, focal2) / max(_length2(down, focal2), 1e-12))


def _focal_squared(along: Points, down: Points) -> float:
    depth = along[2] * down[2]
    if abs(depth) < 1e-3:
        return _FOCAL**2
    found = -(along[0] * down[0] + along[1] * down[1]) / depth
    return float(min(max(found, _FOCALS[0] ** 2), _FOCALS[1] ** 2))


def _length2(direction: Points, focal2: float) -> float:
    return float(direction[0] ** 2 + direction[1] ** 2) / focal2 + float(direction[2] ** 2)


def _ratio(above: float, below: float) -> float:
    return float(above / below) if abs(below) > 1e-12 else 1.0
