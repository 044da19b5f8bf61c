"""Measure by geometry how much of two pictures shows the same lines."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from device.imaging.corners import transform_points
from device.recognition.local import geometric_check
from device.recognition.local.geometric_check import GeometricFit
from device.recognition.local.inverted_index import IndexedFeatures, relative_points
from device.recognition.local.mismatch_region import mismatch_size

Points = npt.NDArray[np.float32]

# Share of the needed inliers that one direction must have, before the other is tried.
_WORTH_BOTH = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMeasures:
    """How two pictures lie on each other.

    Attributes:
        inliers: Local features that agree in one transform.
        covered_first, covered_second: Share of the area spanned by each picture's features that the inliers span, 0..1.
        shown_first, shown_second: Share of each picture's features that lie within the frame of the other picture, 0..1.
        gap: Size of the largest mismatch region, in features expected to match there.
        mirrored: Whether one picture shows the other mirrored.
        points_first, points_second: float32 (inliers, 2), where they lie on each picture, whose sides are 0..1.
    """

    inliers: int
    covered_first: float
    covered_second: float
    shown_first: float
    shown_second: float
    gap: float
    mirrored: bool
    points_first: Points
    points_second: Points


def measure(
    first: IndexedFeatures,
    second: IndexedFeatures,
    *,
    inliers: int,
    mirrored: bool = False,
) -> PairMeasures | None:
    """Match two pictures in both directions and measure the better fit.

    Args:
        first: Features of one picture, of its mirrored picture if `mirrored`.
        second: Features of the other picture.
        inliers: Inliers that the better direction needs.
        mirrored: Whether `first` is mirrored. Its points are those of the picture as it is.

    Returns:
        `None` if fewer agree.
    """
    forward = geometric_check.check(first, second)
    # Nearly all pictures that the index proposes share nothing, which one direction shows.
    if forward is None or len(forward) < inliers * _WORTH_BOTH:
        return None
    backward = geometric_check.check(second, first)
    # The ratio test looks for each feature's second best in the other picture, so the directions differ.
    if backward is not None and len(backward) > len(forward):
        forward = geometric_check.inverted(backward, second, first)
    else:
        backward = geometric_check.inverted(forward, first, second)
    if forward is None or backward is None or len(forward) < inliers:
        return None
    points = _points(first, forward.matched[:, 0])
    if mirrored:
        points[:, 0] = 1 - points[:, 0]
    return PairMeasures(
        inliers=len(forward),
        covered_first=backward.covered,
        covered_second=forward.covered,
        shown_first=_share_within(first, forward),
        shown_second=_share_within(second, backward),
        gap=max(mismatch_size(forward, first, second), mismatch_size(backward, second, first)),
        mirrored=mirrored,
        points_first=points,
        points_second=_points(second, forward.matched[:, 1]),
    )


def swapped(measures: PairMeasures) -> PairMeasures:
    """Return the measures with both pictures exchanged."""
    return replace(
        measures,
        covered_first=measures.covered_second,
        covered_second=measures.covered_first,
        shown_first=measures.shown_second,
        shown_second=measures.shown_first,
        points_first=measures.points_second,
        points_second=measures.points_first,
    )


def _share_within(seen: IndexedFeatures, fit: GeometricFit) -> float:
    """Return the share of a picture's features that lie within the other's frame."""
    points = transform_points(relative_points(seen.places), fit.transform)
    return float(((points >= 0) & (points <= 1)).all(axis=1).mean())


def _points(features: IndexedFeatures, rows: npt.NDArray[np.intp]) -> Points:
    return relative_points(features.places[rows]).astype(np.float32)
