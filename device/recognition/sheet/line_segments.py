"""Detect straight lines in a small picture, and measure their support.

A side of a sheet is a colour step: one colour on one side all along, another colour on the other side. A printed line or a
thread is none. Running sums along each line answer for every stretch of it, so that thousands of quad candidates cost little
more than one. Knows nothing of sheets.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Lab = npt.NDArray[np.uint8]

MAX_LINES = 28
PITCH = 2.0  # pixels between two samples along a line
_OFFSET = 3.0  # pixels to either side of a line where colours are sampled, clear of the edge's blur
_QUIET = 4.0  # levels; a step of this size counts half
_CHROMA = 2.0  # weight of a and b, since OpenCV spreads only L over 255 levels
_COLLINEAR = 2.0  # pixels between a segment's ends and the line it lies on
_PARALLEL = 0.07  # radians between a segment and the line it lies on
_SHORTEST = 0.04  # of the longest side; shorter segments are ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSegments:
    """Lines across a picture, the frame's own four sides last.

    Coordinates are relative to the picture's centre.

    Attributes:
        normal: float32 (K, 2), unit length.
        offset: float32 (K,), distance of the line from the centre, along its normal.
        step: float32 (K, T + 1, 3), running sum of the colour step across each line, scaled to a length below 1.
        near: float32 (K, 2, T + 1, 3), running sum of the Lab colour on the normal's side, then on the other.
        seen: float32 (K, T + 1), running count of samples within the picture.
        weight: float32 (K,), total length of the line's segments; 0 for the frame's sides.
        reach: The sums start at position -reach along the line.
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
        """Return the normals rotated by a right angle, float32 (K, 2)."""
        return np.stack([-self.normal[:, 1], self.normal[:, 0]], axis=1)


def find_lines(lab: Lab) -> LineSegments:
    """Detect the strongest straight edges of a picture, and add the frame's own sides.

    Args:
        lab: uint8 (H, W, 3), Lab, with fine dark lines removed.
    """
    segments = _detect_segments(lab)
    normal, offset, weight = _merge_collinear(segments, lab.shape)
    frame_normal, frame_offset = _frame_sides(lab.shape)
    return _accumulate(
        lab,
        np.concatenate([normal, frame_normal]),
        np.concatenate([offset, frame_offset]),
        np.concatenate([weight, np.zeros(4, np.float32)]),
    )


def _detect_segments(lab: Lab) -> Floats:
    """Detect line segments in lightness and colour: float32 (N, 4), x1, y1, x2, y2."""
    colour = _helper_thread().submit(lambda: 2.0 * _run_detector(_chroma_image(lab)))
    return np.concatenate([_run_detector(np.ascontiguousarray(lab[..., 0])), colour.result()])


@cache
def _helper_thread() -> ThreadPoolExecutor:
    """Return the one helper thread, since the detector itself uses a single core.

    A new thread for each frame would leak, since OpenCV keeps 800 bytes for each (docs/decisions.md, 51).
    """
    return ThreadPoolExecutor(1, thread_name_prefix="lines")


os.register_at_fork(
    after_in_child=_helper_thread.cache_clear
)  # a forked child has none of its parent's threads


def _run_detector(grey: npt.NDArray[np.uint8]) -> Floats:
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(grey)[0]
    return np.empty((0, 4), np.float32) if found is None else found.reshape(-1, 4)


