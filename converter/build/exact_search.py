"""Exact search: the yardstick that an index's recall is measured with.

Ties count: of a dozen pictures that are the same, any ten are the ten nearest. Knows nothing of indexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from device.recognition.embedding.nearest import Vectors

_TIE = 1e-6  # cosines nearer than this are the same: float32 keeps no more
_QUERIES_AT_ONCE = 50  # so many rows of scores are held


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactSearch:
    """What exact search finds for some queries.

    Attributes:
        vectors: float32 (N, D), unit length, row = item.
        queries: float32 (Q, D), unit length.
        count: How many nearest are looked for: never more than there are vectors.
        floors: float32 (Q,), the cosine of each query's farthest among its nearest.
    """

    vectors: Vectors
    queries: Vectors
    count: int
    floors: npt.NDArray[np.float32]

    def recall(self, found: Sequence[npt.NDArray[np.intp]]) -> float:
        """Give the share of the nearest that were found: all that are no farther than the last of them.

        Args:
            found: For each query the items found, each once, in any order.
        """
        return sum(map(self._hits, found, self.queries, self.floors)) / (
            self.count * len(self.queries)
        )

    def _hits(
        self, items: npt.NDArray[np.intp], query: npt.NDArray[np.float32], floor: np.float32
    ) -> int:
        near = np.count_nonzero(self.vectors[items] @ query >= floor - _TIE)
        return min(int(near), self.count)


def search(vectors: Vectors, queries: Vectors, count: int) -> ExactSearch:
    """Compare every query with every vector.

    Args:
        vectors: float32 (N, D), unit length, row = item.
        queries: float32 (Q, D), unit length.
        count: How many nearest to look for.
    """
    count = min(count, len(vectors))
    floors = [
        np.partition(chunk @ vectors.T, -count, axis=1)[:, -count]
        for chunk in np.array_split(queries, max(len(queries) // _QUERIES_AT_ONCE, 1))
    ]
    return ExactSearch(vectors=vectors, queries=queries, count=count, floors=np.concatenate(floors))
