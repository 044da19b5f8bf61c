"""Build quad candidates from four lines each, and score their support in the picture.

A sheet's edges are colour steps all along, and they end at its corners. Knows nothing of the full-size frame.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.recognition.sheet.line_segments import PITCH, Floats, LineSegments

MAX_QUADS = 400
_MAX_OPPOSITE_ANGLE = 0.68  # radians, maximum between opposite sides
_MIN_CORNER_SINE = 0.6  # minimum sine of a corner's angle
_MARGIN = 0.08  # of the picture's sides; how far outside it a corner may lie
_LEAST_AREA = 0.05  # of the picture
_SHORTEST = 0.15  # of the picture's shorter side; minimum length of a side
_EXTENSION = 0.15  # of a side; how far beyond its corners the line is examined
_CORNER_CLEARANCE = np.float32(4.0)  # pixels beyond a corner that are still part of it
# Weights of mean support of the sides, least support, support beyond the corners, and colour spread inside; fitted on two
# simulators.
_WEIGHTS = (1.0, 0.8, -0.9, -0.009)
_AREA_WEIGHT = 0.6  # of the area's logarithm, so that the larger of two good quads wins
# Share of the quality of the best paper around a quad, subtracted because the quad is then the picture's border.
_ENCLOSED_PENALTY = 0.4
_PAPER_SPREAD = 8.0  # levels; maximum spread of one sheet's colour between its sides
_LEAST_SUPPORT = 0.4
_FRAME_SUPPORT = 0.3  # support of the frame's own sides, which may cut off a sheet
_MAX_BEYOND = 0.3
_COMPARED_QUADS = 60
_NO_PAPER_QUALITY = np.float32(0.3)  # quality that stands for "no paper around"
_TOUCHING = 3.0  # pixels by which an enclosed quad may extend beyond the enclosing one
_MARGIN_WIDTH = 0.15  # of the picture's diagonal; maximum width of a paper margin
Indices = npt.NDArray[np.intp]
Table = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quads:
    """Quad candidates, best first.

    Attributes:
        points: float32 (N, 4, 2), corners in order around each quad, relative to the picture's centre.
        score: float32 (N,), by which the quads are ordered.
        quality: float32 (N,), how well the picture supports each quad, regardless of its size and surroundings.
        support: float32 (N, 4), support of each side, 0..1.
    """

    points: Floats
    score: Floats
    quality: Floats
    support: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretches:
    """The stretch of each line between two lines that may meet it in a sheet's corners.

    Attributes:
        row: intp (K, P), by line and pair, row of the arrays below; -1 without such a stretch.
        support: float32 (S,), 0..1, colour step along the stretch.
        beyond: float32 (S,), 0..1, the same step before and after the stretch.
        near: float32 (S, 2, 3), mean Lab colour on the normal's side, then on the other.
    """

    row: Indices
    support: Floats
    beyond: Floats
    near: Floats


def find_quads(lines: LineSegments, shape: tuple[int, ...]) -> Quads:
    """Build and score quads from the lines; return the best first, at most `MAX_QUADS`."""
    crossing, position = _crossings(lines)
    pairs = _opposite_pairs(lines, shape)
    stretches = _stretches(lines, pairs, position, _can_meet(lines, crossing, shape), shape)
    one, other = _pair_opposites(pairs, stretches.row)
    (a, b), (c, d) = pairs[one].T, pairs[other].T
    row = stretches.row
    rows = np.stack([row[c, one], row[b, other], row[d, one], row[a, other]], axis=1)
    kept = _most_supported(stretches, rows)
    a, b, c, d, rows = a[kept], b[kept], c[kept], d[kept], rows[kept]
    points = np.stack([crossing[a, c], crossing[b, c], crossing[b, d], crossing[a, d]], axis=1)
    fits = _plausible(points, shape)
    points, rows = points[fits], rows[fits]
    spread = _colour_spread(lines, stretches, points, np.stack([c, b, d, a], axis=1)[fits], rows)
    return _ranked(points, stretches, rows, spread, shape)


def _crossings(lines: LineSegments) -> tuple[Floats, Floats]:
    """Return where lines cross (K, K, 2), and the position along the first line (K, K)."""
    n, o = lines.normal, lines.offset
    det = n[:, None, 0] * n[None, :, 1] - n[:, None, 1] * n[None, :, 0]
    safe = np.where(np.abs(det) < 1e-3, 1e-3, det)
    x = (o[:, None] * n[None, :, 1] - o[None, :] * n[:, None, 1]) / safe
    y = (o[None, :] * n[:, None, 0] - o[:, None] * n[None, :, 0]) / safe
    crossing = np.stack([x, y], axis=-1).clip(-1e4, 1e4).astype(np.float32)
    position = (crossing * lines.direction[:, None]).sum(axis=-1).astype(np.float32)
    return crossing, position


def _can_meet(lines: LineSegments, crossing: Floats, shape: tuple[int, ...]) -> Table:
    """Return which lines may meet in a corner: bool (K, K)."""
    half = np.array([shape[1], shape[0]], np.float32) / 2.0
    near = (np.abs(crossing) < half * (1 + 2 * _MARGIN)).all(axis=-1)
    n = lines.normal
    sine = n[:, None, 0] * n[None, :, 1] - n[:, None, 1] * n[None, :, 0]
    return np.asarray(near & (np.abs(sine) > _MIN_CORNER_SINE))


def _opposite_pairs(lines: LineSegments, shape: tuple[int, ...]) -> Indices:
    """Return pairs of lines that may be opposite sides: (P, 2)."""
    cosine = lines.normal @ lines.normal.T
    apart = np.abs(lines.offset[:, None] * np.sign(cosine) - lines.offset[None, :])
    possible = (np.abs(cosine) > np.cos(_MAX_OPPOSITE_ANGLE)) & (apart > 0.12 * min(shape[:2]))
    return np.argwhere(np.triu(possible, 1))


def _stretches(
    lines: LineSegments, pairs: Indices, position: Floats, corner: Table, shape: tuple[int, ...]
) -> _Stretches:
    ends = position[:, pairs]  # (K, P, 2)
    long = np.abs(ends[..., 0] - ends[..., 1]) > _SHORTEST * min(shape[:2])
    side, pair = np.nonzero(corner[:, pairs].all(axis=-1) & long)
    row = np.full(ends.shape[:2], -1, np.intp)
    row[side, pair] = np.arange(len(side))
    low, high = ends[side, pair].min(axis=1), ends[side, pair].max(axis=1)
    more = np.float32(_EXTENSION) * (high - low)
    mean = _mean(lines.step, lines, side, low, high)
    size = np.sqrt((mean**2).sum(axis=1))
    size[lines.weight[side] == 0] = _FRAME_SUPPORT
    unit = mean / np.maximum(size, 1e-3)[:, None]
    before = _mean(lines.step, lines, side, low - more, low - _CORNER_CLEARANCE)
    after = _mean(lines.step, lines, side, high + _CORNER_CLEARANCE, high + more)
    beyond = np.maximum((before * unit).sum(1), 0) + np.maximum((after * unit).sum(1), 0)
    return _Stretches(
        row=row, support=size, beyond=beyond / 2, near=_mean_near(lines, side, low, high)
    )


def _pair_opposites(pairs: Indices, row: Indices) -> tuple[Indices, Indices]:
    """Return pairs of opposite pairs in which each line crosses both lines of the other pair."""
    cut = row[pairs[:, 0]] >= 0
    cut &= row[pairs[:, 1]] >= 0
    one, other = np.nonzero(np.triu(cut & cut.T, 1))
    return one, other


def _most_supported(stretches: _Stretches, rows: Indices) -> Indices:
    """Return the quads whose sides have the most support, before their shape is checked."""
    support = stretches.support[rows]
    score = support.mean(axis=1) + 0.8 * support.min(axis=1) - stretches.beyond[rows].mean(axis=1)
    return np.sort(np.argsort(-score, kind="stable")[:MAX_QUADS])


def _plausible(points: Floats, shape: tuple[int, ...]) -> Indices:
    """Return the quads that are convex and large, with opposite sides of similar length."""
    along = np.roll(points, -1, axis=1) - points
    before = np.roll(along, 1, axis=1)
    turn = before[..., 0] * along[..., 1] - before[..., 1] * along[..., 0]
    length = np.hypot(along[..., 0], along[..., 1])
    convex = (turn > 0).all(axis=1) | (turn < 0).all(axis=1)
    one, two = length[:, :2], length[:, 2:]
    ratio = (np.minimum(one, two) / np.maximum(np.maximum(one, two), 1e-3)).min(axis=1)
    large = _area(points) > _LEAST_AREA * shape[0] * shape[1]
    return np.nonzero(convex & large & (ratio > 0.5))[0]


def _area(points: Floats) -> Floats:
    after = np.roll(points, -1, axis=1)
    doubled = (points[..., 0] * after[..., 1] - points[..., 1] * after[..., 0]).sum(axis=1)
    return np.asarray(np.abs(doubled) / 2.0, dtype=np.float32)


def _colour_spread(
    lines: LineSegments, stretches: _Stretches, points: Floats, sides: Indices, rows: Indices
) -> Floats:
    """Return how much the colours just inside the sides differ, in levels: float32 (N,).

    Sides of the frame are left out, since they aren't the paper's edge.
    """
    middle = points.mean(axis=1)
    # Below the offset means on the side away from the normal.
    below = (middle[:, None] * lines.normal[sides]).sum(axis=-1) < lines.offset[sides]
    colour = stretches.near[rows, below.astype(np.intp)]
    own = (lines.weight[sides] > 0)[..., None].astype(np.float32)
    count = np.maximum(own.sum(axis=1, keepdims=True), 1.0)
    mean = (colour * own).sum(axis=1, keepdims=True) / count
    variance = ((colour - mean) ** 2 * own).sum(axis=1) / count[:, 0]
    return np.asarray(np.sqrt(variance.sum(axis=1)), dtype=np.float32)


def _place(lines: LineSegments, position: Floats) -> Indices:
    last = lines.seen.shape[1] - 1
    return ((position + lines.reach) / PITCH).astype(np.intp).clip(0, last)


def _mean(sums: Floats, lines: LineSegments, side: Indices, low: Floats, high: Floats) -> Floats:
    i, j = _place(lines, low), _place(lines, high)
    # Samples outside the picture count as no support, since the side should be there.
    count = np.maximum(j - i, 1).astype(np.float32)
    return np.asarray((sums[side, j] - sums[side, i]) / count[:, None], dtype=np.float32)


def _mean_near(lines: LineSegments, side: Indices, low: Floats, high: Floats) -> Floats:
    i, j = _place(lines, low), _place(lines, high)
    seen = np.maximum(lines.seen[side, j] - lines.seen[side, i], 1.0)
    near = lines.near[side, :, j] - lines.near[side, :, i]
    return np.asarray(near / seen[:, None, None], dtype=np.float32)


def _ranked(
    points: Floats, stretches: _Stretches, rows: Indices, spread: Floats, shape: tuple[int, ...]
) -> Quads:
    """Score the quads by quality, size and enclosing paper, and order them."""
    support = stretches.support[rows]
    beyond = stretches.beyond[rows].mean(axis=1)
    features = (support.mean(axis=1), support.min(axis=1), beyond, spread.clip(0, 60))
    quality = sum(weight * feature for weight, feature in zip(_WEIGHTS, features, strict=True))
    quality = np.asarray(quality, dtype=np.float32)
    area = _area(points) / np.float32(shape[0] * shape[1])
    score = quality + np.float32(_AREA_WEIGHT) * np.log(area.clip(0.02, 1))
    best = np.argsort(-score, kind="stable")[:_COMPARED_QUADS]
    is_paper = (
        (spread < _PAPER_SPREAD) & (support.min(axis=1) > _LEAST_SUPPORT) & (beyond < _MAX_BEYOND)
    )
    around = _enclosing(points[best], area[best], shape) & is_paper[best, None]
    best_around = np.where(around, quality[best, None], _NO_PAPER_QUALITY).max(
        axis=0, initial=_NO_PAPER_QUALITY
    )
    score = score[best] - np.float32(_ENCLOSED_PENALTY) * best_around
    order = np.argsort(-score, kind="stable")
    best = best[order]
    return Quads(
        points=points[best], score=score[order], quality=quality[best], support=support[best]
    )


def _enclosing(points: Floats, area: Floats, shape: tuple[int, ...]) -> Table:
    """Return which quads enclose which, as a sheet encloses its picture: bool (N, N)."""
    after = np.roll(points, -1, axis=1)
    along = after - points
    way = np.sign((points[..., 0] * after[..., 1] - points[..., 1] * after[..., 0]).sum(axis=1))
    length = np.maximum(np.hypot(along[..., 0], along[..., 1]), 1e-3)
    inward = along[..., ::-1] * np.array([-1.0, 1.0], np.float32)
    inward *= (way[:, None] / length)[..., None]
    offset = (inward * points).sum(axis=-1)
    within = points.reshape(-1, 2) @ inward.reshape(-1, 2).T - offset.ravel()
    inset = within.reshape(len(points), 4, -1).min(axis=1).reshape(len(points), len(points), 4)
    # Axes: enclosing quad, enclosed quad, side; how far inside that side the nearest corner is.
    inset = inset.transpose(1, 0, 2)
    widest = _MARGIN_WIDTH * float(np.hypot(shape[0], shape[1]))
    is_enclosing = (inset.min(axis=2) > -_TOUCHING) & (inset.max(axis=2) < widest)
    ratio = area[:, None] / area[None, :]
    return np.asarray(is_enclosing & (ratio > 1.02) & (ratio < 2.0))
