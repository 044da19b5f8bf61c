"""Why a print was answered: where its lines lie in the frame, so that a screen can lay one over the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.errors import EvidenceError
from device.imaging.corners import Corner, clockwise, mapped, points_of
from device.imaging.frames import Pixels
from device.recognition.local.inverted_index import shares
from device.recognition.local.match import FeatureMatch
from device.recognition.local.mismatch_region import gap

Matrix = npt.NDArray[np.float64]

_SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
_REVERSE = np.array([(-1, 0, 1), (0, 1, 0), (0, 0, 1)], dtype=np.float64)
_PICTURE_SIDE = 448


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedPoint:
    """One place in the frame, in pixels, and the same in the record's picture, with sides 0..1."""

    x: float
    y: float
    record_x: float
    record_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How a record's picture lies in the frame.

    Attributes:
        inliers: How many details agree.
        covered: Share of what the record's details span that these span, 0..1.
        gap: How many details would agree in the largest part of the print where hardly any does (`gap`).
        mirrored: Whether it lies there in reverse.
        transform: Nine numbers, row after row of 3x3: from frame pixels to the record's picture with sides 0..1.
        points: The details that agree.
    """

    inliers: int
    covered: float
    gap: float
    mirrored: bool
    transform: tuple[float, ...]
    points: tuple[MatchedPoint, ...]


def of(trace: FeatureMatch, corners: Sequence[Corner] | None, frame: Pixels) -> Evidence:
    """Give a trace's evidence in the frame's own pixels.

    Args:
        trace: What was found in a view.
        corners: Where that view lies in the frame; `None` for all of it.
        frame: The frame's pixels.
    """
    to_frame = _to_frame(trace, corners, frame)
    transform = trace.fit.transform @ np.linalg.inv(to_frame)
    seen = mapped(shares(trace.seen.places[trace.fit.matched[:, 0]]), to_frame)
    known = shares(trace.known.places[trace.fit.matched[:, 1]])
    return Evidence(
        inliers=trace.inliers,
        covered=round(trace.fit.covered, 4),
        gap=round(gap(trace.fit, trace.seen, trace.known), 2),
        mirrored=trace.mirrored,
        transform=tuple(float(value) for value in (transform / transform[2, 2]).reshape(-1)),
        points=tuple(
            MatchedPoint(
                x=round(float(x), 1),
                y=round(float(y), 1),
                record_x=round(float(record_x), 4),
                record_y=round(float(record_y), 4),
            )
            for (x, y), (record_x, record_y) in zip(seen, known, strict=True)
        ),
    )


def picture_of(
    frame: Pixels, evidence: Evidence, aspect: float, *, side: int = _PICTURE_SIDE
) -> Pixels:
    """Cut out of a frame just what the record's picture shows, the right way up: uint8 (H, W, 3), RGB.

    Args:
        frame: uint8 (H, W, 3), RGB.
        evidence: How the record's picture lies in it; what lies beyond its edges is its edge, repeated.
        aspect: Width over height of the record's picture.
        side: Pixels of the longest side.

    Raises:
        EvidenceError: When its transform leads nowhere.
    """
    try:
        return _cut(frame, _from_record(evidence), aspect, side)
    except (ValueError, OverflowError, cv2.error) as error:  # numpy's LinAlgError is a ValueError
        raise EvidenceError(
            f"evidence: expected a transform that can be undone, found {evidence.transform}"
        ) from error


def area_of(evidence: Evidence) -> tuple[Corner, ...]:
    """Give the corners of what the places that agree span, in the record's picture with sides 0..1; none for none."""
    points = np.array([(p.record_x, p.record_y) for p in evidence.points], dtype=np.float32)
    if not len(points):
        return ()
    hull = cv2.convexHull(points.clip(0, 1)).reshape(-1, 2)
    return tuple(Corner(x=round(float(x), 4), y=round(float(y), 4)) for x, y in hull)


def share_of(area: Sequence[Corner]) -> float:
    """Give how much of a picture with sides 0..1 an area is, 0..1."""
    return float(cv2.contourArea(points_of(area).astype(np.float32))) if len(area) > 2 else 0.0


def turn_of(evidence: Evidence) -> int:
    """Give how far clockwise the print lies turned in the frame, to the nearest of 0, 90, 180, 270 degrees."""
    middle, right = mapped(np.array([(0.5, 0.5), (0.6, 0.5)]), _from_record(evidence))
    along = middle - right if evidence.mirrored else right - middle
    return round(float(np.degrees(np.arctan2(along[1], along[0]))) / 90) * 90 % 360


def from_own_top_left(corners: Sequence[Corner], evidence: Evidence) -> tuple[Corner, ...]:
    """Give a sheet's corners clockwise, beginning at the print's own top left."""
    own = np.array([(1.0 if evidence.mirrored else 0.0, 0.0)])
    top_left = mapped(own, _from_record(evidence))[0]
    first = int(np.linalg.norm(points_of(corners) - top_left, axis=1).argmin())
    return (*corners[first:], *corners[:first])


def _cut(frame: Pixels, from_record: Matrix, aspect: float, side: int) -> Pixels:
    longest = max(aspect, 1.0)
    width, height = (max(1, round(side * share / longest)) for share in (aspect, 1.0))
    area = cv2.contourArea(mapped(_SQUARE, from_record).astype(np.float32))
    shrink = max(1, int((area / (width * height)) ** 0.5))
    if shrink > 1:  # so that every pixel counts, and fine lines don't beat with the sampling
        size = (max(1, frame.shape[1] // shrink), max(1, frame.shape[0] // shrink))
        frame = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    to_frame = np.diag([1 / shrink, 1 / shrink, 1.0]) @ from_record
    cut = cv2.warpPerspective(
        frame,
        to_frame @ np.diag([1 / width, 1 / height, 1.0]),
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.ascontiguousarray(cut, dtype=np.uint8)


def _from_record(evidence: Evidence) -> Matrix:
    return np.linalg.inv(np.array(evidence.transform).reshape(3, 3))


def _to_frame(trace: FeatureMatch, corners: Sequence[Corner] | None, frame: Pixels) -> Matrix:
    """Give the way from the traced picture, with sides 0..1, to the frame's pixels."""
    height, width = frame.shape[:2]
    target = _SQUARE * (width, height) if corners is None else clockwise(points_of(corners))
    upright = cv2.getPerspectiveTransform(_SQUARE.astype(np.float32), target.astype(np.float32))
    return np.asarray(upright @ _turned_back(trace), dtype=np.float64)


def _turned_back(trace: FeatureMatch) -> Matrix:
    """Give the way from the picture as it was traced, perhaps in reverse, to the one in the view."""
    return _REVERSE if trace.mirrored else np.eye(3)
