"""Refine quads: fit each side to the edge that the picture shows near it.

An edge may be bent by curl, and partly hidden by fingers. Proposes no quads of its own.
"""

import numpy as np

from device.recognition.sheet.line_segments import Floats, Lab

_SAMPLES = 40
_REACH = 9  # pixels searched to either side of the quad's side
_NEAR = 6.0  # pixels; farther edges count for little
_ROUNDS = 6
_STIFFNESS = 0.1  # penalty on bending


def refine(lab: Lab, points: Floats) -> Floats:
    """Return quads with each side fitted to the edge near it.

    Args:
        lab: uint8 (H, W, 3), Lab.
        points: float32 (N, 4, 2), corners in order around each quad, relative to the picture's centre.

    Returns:
        float32 (N, 4, 2), in the same order.
    """
    start, end = points.reshape(-1, 2), np.roll(points, -1, axis=1).reshape(-1, 2)
    at_start, at_end = _fit_sides(lab, start, end)
    first = at_start.reshape(-1, 4, 2, 2)
    last = np.roll(at_end.reshape(-1, 4, 2, 2), 1, axis=1)
    return _intersect(last, first, points)


def _fit_sides(lab: Lab, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Fit a curve to each of M sides, and return its tangents at the start and at the end.

    Returns:
        Two lines (M, 2, 2), each through two points.
    """
    along = np.linspace(0.03, 0.97, _SAMPLES, dtype=np.float32)
    length = np.maximum(np.linalg.norm(end - start, axis=1, keepdims=True), 1e-3)
    normal = ((end - start) / length)[:, ::-1] * np.array([-1.0, 1.0], np.float32)
    offsets = np.arange(-_REACH - 2, _REACH + 3, dtype=np.float32)
    samples = start[:, None] + along[:, None] * (end - start)[:, None]
    at = samples[:, :, None] + offsets[:, None] * normal[:, None, None]
    strength = _step_strength(_colours(lab, at))
    found = np.argmax(strength, axis=2).astype(np.float32) - _REACH
    shift, slope, bend = _fit_curves(along - np.float32(0.5), found, strength.max(axis=2))
    middle = shift + bend / 6.0
    at_start = start + (middle - 0.5 * slope) * normal
    at_end = end + (middle + 0.5 * slope) * normal
    side = end - start
    return (
        np.stack([at_start, at_start + side + (slope - bend) * normal], axis=1),
        np.stack([at_end - side - (slope + bend) * normal, at_end], axis=1),
    )


def _colours(lab: Lab, at: Floats) -> Floats:
    height, width = lab.shape[:2]
    x = np.floor(at[..., 0] + np.float32(width / 2.0)).astype(np.intp).clip(0, width - 1)
    y = np.floor(at[..., 1] + np.float32(height / 2.0)).astype(np.intp).clip(0, height - 1)
    colours = lab.reshape(-1, 3).take(y * width + x, axis=0)
    return np.asarray(colours * np.array([1.0, 2.0, 2.0], np.float32), dtype=np.float32)


def _step_strength(colours: Floats) -> Floats:
    """Return the strength of the side's own colour step, by side, sample and offset."""
    step = colours[:, :, 3:-1] + colours[:, :, 4:] - colours[:, :, :-4] - colours[:, :, 1:-3]
    middle = step[:, :, _REACH - 3 : _REACH + 4].mean(axis=(1, 2))
    kind = middle / np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-3)
    away = np.arange(step.shape[2], dtype=np.float32) - _REACH
    strength = (step @ kind[:, None, :, None])[..., 0]
    return np.asarray(np.maximum(strength, 0.0) * np.exp(-((away / _NEAR) ** 2)), np.float32)


def _fit_curves(along: Floats, found: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit shift, slope and bend (M, 1) to edge positions (M, T) by robust least squares.

    Outliers count less in each round.
    """
    trust = np.minimum(weight, np.median(weight, axis=1, keepdims=True)) + np.float32(1e-3)
    basis = np.stack([np.ones_like(along), along, along**2 - np.float32(1 / 12)], axis=1)
    fit = np.zeros((len(found), 3, 1), np.float32)
    scale = 6.0
    for turn in range(_ROUNDS):
        off = (found - (basis @ fit)[..., 0]) / np.float32(scale)
        near = trust * np.maximum(1.0 - off**2, 0.0) ** 2
        total = near.sum(axis=1)[:, None, None] + np.float32(1e-2)
        regulariser = np.diag(
            np.array([0, 0, _STIFFNESS if turn >= 2 else 1e3], np.float32) / 180 + 1e-5
        )
        moments = (basis.T * near[:, None]) @ basis + total * regulariser
        fit = np.linalg.solve(moments, basis.T @ (near * found)[..., None])
        scale = max(scale * 0.75, 2.0)
    return fit[:, 0], fit[:, 1], fit[:, 2]


def _intersect(one: Floats, other: Floats, fallback: Floats) -> Floats:
    """Intersect lines (N, 4, 2, 2), each through two points: float32 (N, 4, 2)."""
    a, b, c, d = one[..., 0, :], one[..., 1, :], other[..., 0, :], other[..., 1, :]
    first, second = b - a, d - c
    det = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    safe = np.where(np.abs(det) < 1e-3, 1.0, det)
    along = ((c - a)[..., 0] * second[..., 1] - (c - a)[..., 1] * second[..., 0]) / safe
    crossing = a + along[..., None] * first
    return np.where((np.abs(det) < 1e-3)[..., None], fallback, crossing).astype(np.float32)