def _chroma_image(lab: Lab) -> npt.NDArray[np.uint8]:
    """Return the chroma axis of largest variance as a grey image, at half the size."""
    small = cv2.resize(lab[..., 1:], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    spread, mean = cv2.calcCovarMatrix(
        small.reshape(-1, 2), None, cv2.COVAR_NORMAL | cv2.COVAR_ROWS | cv2.COVAR_SCALE
    )
    axis = np.linalg.eigh(spread)[1][:, 1] * 4.0
    return np.asarray(
        cv2.transform(small, np.array([[*axis, 128.0 - float(mean[0] @ axis)]])), dtype=np.uint8
    )


def _merge_collinear(segments: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats, Floats]:
    """Merge collinear segments; return the strongest lines' normals, offsets and lengths."""
    middle = np.array([shape[1], shape[0]], np.float32) / 2.0
    ends = segments.reshape(-1, 2, 2) - middle
    across = ends[:, 1] - ends[:, 0]
    length = np.hypot(across[:, 0], across[:, 1])
    keep = length > _SHORTEST * max(shape)
    ends, across, length = ends[keep], across[keep], length[keep]
    along = across / length[:, None]
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    offset = (ends.mean(axis=1) * normal).sum(axis=1)
    seeds = _pick_seeds(_lies_on(ends, along, normal, offset), length)
    normal, offset = normal[seeds], offset[seeds]
    for _ in range(2):
        members = _lies_on(ends, along, normal, offset)
        members[np.arange(len(seeds)), seeds] = True
        normal, offset = _fit_lines(ends, members * length, normal)
    return normal, offset, np.asarray(members @ length, dtype=np.float32)


def _lies_on(ends: Floats, along: Floats, normal: Floats, offset: Floats) -> npt.NDArray[np.bool_]:
    """Return which segments (N) lie on which lines (K): bool (K, N)."""
    away = np.abs(np.einsum("nei,ki->kne", ends, normal) - offset[:, None, None]).max(axis=2)
    return np.asarray((np.abs(normal @ along.T) < _PARALLEL) & (away < _COLLINEAR))


def _pick_seeds(members: npt.NDArray[np.bool_], length: Floats) -> npt.NDArray[np.intp]:
    """Return the longest segments, none of which lies on another's line."""
    left = length.copy()
    seeds: list[int] = []
    while len(seeds) < MAX_LINES and len(left) and left.max() > 0:
        seeds.append(int(np.argmax(left)))
        left[members[seeds[-1]]] = 0.0
        left[seeds[-1]] = 0.0
    return np.array(seeds, dtype=np.intp)


def _fit_lines(ends: Floats, weight: Floats, near: Floats) -> tuple[Floats, Floats]:
    """Fit lines (K) to the ends of segments (N) with weights (K, N), oriented as `near`."""
    points = ends.reshape(-1, 2)
    both = np.repeat(weight, 2, axis=1)
    total = both.sum(axis=1, keepdims=True)
    mean = both @ points / total
    products = points[:, (0, 1, 0)] * points[:, (0, 1, 1)]
    xx, yy, xy = (both @ products / total - mean[:, (0, 1, 0)] * mean[:, (0, 1, 1)]).T
    angle = 0.5 * np.arctan2(2.0 * xy, xx - yy)
    normal = np.stack([-np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)
    normal *= np.where((normal * near).sum(axis=1) < 0, -1.0, 1.0).astype(np.float32)[:, None]
    return normal, np.asarray((mean * normal).sum(axis=1), dtype=np.float32)


def _frame_sides(shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return normals and offsets of the frame's own four sides."""
    height, width = shape[:2]
    normal = np.array([(0, 1), (1, 0), (0, 1), (1, 0)], np.float32)
    offset = np.array([-height, width, height, -width], np.float32) / 2.0
    return normal, offset


def _accumulate(lab: Lab, normal: Floats, offset: Floats, weight: Floats) -> LineSegments:
    """Sample both sides of each line, and sum colours and steps along it."""
    height, width = lab.shape[:2]
    reach = 0.55 * float(np.hypot(height, width))
    places = np.arange(-reach, reach, PITCH, dtype=np.float32)
    direction = np.stack([-normal[:, 1], normal[:, 0]], axis=1)
    on_line = (offset[:, None] * normal)[:, None] + places[None, :, None] * direction[:, None]
    smooth = cv2.blur(lab, (3, 3)).reshape(-1, 3)
    levels = np.array([1.0, _CHROMA, _CHROMA], np.float32)
    colours, seen = [], np.ones(on_line.shape[:2], bool)
    for sign in (1.0, -1.0):
        at = on_line + sign * _OFFSET * normal[:, None]
        x = np.floor(at[..., 0] + width / 2.0).astype(np.intp)
        y = np.floor(at[..., 1] + height / 2.0).astype(np.intp)
        seen &= (x >= 0) & (x < width) & (y >= 0) & (y < height)
        place = y.clip(0, height - 1) * width + x.clip(0, width - 1)
        colours.append(smooth.take(place, axis=0) * levels)
    inside = seen[..., None].astype(np.float32)
    near = np.stack(colours, axis=1)
    step = near[:, 0] - near[:, 1]
    size = np.sqrt((step**2).sum(axis=-1, keepdims=True))
    return LineSegments(
        normal=normal,
        offset=offset,
        step=_running_sums(step / (size + _QUIET) * inside),
        near=_running_sums(near * inside[:, None]),
        seen=_running_sums(inside)[..., 0],
        weight=weight,
        reach=reach,
    )


def _running_sums(values: Floats) -> Floats:
    """Return running sums along the last axis but one, starting with zero."""
    sums = np.cumsum(values, axis=-2, dtype=np.float32)
    return np.concatenate([np.zeros_like(sums[..., :1, :]), sums], axis=-2)
