"""Exact search by cosine, the ground truth for an index's recall.

Ties count as found: of a dozen identical pictures, any ten are the ten nearest. Knows nothing of indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.recognition.embedding.nearest import Vectors

_TIE = 1e-6  # cosines closer than this are equal: float32 is no more precise
_QUERY_BATCH = 50  # bounds the memory for scores


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactSearch:
    """The exact nearest neighbours of some queries, as the cosine that a neighbour must reach.

    Attributes:
        vectors: float32 (N, D), unit length, row = item.
        queries: float32 (Q, D), unit length.
        count: Neighbours a query; at most as many as there are vectors.
        min_cosines: float32 (Q,), the cosine of each query's farthest neighbour.
    """

    vectors: Vectors
    queries: Vectors
    count: int
    min_cosines: npt.NDArray[np.float32]

    def recall(self, found: Sequence[npt.NDArray[np.intp]]) -> float:
        """Return the share of the nearest neighbours that were found, 0..1.

        An item counts when it is at least as near as the farthest exact neighbour.

        Args:
            found: For each query the items found, without duplicates, in any order.
        """
        return sum(map(self._hits, found, self.queries, self.min_cosines)) / (
            self.count * len(self.queries)
        )

    def _hits(
        self, items: npt.NDArray[np.intp], query: npt.NDArray[np.float32], min_cosine: np.float32
    ) -> int:
        near = np.count_nonzero(self.vectors[items] @ query >= min_cosine - _TIE)
        return min(int(near), self.count)


def search(vectors: Vectors, queries: Vectors, count: int) -> ExactSearch:
    """Find the nearest neighbours of every query by comparing it with every vector.

    Args:
        vectors: float32 (N, D), unit length, row = item.
        queries: float32 (Q, D), unit length.
        count: Neighbours a query.
    """
    count = min(count, len(vectors))
    min_cosines = [
        np.partition(chunk @ vectors.T, -count, axis=1)[:, -count]
        for chunk in np.array_split(queries, max(len(queries) // _QUERY_BATCH, 1))
    ]
    return ExactSearch(
        vectors=vectors, queries=queries, count=count, min_cosines=np.concatenate(min_cosines)
    )
