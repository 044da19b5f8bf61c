"""Straight lines in a small picture, and how well the picture bears out any stretch of each.

A side of a sheet is a step: one colour all along on this side, another on that. A printed line is none, nor is a
thread. What is summed along each line once answers for every stretch of it, so that thousands of outlines cost
little more than one. Knows nothing of sheets.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Lab = npt.NDArray[np.uint8]

MOST_LINES = 28
PITCH = 2.0  # pixels between two looks along a line
_OFFSET = 3.0  # pixels to either side, clear of the edge's own blur
_QUIET = 4.0  # a step of so many levels counts half
_CHROMA = 2.0  # OpenCV's L is spread over 255 levels, its a and b are not
_CLOSE = 3.0  # pixels
_PARALLEL = 0.07  # radians
_SHORTEST = 0.04  # of the longest side


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines across a picture, the frame's own four sides last.

    Positions are counted from the middle of the picture.

    Attributes:
        normal: float32 (K, 2), unit length.
        offset: float32 (K,), of the line from the middle, along its normal.
        step: float32 (K, T + 1, 3), running sum of the step across each line, its length below 1.
        near: float32 (K, 2, T + 1, 3), running sum of the Lab colour on the normal's side, then the other.
        seen: float32 (K, T + 1), running count of places within the picture.
        weight: float32 (K,), how much line was seen when it was proposed; 0 for the frame's sides.
        reach: Position along the line where the sums begin, negated.
    """

    normal: Floats
    offset: Floats
    step: Floats
    near: Floats
    seen: Floats
    weight: Floats
    reach: float

    @property
    def direction(self) -> Floats:
        """float32 (K, 2): the normal turned by a right angle."""
        return np.stack([-self.normal[:, 1], self.normal[:, 0]], axis=1)


def find_lines(lab: Lab) -> Lines:
    """Give the strongest straight edges of a picture, with the frame's own sides.

    Args:
        lab: uint8 (H, W, 3), Lab, without its fine dark lines.
    """
    segments = _segments(lab)
    normal, offset, weight = _merged(segments, lab.shape)
    frame_normal, frame_offset = _frame_sides(lab.shape)
    return _measured(
        lab,
        np.concatenate([normal, frame_normal]),
        np.concatenate([offset, frame_offset]),
        np.concatenate([weight, np.zeros(4, np.float32)]),
    )


def _segments(lab: Lab) -> Floats:
    """float32 (N, 4): x1, y1, x2, y2."""
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE)
    light, colour = (
        detector.detect(np.ascontiguousarray(lab[..., 0]))[0],
        detector.detect(_colour(lab))[0],
    )
    parts = [np.empty((0, 4), np.float32)]
    if light is not None:
        parts.append(light.reshape(-1, 4))
    if colour is not None:
        parts.append(2.0 * colour.reshape(-1, 4))
    return np.concatenate(parts).astype(np.float32)


