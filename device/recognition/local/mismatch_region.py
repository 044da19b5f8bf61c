"""What speaks against a fit: a part of the print where both pictures have lines, and hardly any of them agree.

Prints within one ornamental border agree in a hundred places, all of them in the border. So once it is known where the
seen picture lies on the print, each detail is compared with those in its own place alone (guided matching: Hartley and
Zisserman, "Multiple View Geometry", 2004, 4.5), which finds most of the true ones even in a poor picture, and the
largest part of the print without any is the gap. What fingers hide, or the frame cuts off, leaves none: there the seen
picture has no lines at all.
"""

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.corners import mapped
from device.recognition.local.codebook import hamming
from device.recognition.local.geometric_check import GeometricFit
from device.recognition.local.inverted_index import STEPS_AN_OCTAVE, IndexedFeatures, Places, shares

# Of a print's width and height.
_CELLS = 6
# In its own place, a detail is the same one when it lies this near (of the longer side), as large within an octave, as
# turned within this angle, and its signature differs in no more bits; random ones differ in 64 +- 5.7 of 128.
_NEAR, _TURN, _FAR = 0.015, np.pi / 6, 46
# Less than this of what is to be expected there is nothing.
_HARDLY = 0.1

Counts = npt.NDArray[np.float64]


def gap(fit: GeometricFit, seen: IndexedFeatures, known: IndexedFeatures) -> float:
    """Give how many details would agree in the largest part of the print where hardly any does, 0 and more.

    Args:
        fit: How the seen picture lies on the print.
        seen: Details of the frame's picture.
        known: Those of the print.
    """
    there, own = mapped(shares(seen.places), fit.transform), shares(known.places)
    agreeing = _counted(own[_agrees(fit, seen, known, there, own)])
    possible = np.minimum(_counted(there), _counted(own))
    expected = possible * (agreeing.sum() / max(1.0, possible.sum()))
    empty = (agreeing <= _HARDLY * expected).reshape(_CELLS, _CELLS).astype(np.uint8)
    count, parts = cv2.connectedComponents(empty, connectivity=4)
    sizes = np.bincount(parts.ravel(), weights=expected, minlength=count)
    return float(sizes[1:].max(initial=0.0))


def _agrees(
    fit: GeometricFit,
    seen: IndexedFeatures,
    known: IndexedFeatures,
    there: npt.NDArray[np.float64],
    own: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    """Give which of the print's details are seen in their own place: (N,)."""
    sides = np.array([known.aspect, 1.0]) / max(known.aspect, 1.0)
    # Compared side by side: all pairs of a few hundred details, and hardly any is near.
    x, y = (np.abs(there[:, i, np.newaxis] - own[:, i]) * sides[i] < _NEAR for i in (0, 1))
    rows, columns = np.nonzero(x & y)
    turns, octaves = _differences(seen.places[rows], known.places[columns])
    fitted_turns, fitted_octaves = _differences(
        seen.places[fit.matched[:, 0]], known.places[fit.matched[:, 1]]
    )
    turn = np.angle(np.exp(1j * fitted_turns).mean())
    alike = (
        (np.abs(octaves - np.median(fitted_octaves)) < 1)
        & (np.abs(np.angle(np.exp(1j * (turns - turn)))) < _TURN)
        & (hamming(seen.signatures[rows], known.signatures[columns]) <= _FAR)
    )
    found = np.zeros(len(known), dtype=bool)
    found[columns[alike]] = True
    return found


def _differences(
    seen: Places, known: Places
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give how much further the known details are turned, in radians, and how much larger they are, in octaves."""
    turns = known["angle"].astype(np.float64) - seen["angle"]
    sizes = known["size"].astype(np.float64) - seen["size"]
    return turns * (2 * np.pi / 256), sizes / STEPS_AN_OCTAVE


def _counted(points: npt.NDArray[np.float64]) -> Counts:
    """Give how many points lie in each cell of a picture with sides 0..1: (36,)."""
    inside = points[((points >= 0) & (points <= 1)).all(axis=1)]
    cells = np.minimum((inside * _CELLS).astype(np.intp), _CELLS - 1)
    return np.bincount(cells[:, 1] * _CELLS + cells[:, 0], minlength=_CELLS**2).astype(np.float64)
