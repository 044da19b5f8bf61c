"""Score simulated captures by fingerprint, as prints known and unknown to the collection.

A known print is in the collection. For an unknown one, the print and its relatives are left out of it.
The parity page draws its curves from the scores, which are cosines of the quantised model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from converter.calibrate.captures import SimulatedCapture, batched
from device.recognition.embedding.fingerprint import Vector
from device.recognition.embedding.nearest import Vectors

_CAPTURES_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUnknownScores:
    """Cosines of captures to their own print and to the best other print.

    Attributes:
        items: intp (Q,); the print of each capture.
        known: float32 (Q,); cosine to the capture's own print.
        unknown: float32 (Q,); cosine to the best other print, NaN if no other is left.
    """

    items: npt.NDArray[np.intp]
    known: Vector
    unknown: Vector


def score(
    vectors: Vectors, captures: Sequence[SimulatedCapture], relatives: Mapping[int, frozenset[int]]
) -> KnownUnknownScores:
    """Return the cosines of captures, with their print in the collection and without.

    Args:
        vectors: float32 (N, 512), unit length; the collection's fingerprints by the quantised model.
        captures: Captures of prints of this collection.
        relatives: The rows left out together with each row.
    """
    items = np.array([capture.item for capture in captures], dtype=np.intp)
    known = np.empty(len(captures), dtype=np.float32)
    unknown = np.full(len(captures), np.nan, dtype=np.float32)
    for at in batched(range(len(captures)), _CAPTURES_AT_ONCE):
        cosines = np.stack([captures[i].vector for i in at]) @ vectors.T
        for i, row in zip(at, cosines, strict=True):
            item = captures[i].item
            known[i] = row[item]
            row[[item, *relatives.get(item, ())]] = -np.inf
            if np.isfinite(row.max()):
                unknown[i] = row.max()
    return KnownUnknownScores(items=items, known=known, unknown=unknown)