def _colour(lab: Lab) -> npt.NDArray[np.uint8]:
    """The colour axis along which the picture varies most, at half the size, spread over the levels."""
    small = cv2.resize(lab[..., 1:], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    flat = small.reshape(-1, 2).astype(np.float32)
    mean = flat.mean(axis=0)
    spread = (flat - mean).T @ (flat - mean)
    axis = np.linalg.eigh(spread)[1][:, 1] * 4.0
    grey = small.astype(np.float32) @ axis.astype(np.float32) + (128.0 - float(mean @ axis))
    return np.ascontiguousarray(np.clip(grey, 0, 255), dtype=np.uint8)


def _merged(segments: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats, Floats]:
    """Segments of one line taken together: the strongest lines' normals, offsets, lengths."""
    middle = np.array([shape[1], shape[0]], np.float32) / 2.0
    ends = segments.reshape(-1, 2, 2) - middle
    across = ends[:, 1] - ends[:, 0]
    length = np.hypot(across[:, 0], across[:, 1])
    keep = length > _SHORTEST * max(shape)
    ends, across, length = ends[keep], across[keep], length[keep]
    along = across / length[:, None]
    left = length.copy()
    normals, offsets, weights = [], [], []
    for _ in range(MOST_LINES):
        if not len(left) or left.max() <= 0:
            break
        first = int(np.argmax(left))
        normal = np.array([-along[first, 1], along[first, 0]], np.float32)
        offset = float(ends[first].mean(axis=0) @ normal)
        for width in (_CLOSE, _CLOSE):
            away = np.abs(ends @ normal - offset).max(axis=1)
            alike = (np.abs(along @ normal) < _PARALLEL) & (away < width) & (left > 0)
            alike[first] = True
            normal, offset = _fitted(ends[alike], length[alike], normal)
        normals.append(normal)
        offsets.append(offset)
        weights.append(float(length[alike].sum()))
        left[alike] = 0.0
    return (
        np.array(normals, np.float32).reshape(-1, 2),
        np.array(offsets, np.float32),
        np.array(weights, np.float32),
    )


def _fitted(ends: Floats, length: Floats, near: Floats) -> tuple[Floats, float]:
    points = ends.reshape(-1, 2)
    weight = np.repeat(length, 2)[:, None]
    mean = (points * weight).sum(axis=0) / weight.sum()
    centred = points - mean
    xx, yy = (centred**2 * weight).sum(axis=0)
    xy = float((centred[:, :1] * centred[:, 1:] * weight).sum())
    angle = 0.5 * np.arctan2(2.0 * xy, xx - yy)
    normal = np.array([-np.sin(angle), np.cos(angle)], np.float32)
    if normal @ near < 0:
        normal = -normal
    return normal, float(mean @ normal)


def _frame_sides(shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    height, width = shape[:2]
    normal = np.array([(0, 1), (1, 0), (0, 1), (1, 0)], np.float32)
    offset = np.array([-height, width, height, -width], np.float32) / 2.0
    return normal, offset


def _measured(lab: Lab, normal: Floats, offset: Floats, weight: Floats) -> Lines:
    height, width = lab.shape[:2]
    reach = 0.55 * float(np.hypot(height, width))
    places = np.arange(-reach, reach, PITCH, dtype=np.float32)
    direction = np.stack([-normal[:, 1], normal[:, 0]], axis=1)
    on_line = (offset[:, None] * normal)[:, None] + places[None, :, None] * direction[:, None]
    smooth = cv2.blur(lab, (3, 3)).astype(np.float32) * np.array(
        [1.0, _CHROMA, _CHROMA], np.float32
    )
    colours, seen = [], np.ones(on_line.shape[:2], bool)
    for sign in (1.0, -1.0):
        at = on_line + sign * _OFFSET * normal[:, None]
        x = np.floor(at[..., 0] + width / 2.0).astype(np.intp)
        y = np.floor(at[..., 1] + height / 2.0).astype(np.intp)
        seen &= (x >= 0) & (x < width) & (y >= 0) & (y < height)
        colours.append(smooth[y.clip(0, height - 1), x.clip(0, width - 1)])
    inside = seen[..., None].astype(np.float32)
    near = np.stack(colours, axis=1)
    step = near[:, 0] - near[:, 1]
    size = np.sqrt((step**2).sum(axis=-1, keepdims=True))
    return Lines(
        normal=normal,
        offset=offset,
        step=_running(step / (size + _QUIET) * inside),
        near=_running(near * inside[:, None]),
        seen=_running(inside)[..., 0],
        weight=weight,
        reach=reach,
    )


def _running(values: Floats) -> Floats:
    """Sums from the start, along the last axis but one, beginning with nothing."""
    sums = np.cumsum(values, axis=-2, dtype=np.float32)
    return np.concatenate([np.zeros_like(sums[..., :1, :]), sums], axis=-2)
