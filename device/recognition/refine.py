"""An outline drawn to the edges that the picture shows beside it, as fingers and curl leave them. Proposes none."""

import numpy as np

from device.recognition.lines import Floats, Lab

_PLACES = 40
_REACH = 9  # pixels to either side of where an edge was thought to be
_ROUNDS = 6


def refined(lab: Lab, points: Floats) -> Floats:
    """Give the outline with each side fitted to the edge near it.

    Args:
        lab: uint8 (H, W, 3), Lab.
        points: float32 (4, 2), around the outline, counted from the picture's middle.
    """
    lines = [_fitted(lab, points[i], points[(i + 1) % 4]) for i in range(4)]
    corners = [_crossing(lines[i - 1], lines[i], points[i]) for i in range(4)]
    return np.array(corners, dtype=np.float32)


def _fitted(lab: Lab, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Two points of the side as the picture shows it."""
    along = np.linspace(0.03, 0.97, _PLACES, dtype=np.float32)
    direction = (end - start) / max(float(np.linalg.norm(end - start)), 1e-3)
    normal = np.array([-direction[1], direction[0]], np.float32)
    offsets = np.arange(-_REACH - 2, _REACH + 3, dtype=np.float32)
    at = (start + along[:, None] * (end - start))[:, None] + offsets[:, None] * normal
    strength = _steps(_colours(lab, at))
    found = np.argmax(strength, axis=1) - _REACH
    weight = strength.max(axis=1)
    shift, slope = _line(along - 0.5, found.astype(np.float32), weight)
    return (
        start + (shift - 0.5 * slope) * normal,
        end + (shift + 0.5 * slope) * normal,
    )


def _colours(lab: Lab, at: Floats) -> Floats:
    height, width = lab.shape[:2]
    x = np.floor(at[..., 0] + width / 2.0).astype(np.intp).clip(0, width - 1)
    y = np.floor(at[..., 1] + height / 2.0).astype(np.intp).clip(0, height - 1)
    return np.asarray(
        lab[y, x].astype(np.float32) * np.array([1.0, 2.0, 2.0], np.float32), dtype=np.float32
    )


def _steps(colours: Floats) -> Floats:
    """How strong a step of the side's own kind there is, by place and offset."""
    step = colours[:, 3:-1] + colours[:, 4:] - colours[:, :-4] - colours[:, 1:-3]
    middle = step[:, _REACH - 3 : _REACH + 4].mean(axis=(0, 1))
    kind = middle / max(float(np.linalg.norm(middle)), 1e-3)
    away = np.arange(step.shape[1], dtype=np.float32) - _REACH
    return np.asarray(
        np.maximum(step @ kind, 0.0) * np.exp(-((away / _REACH) ** 2)), dtype=np.float32
    )


def _line(along: Floats, found: Floats, weight: Floats) -> tuple[float, float]:
    """A straight line through the edge's places, those off it counting less in each round."""
    trust = np.minimum(weight, np.median(weight)) + 1e-3
    scale, shift, slope = 6.0, 0.0, 0.0
    for _ in range(_ROUNDS):
        near = trust * np.maximum(1.0 - ((found - shift - slope * along) / scale) ** 2, 0.0) ** 2
        total = float(near.sum())
        if total < 1e-2:
            break
        x, y = float(near @ along) / total, float(near @ found) / total
        spread = float(near @ (along - x) ** 2)
        slope = float(near @ ((along - x) * (found - y))) / max(spread, 1e-3 * total)
        shift, scale = y - slope * x, max(scale * 0.75, 2.0)
    return shift, slope


def _crossing(
    one: tuple[Floats, Floats], other: tuple[Floats, Floats], otherwise: Floats
) -> Floats:
    (a, b), (c, d) = one, other
    first, second = b - a, d - c
    det = float(first[0] * second[1] - first[1] * second[0])
    if abs(det) < 1e-3:
        return otherwise
    along = float((c - a)[0] * second[1] - (c - a)[1] * second[0]) / det
    return np.asarray(a + along * first, dtype=np.float32)
