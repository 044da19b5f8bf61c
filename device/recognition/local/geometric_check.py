"""Whether two pictures show the same lines in the same places: matched details and a robust transform.

Each pair of details proposes a whole similarity by itself (place, turn and size: Philbin et al., "Object retrieval with
large vocabularies and fast spatial matching", CVPR 2007), so that every hypothesis is tried and nothing is left to
chance; the best is refined to a homography. What is found stays with the answer as its evidence.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.corners import Points, mapped
from device.recognition.local.codebook import Signatures
from device.recognition.local.inverted_index import STEPS_AN_OCTAVE, IndexedFeatures, Places, shares

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Signatures of one detail seen twice differ in fewer bits than this, and in clearly fewer than the second best.
_FAR, _RATIO = 38, 0.85
# Of the longest side of the record's picture: first for a similarity, which a tilted sheet is not, then for a homography.
_LOOSE, _TIGHT = 0.06, 0.015
_FEWEST = 4
# Details in one place or on one line fit many transforms, and some that have no way back. A print's area is neither
# seen a thousand times as large, nor are its details in a ten thousandth of it evidence.
_LEAST_SCALE, _LEAST_COVERED = 1e-3, 1e-4
_ROUNDS = 3
_TRIED = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometricFit:
    """How one picture lies on another.

    Attributes:
        matched: int (N, 2), the pairs that agree: row of the frame's detail, row of the print's.
        transform: float64 (3, 3), from the frame's picture to the print's, both with sides 0..1.
        covered: Share of what all of the print's details span that the agreeing ones span, 0..1: of a flower on an
            empty page, the flower counts.
    """

    matched: npt.NDArray[np.intp]
    transform: Matrix
    covered: float

    def __len__(self) -> int:
        return len(self.matched)


def agreement(seen: IndexedFeatures, known: IndexedFeatures, pairs: npt.NDArray[np.intp]) -> int:
    """Give how many pairs of details lie alike in both pictures, counting a place once: a quick look before `check`.

    Args:
        seen: Details of the frame's picture.
        known: Those of a print.
        pairs: int (N, 2), perhaps the same: row of the frame's detail, row of the print's.
    """
    if not len(pairs):
        return 0
    here, there = _placed(seen, known, pairs)
    rows = _most_agreeing(seen.places[pairs[:, 0]], known.places[pairs[:, 1]], here, there)
    return min(len(np.unique(_complex(points[rows]))) for points in (here, there))


def check(seen: IndexedFeatures, known: IndexedFeatures) -> GeometricFit | None:
    """Find how the seen picture lies on a known print; `None` when too little agrees.

    Args:
        seen: Details of the frame's picture.
        known: Those of a print.
    """
    pairs = _match(seen.signatures, known.signatures)
    if len(pairs) < _FEWEST:
        return None
    sizes = _sides(seen), _sides(known)
    here, there = _placed(seen, known, pairs)
    agreeing = _most_agreeing(seen.places[pairs[:, 0]], known.places[pairs[:, 1]], here, there)
    refined = _refined(here, there, agreeing)
    if refined is None:
        return None
    matrix, agreeing = refined
    agreeing &= _once(pairs[:, 1], agreeing)
    if int(agreeing.sum()) < _FEWEST or np.linalg.det(matrix) < _LEAST_SCALE:
        return None
    transform = np.diag([*(1 / sizes[1]), 1.0]) @ matrix @ np.diag([*sizes[0], 1.0])
    spanned = _area(there[agreeing])
    if spanned < _LEAST_COVERED:
        return None
    return GeometricFit(
        matched=pairs[agreeing],
        transform=transform / transform[2, 2],
        covered=min(1.0, spanned / _area(_points(known.places, sizes[1]))),
    )


def _placed(
    seen: IndexedFeatures, known: IndexedFeatures, pairs: npt.NDArray[np.intp]
) -> tuple[Points, Points]:
    """Give where the details of each pair are in their pictures, with the longer side 1."""
    return (
        _points(seen.places[pairs[:, 0]], _sides(seen)),
        _points(known.places[pairs[:, 1]], _sides(known)),
    )


def _match(seen: Signatures, known: Signatures) -> npt.NDArray[np.intp]:
    """Give the pairs whose signatures are near, and much nearer than the next: (N, 2)."""
    if len(known) < 2 or not len(seen):
        return np.empty((0, 2), np.intp)
    distances, nearest = cv2.batchDistance(
        _bytes(seen), _bytes(known), cv2.CV_32S, normType=cv2.NORM_HAMMING, K=2
    )
    best, second = distances[:, 0], distances[:, 1]
    rows = np.flatnonzero((best <= _FAR) & (best <= _RATIO * second))
    return np.column_stack([rows, nearest[rows, 0]]).astype(np.intp)


def _most_agreeing(seen: Places, known: Places, here: Points, there: Points) -> Flags:
    """Give which pairs agree with the similarity that most pairs agree with."""
    turns = (known["angle"].astype(np.float64) - seen["angle"]) * (2 * np.pi / 256)
    scales = np.exp2((known["size"].astype(np.float64) - seen["size"]) / STEPS_AN_OCTAVE)
    factors = scales * np.exp(1j * turns)
    source, target = _complex(here), _complex(there)
    tried = np.arange(min(len(here), _TRIED))
    shifts = target[tried] - factors[tried] * source[tried]
    misses = np.abs(factors[tried, np.newaxis] * source + shifts[:, np.newaxis] - target)
    turned = np.abs(np.angle(factors / factors[tried, np.newaxis]))
    agreeing = (misses < _LOOSE) & (turned < np.pi / 6)
    best: Flags = agreeing[int(agreeing.sum(axis=1).argmax())]
    return best


def _refined(here: Points, there: Points, agreeing: Flags) -> tuple[Matrix, Flags] | None:
    """Give the homography through the agreeing pairs, and who agrees with it; affine while they are few."""
    matrix = None
    for _ in range(_ROUNDS):
        count = int(agreeing.sum())
        if count < _FEWEST:
            return None
        found = _affine(here[agreeing], there[agreeing])
        if count >= 2 * _FEWEST:
            homography, _ = cv2.findHomography(
                here[agreeing], there[agreeing], cv2.RANSAC, _TIGHT, maxIters=200
            )
            if homography is not None and _is_sound(homography, here):
                found = homography
        matrix = found
        agreeing = np.linalg.norm(mapped(here, matrix) - there, axis=1) < _TIGHT
    return None if matrix is None or int(agreeing.sum()) < _FEWEST else (matrix, agreeing)


def _affine(here: Points, there: Points) -> Matrix:
    padded = np.column_stack([here, np.ones(len(here))])
    solved, *_ = np.linalg.lstsq(padded, there, rcond=None)
    return np.vstack([solved.T, [0, 0, 1]])


def _is_sound(matrix: Matrix, here: Points) -> bool:
    """Say whether a homography keeps what it maps on one side, unmirrored, and near its size."""
    depths = here @ matrix[2, :2] + matrix[2, 2]
    return bool(np.linalg.det(matrix) > 0 and depths.min() > 0.3 * depths.max())


def _once(targets: npt.NDArray[np.intp], agreeing: Flags) -> Flags:
    """Give the first agreeing pair of each of the print's details: many that meet in one place are one."""
    rows = np.flatnonzero(agreeing)
    _, first = np.unique(targets[rows], return_index=True)
    kept = np.zeros(len(targets), dtype=bool)
    kept[rows[first]] = True
    return kept


def _area(points: Points) -> float:
    """Give the area that points span, with the picture's longer side 1."""
    return float(cv2.contourArea(cv2.convexHull(points.astype(np.float32))))


def _sides(written: IndexedFeatures) -> Points:
    """Give width and height with the longer one 1."""
    return np.array([written.aspect, 1.0]) / max(written.aspect, 1.0)


def _points(places: Places, sides: Points) -> Points:
    return np.asarray(shares(places) * sides)


def _complex(points: Points) -> npt.NDArray[np.complex128]:
    return np.asarray(points[:, 0] + 1j * points[:, 1])


def _bytes(signatures: Signatures) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(signatures).view(np.uint8).reshape(len(signatures), -1)
