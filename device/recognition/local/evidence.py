"""Describe how a matched print lies in the frame.

A screen can then overlay one on the other. Knows nothing of verdicts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.errors import EvidenceError
from device.imaging.corners import Corner, clockwise, to_points, transform_points
from device.imaging.frames import Pixels
from device.recognition.local.inverted_index import relative_points
from device.recognition.local.match import FeatureMatch
from device.recognition.local.mismatch_region import mismatch_size

Matrix = npt.NDArray[np.float64]

_UNIT_SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
_MIRROR = np.array([(-1, 0, 1), (0, 1, 0), (0, 0, 1)], dtype=np.float64)
_PICTURE_SIDE = 448


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedPoint:
    """One inlier: a point in frame pixels, and in the record's picture with sides 0..1."""

    x: float
    y: float
    record_x: float
    record_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How a record's picture lies in the frame.

    Attributes:
        inliers: Number of inliers.
        covered: Hull area of the inliers as a share of the hull area of all the print's features, 0..1.
        gap: Size of the largest mismatch region, in features expected to match there (`mismatch_size`).
        mirrored: Whether the frame shows the picture mirrored.
        transform: 3x3 homography row by row, from frame pixels to the record's picture with sides 0..1.
        points: The inliers.
    """

    inliers: int
    covered: float
    gap: float
    mirrored: bool
    transform: tuple[float, ...]
    points: tuple[MatchedPoint, ...]


def from_match(match: FeatureMatch, corners: Sequence[Corner] | None, frame: Pixels) -> Evidence:
    """Return the evidence of a match in pixels of the frame.

    Args:
        match: A print that matched the rectified sheet or the whole frame.
        corners: The sheet's corners in the frame; `None` if the whole frame was matched.
        frame: uint8 (H, W, 3), RGB.
    """
    to_frame = _to_frame(match, corners, frame)
    transform = match.fit.transform @ np.linalg.inv(to_frame)
    seen = transform_points(relative_points(match.seen.places[match.fit.matched[:, 0]]), to_frame)
    known = relative_points(match.known.places[match.fit.matched[:, 1]])
    return Evidence(
        inliers=match.inliers,
        covered=round(match.fit.covered, 4),
        gap=round(mismatch_size(match.fit, match.seen, match.known), 2),
        mirrored=match.mirrored,
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


def cut_out_print(
    frame: Pixels, evidence: Evidence, aspect: float, *, side: int = _PICTURE_SIDE
) -> Pixels:
    """Rectify the part of a frame that the record's picture shows, upright and unmirrored.

    Args:
        frame: uint8 (H, W, 3), RGB.
        evidence: How the record's picture lies in the frame. Beyond the frame, its edge pixels are repeated.
        aspect: Width over height of the record's picture.
        side: Longest side of the result in pixels.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous.

    Raises:
        EvidenceError: If the transform is singular.
    """
    try:
        return _rectify_record(frame, _from_record(evidence), aspect, side)
    except (ValueError, OverflowError, cv2.error) as error:  # numpy's LinAlgError is a ValueError
        raise EvidenceError(
            f"evidence: expected an invertible transform, found {evidence.transform}"
        ) from error


def inlier_hull(evidence: Evidence) -> tuple[Corner, ...]:
    """Return the inliers' convex hull in the record's picture (0..1), or () without inliers."""
    points = np.array([(p.record_x, p.record_y) for p in evidence.points], dtype=np.float32)
    if not len(points):
        return ()
    hull = cv2.convexHull(points.clip(0, 1)).reshape(-1, 2)
    return tuple(Corner(x=round(float(x), 4), y=round(float(y), 4)) for x, y in hull)


def hull_area(hull: Sequence[Corner]) -> float:
    """Return the area of a hull as a share of the picture, 0..1."""
    return float(cv2.contourArea(to_points(hull).astype(np.float32))) if len(hull) > 2 else 0.0


def rotation_of(evidence: Evidence) -> int:
    """Return the print's clockwise rotation to the nearest of 0, 90, 180, 270 degrees."""
    middle, right = transform_points(np.array([(0.5, 0.5), (0.6, 0.5)]), _from_record(evidence))
    along = middle - right if evidence.mirrored else right - middle
    return round(float(np.degrees(np.arctan2(along[1], along[0]))) / 90) * 90 % 360


def corners_from_print_top_left(
    corners: Sequence[Corner], evidence: Evidence
) -> tuple[Corner, ...]:
    """Return a sheet's corners clockwise, starting at the print's own top left."""
    own = np.array([(1.0 if evidence.mirrored else 0.0, 0.0)])
    top_left = transform_points(own, _from_record(evidence))[0]
    first = int(np.linalg.norm(to_points(corners) - top_left, axis=1).argmin())
    return (*corners[first:], *corners[:first])


def _rectify_record(frame: Pixels, from_record: Matrix, aspect: float, side: int) -> Pixels:
    longest = max(aspect, 1.0)
    width, height = (max(1, round(side * share / longest)) for share in (aspect, 1.0))
    hull = cv2.contourArea(transform_points(_UNIT_SQUARE, from_record).astype(np.float32))
    shrink = max(1, int((hull / (width * height)) ** 0.5))
    if shrink > 1:  # averages all pixels, so that fine lines cause no moiré
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


def _to_frame(match: FeatureMatch, corners: Sequence[Corner] | None, frame: Pixels) -> Matrix:
    """Return the homography from the matched picture, with sides 0..1, to frame pixels."""
    height, width = frame.shape[:2]
    target = _UNIT_SQUARE * (width, height) if corners is None else clockwise(to_points(corners))
    upright = cv2.getPerspectiveTransform(
        _UNIT_SQUARE.astype(np.float32), target.astype(np.float32)
    )
    return np.asarray(upright @ _unmirrored(match), dtype=np.float64)


def _unmirrored(match: FeatureMatch) -> Matrix:
    """Return the transform that undoes the mirroring of a mirrored match, else the identity."""
    return _MIRROR if match.mirrored else np.eye(3)
