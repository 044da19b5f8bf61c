"""Outlines drawn to the edges that the picture shows beside them, as fingers and curl leave them. Proposes none."""

import numpy as np

from device.recognition.lines import Floats, Lab

_PLACES = 40
_REACH = 9  # pixels to either side of where an edge was thought to be
_ROUNDS = 6


def refined(lab: Lab, points: Floats) -> Floats:
    """Give outlines with each side fitted to the edge near it.

    Args:
        lab: uint8 (H, W, 3), Lab.
        points: float32 (N, 4, 2), around each outline, counted from the picture's middle.

    Returns:
        float32 (N, 4, 2), in the same order.
    """
    start, end = points.reshape(-1, 2), np.roll(points, -1, axis=1).reshape(-1, 2)
    start, end = _fitted(lab, start, end)
    starts, ends = start.reshape(points.shape), end.reshape(points.shape)
    before = np.roll(starts, 1, axis=1), np.roll(ends, 1, axis=1)
    return _crossing(before, (starts, ends), points)


def _fitted(lab: Lab, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Two points of each side (M, 2) as the picture shows it."""
    along = np.linspace(0.03, 0.97, _PLACES, dtype=np.float32)
    length = np.maximum(np.linalg.norm(end - start, axis=1, keepdims=True), 1e-3)
    normal = ((end - start) / length)[:, ::-1] * np.array([-1.0, 1.0], np.float32)
    offsets = np.arange(-_REACH - 2, _REACH + 3, dtype=np.float32)
    places = start[:, None] + along[:, None] * (end - start)[:, None]
    at = places[:, :, None] + offsets[:, None] * normal[:, None, None]
    strength = _steps(_colours(lab, at))
    found = np.argmax(strength, axis=2).astype(np.float32) - _REACH
    shift, slope = _line(along - np.float32(0.5), found, strength.max(axis=2))
    return start + (shift - 0.5 * slope) * normal, end + (shift + 0.5 * slope) * normal


def _colours(lab: Lab, at: Floats) -> Floats:
    height, width = lab.shape[:2]
    x = np.floor(at[..., 0] + np.float32(width / 2.0)).astype(np.intp).clip(0, width - 1)
    y = np.floor(at[..., 1] + np.float32(height / 2.0)).astype(np.intp).clip(0, height - 1)
    colours = lab.reshape(-1, 3).take(y * width + x, axis=0)
    return np.asarray(colours * np.array([1.0, 2.0, 2.0], np.float32), dtype=np.float32)


def _steps(colours: Floats) -> Floats:
    """How strong a step of the side's own kind there is, by side, place and offset."""
    step = colours[:, :, 3:-1] + colours[:, :, 4:] - colours[:, :, :-4] - colours[:, :, 1:-3]
    middle = step[:, :, _REACH - 3 : _REACH + 4].mean(axis=(1, 2))
    kind = middle / np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-3)
    away = np.arange(step.shape[2], dtype=np.float32) - _REACH
    strength = (step @ kind[:, None, :, None])[..., 0]
    return np.asarray(np.maximum(strength, 0.0) * np.exp(-((away / _REACH) ** 2)), np.float32)


def _line(along: Floats, found: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Straight lines (M, 1) through the edges' places (M, T), those off them counting less in each round."""
    trust = np.minimum(weight, np.median(weight, axis=1, keepdims=True)) + np.float32(1e-3)
    shift = slope = np.zeros((len(found), 1), np.float32)
    scale = 6.0
    for _ in range(_ROUNDS):
        off = (found - shift - slope * along) / np.float32(scale)
        near = trust * np.maximum(1.0 - off**2, 0.0) ** 2
        total = np.maximum(near.sum(axis=1, keepdims=True), 1e-2)
        x = (near * along).sum(axis=1, keepdims=True) / total
        y = (near * found).sum(axis=1, keepdims=True) / total
        spread = (near * (along - x) ** 2).sum(axis=1, keepdims=True)
        tilt = (near * (along - x) * (found - y)).sum(axis=1, keepdims=True)
        slope = tilt / np.maximum(spread, 1e-3 * total)
        shift = y - slope * x
        scale = max(scale * 0.75, 2.0)
    return shift, slope


def _crossing(
    one: tuple[Floats, Floats], other: tuple[Floats, Floats], otherwise: Floats
) -> Floats:
    """Where two lines through two points each meet: float32 (N, 4, 2)."""
    (a, b), (c, d) = one, other
    first, second = b - a, d - c
    det = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    safe = np.where(np.abs(det) < 1e-3, 1.0, det)
    along = ((c - a)[..., 0] * second[..., 1] - (c - a)[..., 1] * second[..., 0]) / safe
    met = a + along[..., None] * first
    return np.where((np.abs(det) < 1e-3)[..., None], otherwise, met).astype(np.float32)
