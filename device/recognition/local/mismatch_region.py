"""Find a mismatch region: both pictures have lines there, and almost none agree.

Prints within one ornamental border agree in a hundred places, all of them in the border. So once the homography is known,
each feature is compared only with those at its own place. This is guided matching (Hartley and Zisserman, "Multiple View
Geometry", 2004, 4.5). It finds most true matches even in a poor picture. The largest region without any is the mismatch
region (docs/decisions.md, 23). Areas that fingers hide or the frame cuts off don't count, since the picture has no lines
projected.
"""

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.corners import transform_points
from device.recognition.local.codebook import hamming
from device.recognition.local.geometric_check import GeometricFit
from device.recognition.local.inverted_index import (
    STEPS_PER_OCTAVE,
    IndexedFeatures,
    Places,
    relative_points,
)

# Cells along a print's width, and along its height.
_CELLS = 6
# Two features are the same if they lie this near (share of the longer side), differ in size by less than an octave, in
# rotation by less than this angle, and in at most this number of bits. Random signatures differ in 64 +- 5.7 of 128 bits.
_NEAR, _MAX_ROTATION, _MAX_HAMMING = 0.015, np.pi / 6, 46
# A cell with at most this share of the expected matches is a mismatch.
_MISMATCH_SHARE = 0.1

Counts = npt.NDArray[np.float64]


def mismatch_size(fit: GeometricFit, seen: IndexedFeatures, known: IndexedFeatures) -> float:
    """Return the size of the largest mismatch region, in features expected to match there.

    Args:
        fit: Inliers and homography between picture and print.
        seen: Features of the picture.
        known: Features of the print.

    Returns:
        0 or more.
    """
    projected = transform_points(relative_points(seen.places), fit.transform)
    own = relative_points(known.places)
    agreeing = _count_by_cell(own[_agrees(fit, seen, known, projected, own)])
    possible = np.minimum(_count_by_cell(projected), _count_by_cell(own))
    expected = possible * (agreeing.sum() / max(1.0, possible.sum()))
    empty = (agreeing <= _MISMATCH_SHARE * expected).reshape(_CELLS, _CELLS).astype(np.uint8)
    count, parts = cv2.connectedComponents(empty, connectivity=4)
    sizes = np.bincount(parts.ravel(), weights=expected, minlength=count)
    return float(sizes[1:].max(initial=0.0))


def _agrees(
    fit: GeometricFit,
    seen: IndexedFeatures,
    known: IndexedFeatures,
    projected: npt.NDArray[np.float64],
    own: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    """Return which of the print's features are matched at their own place: bool (N,)."""
    sides = np.array([known.aspect, 1.0]) / max(known.aspect, 1.0)
    # Each axis by itself: of all pairs of a few hundred features, few are near.
    x, y = (np.abs(projected[:, i, np.newaxis] - own[:, i]) * sides[i] < _NEAR for i in (0, 1))
    rows, columns = np.nonzero(x & y)
    turns, octaves = _differences(seen.places[rows], known.places[columns])
    fitted_turns, fitted_octaves = _differences(
        seen.places[fit.matched[:, 0]], known.places[fit.matched[:, 1]]
    )
    turn = np.angle(np.exp(1j * fitted_turns).mean())
    is_same = (
        (np.abs(octaves - np.median(fitted_octaves)) < 1)
        & (np.abs(np.angle(np.exp(1j * (turns - turn)))) < _MAX_ROTATION)
        & (hamming(seen.signatures[rows], known.signatures[columns]) <= _MAX_HAMMING)
    )
    found = np.zeros(len(known), dtype=bool)
    found[columns[is_same]] = True
    return found


def _differences(
    seen: Places, known: Places
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return rotations in radians and scales in octaves from seen to known features."""
    turns = known["angle"].astype(np.float64) - seen["angle"]
    sizes = known["size"].astype(np.float64) - seen["size"]
    return turns * (2 * np.pi / 256), sizes / STEPS_PER_OCTAVE


def _count_by_cell(points: npt.NDArray[np.float64]) -> Counts:
    """Count the points in each cell of a picture with sides 0..1: float64 (36,)."""
    inside = points[((points >= 0) & (points <= 1)).all(axis=1)]
    cells = np.minimum((inside * _CELLS).astype(np.intp), _CELLS - 1)
    return np.bincount(cells[:, 1] * _CELLS + cells[:, 0], minlength=_CELLS**2).astype(np.float64)
