"""Check by feature matching and a homography whether two pictures show the same lines.

Each pair of features proposes a whole similarity by itself: position, rotation and scale. So every hypothesis can be tried,
without random sampling. The best one is refined to a homography. Its inliers stay with the answer as evidence.

Source: Philbin et al., "Object retrieval with large vocabularies and fast spatial matching", CVPR 2007.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.corners import Points, transform_points
from device.recognition.local.codebook import Signatures
from device.recognition.local.inverted_index import (
    STEPS_PER_OCTAVE,
    IndexedFeatures,
    Places,
    relative_points,
)

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Two signatures of one feature differ in at most this number of bits, and in clearly fewer than the second best (ratio test).
_MAX_HAMMING, _RATIO = 38, 0.85
# Inlier distance as a share of the record picture's longest side. A similarity only approximates a tilted sheet, so it gets
# the larger tolerance.
_SIMILARITY_TOLERANCE, _HOMOGRAPHY_TOLERANCE = 0.06, 0.015
_FEWEST = 4
# Features at one point or on one line fit many transforms, some of them singular. So the transform must not shrink an area
# more than a thousandfold, and inliers must span at least a ten thousandth of the print's area.
_LEAST_SCALE, _LEAST_COVERED = 1e-3, 1e-4
_ROUNDS = 3
_HYPOTHESES = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometricFit:
    """How the seen picture lies on a print: inliers and homography.

    Attributes:
        matched: int (N, 2), the inliers: row of the picture's feature, row of the print's feature.
        transform: float64 (3, 3), homography from the picture to the print, both with sides 0..1.
        covered: Hull area of the inliers as a share of the hull area of all the print's features, 0..1. An empty page
            around a flower therefore doesn't count.
    """

    matched: npt.NDArray[np.intp]
    transform: Matrix
    covered: float

    def __len__(self) -> int:
        return len(self.matched)


def count_consistent(
    seen: IndexedFeatures, known: IndexedFeatures, pairs: npt.NDArray[np.intp]
) -> int:
    """Count the feature pairs that agree on one similarity, as a cheap test before `check`.

    Several pairs that share one point count once.

    Args:
        seen: Features of the picture.
        known: Features of a print.
        pairs: int (N, 2), tentative pairs: row of the picture's feature, row of the print's feature.
    """
    if not len(pairs):
        return 0
    seen_points, known_points = _pair_points(seen, known, pairs)
    rows = _largest_consensus(
        seen.places[pairs[:, 0]], known.places[pairs[:, 1]], seen_points, known_points
    )
    return min(len(np.unique(_complex(points[rows]))) for points in (seen_points, known_points))


def check(seen: IndexedFeatures, known: IndexedFeatures) -> GeometricFit | None:
    """Match features and fit a homography from the picture to a print.

    Args:
        seen: Features of the picture.
        known: Features of a print.

    Returns:
        `None` if there are too few inliers, or the homography is degenerate.
    """
    pairs = _match_signatures(seen.signatures, known.signatures)
    if len(pairs) < _FEWEST:
        return None
    sizes = _relative_sides(seen), _relative_sides(known)
    seen_points, known_points = _pair_points(seen, known, pairs)
    inliers = _largest_consensus(
        seen.places[pairs[:, 0]], known.places[pairs[:, 1]], seen_points, known_points
    )
    refined = _refine_homography(seen_points, known_points, inliers)
    if refined is None:
        return None
    matrix, inliers = refined
    inliers &= _first_per_target(pairs[:, 1], inliers)
    if int(inliers.sum()) < _FEWEST or np.linalg.det(matrix) < _LEAST_SCALE:
        return None
    transform = np.diag([*(1 / sizes[1]), 1.0]) @ matrix @ np.diag([*sizes[0], 1.0])
    spanned = _hull_area(known_points[inliers])
    if spanned < _LEAST_COVERED:
        return None
    return GeometricFit(
        matched=pairs[inliers],
        transform=transform / transform[2, 2],
        covered=min(1.0, spanned / _hull_area(_points(known.places, sizes[1]))),
    )


def inverted(
    fit: GeometricFit, seen: IndexedFeatures, known: IndexedFeatures
) -> GeometricFit | None:
    """Return the fit from the print to the picture, with the same inliers.

    Its `covered` is about the picture. `None` if the transform is singular.
    """
    try:
        transform = np.linalg.inv(fit.transform)
    except np.linalg.LinAlgError:
        return None
    sides = _relative_sides(seen)
    spanned = _hull_area(_points(seen.places[fit.matched[:, 0]], sides))
    return GeometricFit(
        matched=fit.matched[:, ::-1],
        transform=transform / transform[2, 2],
        covered=min(1.0, spanned / _hull_area(_points(seen.places, sides))),
    )


def _pair_points(
    seen: IndexedFeatures, known: IndexedFeatures, pairs: npt.NDArray[np.intp]
) -> tuple[Points, Points]:
    """Return the points of each pair in both pictures, in units of the longer side."""
    return (
        _points(seen.places[pairs[:, 0]], _relative_sides(seen)),
        _points(known.places[pairs[:, 1]], _relative_sides(known)),
    )


def _match_signatures(seen: Signatures, known: Signatures) -> npt.NDArray[np.intp]:
    """Return the pairs (N, 2) of nearest signatures that pass the distance and ratio tests."""
    if len(known) < 2 or not len(seen):
        return np.empty((0, 2), np.intp)
    distances, nearest = cv2.batchDistance(
        _bytes(seen), _bytes(known), cv2.CV_32S, normType=cv2.NORM_HAMMING, K=2
    )
    best, second = distances[:, 0], distances[:, 1]
    rows = np.flatnonzero((best <= _MAX_HAMMING) & (best <= _RATIO * second))
    return np.column_stack([rows, nearest[rows, 0]]).astype(np.intp)


def _largest_consensus(
    seen: Places, known: Places, seen_points: Points, known_points: Points
) -> Flags:
    """Return the inliers of the similarity that most pairs agree with: bool (N,)."""
    turns = (known["angle"].astype(np.float64) - seen["angle"]) * (2 * np.pi / 256)
    scales = np.exp2((known["size"].astype(np.float64) - seen["size"]) / STEPS_PER_OCTAVE)
    factors = scales * np.exp(1j * turns)
    source, target = _complex(seen_points), _complex(known_points)
    hypotheses = np.arange(min(len(seen_points), _HYPOTHESES))
    shifts = target[hypotheses] - factors[hypotheses] * source[hypotheses]
    residuals = np.abs(factors[hypotheses, np.newaxis] * source + shifts[:, np.newaxis] - target)
    rotations_off = np.abs(np.angle(factors / factors[hypotheses, np.newaxis]))
    inliers = (residuals < _SIMILARITY_TOLERANCE) & (rotations_off < np.pi / 6)
    best: Flags = inliers[int(inliers.sum(axis=1).argmax())]
    return best


def _refine_homography(
    seen_points: Points, known_points: Points, inliers: Flags
) -> tuple[Matrix, Flags] | None:
    """Fit a homography to the inliers and return it with its own inliers.

    With few inliers, or an unsound homography, an affine transform is fitted instead.
    """
    matrix = None
    for _ in range(_ROUNDS):
        count = int(inliers.sum())
        if count < _FEWEST:
            return None
        found = _fit_affine(seen_points[inliers], known_points[inliers])
        if count >= 2 * _FEWEST:
            homography, _ = cv2.findHomography(
                seen_points[inliers],
                known_points[inliers],
                cv2.RANSAC,
                _HOMOGRAPHY_TOLERANCE,
                maxIters=200,
            )
            if homography is not None and _is_sound(homography, seen_points):
                found = homography
        matrix = found
        inliers = (
            np.linalg.norm(transform_points(seen_points, matrix) - known_points, axis=1)
            < _HOMOGRAPHY_TOLERANCE
        )
    return None if matrix is None or int(inliers.sum()) < _FEWEST else (matrix, inliers)


def _fit_affine(seen_points: Points, known_points: Points) -> Matrix:
    padded = np.column_stack([seen_points, np.ones(len(seen_points))])
    solved, *_ = np.linalg.lstsq(padded, known_points, rcond=None)
    return np.vstack([solved.T, [0, 0, 1]])


def _is_sound(matrix: Matrix, seen_points: Points) -> bool:
    """Return whether a homography neither mirrors nor folds the points, with moderate depth."""
    depths = seen_points @ matrix[2, :2] + matrix[2, 2]
    return bool(np.linalg.det(matrix) > 0 and depths.min() > 0.3 * depths.max())


def _first_per_target(targets: npt.NDArray[np.intp], inliers: Flags) -> Flags:
    """Keep the first inlier of each feature of the print, so that none counts twice."""
    rows = np.flatnonzero(inliers)
    _, first = np.unique(targets[rows], return_index=True)
    kept = np.zeros(len(targets), dtype=bool)
    kept[rows[first]] = True
    return kept


def _hull_area(points: Points) -> float:
    """Return the area of the points' convex hull, in units of the longer side squared."""
    return float(cv2.contourArea(cv2.convexHull(points.astype(np.float32))))


def _relative_sides(indexed: IndexedFeatures) -> Points:
    """Return width and height in units of the longer side."""
    return np.array([indexed.aspect, 1.0]) / max(indexed.aspect, 1.0)


def _points(places: Places, sides: Points) -> Points:
    return np.asarray(relative_points(places) * sides)


def _complex(points: Points) -> npt.NDArray[np.complex128]:
    return np.asarray(points[:, 0] + 1j * points[:, 1])


def _bytes(signatures: Signatures) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(signatures).view(np.uint8).reshape(len(signatures), -1)
