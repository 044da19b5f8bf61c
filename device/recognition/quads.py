"""Outlines that four lines could make, scored by how well the picture bears each out.

A sheet's edges are steps in colour all along, and end at its corners. Knows nothing of frames' own size.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.recognition.lines import PITCH, Floats, Lines

_OPPOSITE = 0.68  # radians between two opposite sides at most
_MARGIN = 0.08  # of the picture's sides, that a corner may lie beyond it
_LEAST_AREA = 0.05
_EXTENSION = 0.15
_CLEAR = np.float32(4.0)  # pixels beyond a corner that belong to it
# Of the sides' mean support, of the least, of support beyond the corners, of unlike colours inside, of the area.
_WEIGHTS = (1.0, 0.8, -1.0, -0.004, 0.45)
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quads:
    """Outlines, best first.

    Attributes:
        points: float32 (N, 4, 2), around each, counted from the picture's middle.
        score: float32 (N,).
        support: float32 (N, 4), 0..1 a side.
    """

    points: Floats
    score: Floats
    support: Floats


def find_quads(lines: Lines, shape: tuple[int, ...]) -> Quads:
    """Give the outlines that the lines make, best first."""
    crossing, position = _crossings(lines)
    sides = _opposed(lines, shape)
    first, second = _pairs_of(sides, lines)
    a, b = sides[first].T
    c, d = sides[second].T
    points = np.stack([crossing[a, c], crossing[b, c], crossing[b, d], crossing[a, d]], axis=1)
    fits, points = _plausible(points, shape)
    a, b, c, d = a[fits], b[fits], c[fits], d[fits]
    support, beyond, inside = _borne_out(
        lines, position, points, (c, b, d, a), ((a, b), (c, d), (b, a), (d, c))
    )
    score = _score(points, support, beyond, inside, shape)
    order = np.argsort(-score, kind="stable")
    return Quads(points=points[order], score=score[order], support=support[order])


def _crossings(lines: Lines) -> tuple[Floats, Floats]:
    """Where each line meets each other, and at which position along the first."""
    n, o = lines.normal, lines.offset
    det = n[:, None, 0] * n[None, :, 1] - n[:, None, 1] * n[None, :, 0]
    safe = np.where(np.abs(det) < 1e-3, 1e-3, det)
    x = (o[:, None] * n[None, :, 1] - o[None, :] * n[:, None, 1]) / safe
    y = (o[None, :] * n[:, None, 0] - o[:, None] * n[None, :, 0]) / safe
    crossing = np.stack([x, y], axis=-1).clip(-1e4, 1e4).astype(np.float32)
    position = (crossing * lines.direction[:, None]).sum(axis=-1).astype(np.float32)
    return crossing, position


def _opposed(lines: Lines, shape: tuple[int, ...]) -> Indices:
    """Pairs of lines that may be opposite sides, as (P, 2)."""
    cosine = np.abs(lines.normal @ lines.normal.T)
    direction = np.einsum("ij,kj->ik", lines.normal, lines.normal)
    apart = np.abs(lines.offset[:, None] * np.sign(direction) - lines.offset[None, :])
    possible = (cosine > np.cos(_OPPOSITE)) & (apart > 0.12 * min(shape[:2]))
    return np.argwhere(np.triu(possible, 1))


def _pairs_of(sides: Indices, lines: Lines) -> tuple[Indices, Indices]:
    middle = np.arctan2(*_axis(lines, sides))
    turned = np.abs(np.sin((middle[:, None] - middle[None, :]) / 2.0))  # doubled angles
    first, second = np.nonzero(np.triu(turned > np.sin(0.95), 1))
    return first, second


def _axis(lines: Lines, sides: Indices) -> tuple[Floats, Floats]:
    angle = 2.0 * np.arctan2(lines.normal[:, 1], lines.normal[:, 0])
    sine, cosine = np.sin(angle)[sides].sum(axis=1), np.cos(angle)[sides].sum(axis=1)
    return sine, cosine


def _plausible(points: Floats, shape: tuple[int, ...]) -> tuple[Indices, Floats]:
    height, width = shape[:2]
    half = np.array([width, height], np.float32) / 2.0
    fits = np.nonzero((np.abs(points) < half * (1 + 2 * _MARGIN)).all(axis=(1, 2)))[0]
    points = points[fits]
    along = np.roll(points, -1, axis=1) - points
    before = np.roll(along, 1, axis=1)
    turn = before[..., 0] * along[..., 1] - before[..., 1] * along[..., 0]
    length = np.hypot(along[..., 0], along[..., 1])
    sine = turn / np.maximum(length * np.roll(length, 1, axis=1), 1e-3)
    convex = (sine > 0.6).all(axis=1) | (sine < -0.6).all(axis=1)
    one, two = length[:, :2], length[:, 2:]
    ratio = (np.minimum(one, two) / np.maximum(np.maximum(one, two), 1e-3)).min(axis=1)
    large = _area(points) > _LEAST_AREA * height * width
    keep = np.nonzero(
        convex & large & (ratio > 0.5) & (length.min(axis=1) > 0.15 * min(shape[:2]))
    )[0]
    return fits[keep], points[keep]


def _area(points: Floats) -> Floats:
    after = np.roll(points, -1, axis=1)
    doubled = (points[..., 0] * after[..., 1] - points[..., 1] * after[..., 0]).sum(axis=1)
    return np.asarray(np.abs(doubled) / 2.0, dtype=np.float32)


def _borne_out(
    lines: Lines,
    position: Floats,
    points: Floats,
    each: tuple[Indices, ...],
    between: tuple[tuple[Indices, Indices], ...],
) -> tuple[Floats, Floats, Floats]:
    """Support along the sides (N, 4), support beyond their ends (N, 4), inside colours (N, 4, 3)."""
    middle = points.mean(axis=1)
    supports, beyonds, colours = [], [], []
    for side, (start, end) in zip(each, between, strict=True):
        one, two = position[side, start], position[side, end]
        low, high = np.minimum(one, two), np.maximum(one, two)
        more = np.float32(_EXTENSION) * (high - low)
        mean = _mean(lines.step, lines, side, low, high)
        size = np.sqrt((mean**2).sum(axis=1))
        before = _mean(lines.step, lines, side, low - more, low - _CLEAR)
        after = _mean(lines.step, lines, side, high + _CLEAR, high + more)
        unit = mean / np.maximum(size, 1e-3)[:, None]
        beyonds.append(
            (np.maximum((before * unit).sum(1), 0) + np.maximum((after * unit).sum(1), 0)) / 2
        )
        supports.append(size)
        inner = (middle * lines.normal[side]).sum(axis=1) < lines.offset[side]
        # Below the offset is the side away from the normal.
        colour = _mean_near(lines, side, inner.astype(np.intp), low, high)
        colours.append(colour)
    return np.stack(supports, 1), np.stack(beyonds, 1), np.stack(colours, 1)


def _place(lines: Lines, position: Floats) -> Indices:
    last = lines.seen.shape[1] - 1
    return ((position + lines.reach) / PITCH).astype(np.intp).clip(0, last)


def _mean(sums: Floats, lines: Lines, side: Indices, low: Floats, high: Floats) -> Floats:
    i, j = _place(lines, low), _place(lines, high)
    # Steps out of the picture count as no support: they are not seen, but asked for.
    count = np.maximum(j - i, 1).astype(np.float32)
    return np.asarray((sums[side, j] - sums[side, i]) / count[:, None], dtype=np.float32)


def _mean_near(lines: Lines, side: Indices, inner: Indices, low: Floats, high: Floats) -> Floats:
    i, j = _place(lines, low), _place(lines, high)
    seen = np.maximum(lines.seen[side, j] - lines.seen[side, i], 1.0)
    near = lines.near
    return np.asarray(
        (near[side, inner, j] - near[side, inner, i]) / seen[:, None], dtype=np.float32
    )


def _score(
    points: Floats, support: Floats, beyond: Floats, inside: Floats, shape: tuple[int, ...]
) -> Floats:
    spread = np.sqrt(inside.var(axis=1).sum(axis=1))
    area = _area(points) / (shape[0] * shape[1])
    features = (
        support.mean(axis=1),
        support.min(axis=1),
        beyond.mean(axis=1),
        spread.clip(0, 60),
        np.log(area.clip(0.02, 1)),
    )
    score = sum(weight * feature for weight, feature in zip(_WEIGHTS, features, strict=True))
    return np.asarray(score, dtype=np.float32)
