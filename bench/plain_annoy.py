"""Plain Annoy over whole fingerprints, the peer of the kiosk's half-whitened index."""

from dataclasses import dataclass
from pathlib import Path

import annoy
import numpy as np

from converter.build.exact_search import ExactSearch
from converter.build.index import NEAREST, SEED
from device.recognition.embedding.fingerprint import Vector
from device.recognition.embedding.nearest import Vectors

# Half an octave apart.
SEARCH_K = tuple(round(500 * 2 ** (step / 2)) for step in range(22))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainIndex:
    """A plain index on disk, mapped into memory.

    Attributes:
        count: The number of trees.
        search_k: The least value of the grid that reaches the required recall, or the grid's largest.
        recall_at_10: The recall reached with `search_k`.
    """

    trees: annoy.AnnoyIndex
    count: int
    size_bytes: int
    search_k: int = 0
    recall_at_10: float = 0.0

    def nearest(self, query: Vector) -> list[int]:
        """Return the ten nearest items found with these parameters."""
        return list(self.trees.get_nns_by_vector(query, NEAREST, search_k=self.search_k))


def build(vectors: Vectors, count: int, path: Path) -> PlainIndex:
    """Build a plain index with `count` trees."""
    trees = annoy.AnnoyIndex(vectors.shape[1], "angular")
    trees.set_seed(SEED)
    for item, vector in enumerate(vectors):
        trees.add_item(item, vector)
    trees.build(count, n_jobs=-1)
    trees.save(str(path))
    return PlainIndex(trees=trees, count=count, size_bytes=path.stat().st_size)


def tuned(index: PlainIndex, exact: ExactSearch, wanted: float) -> PlainIndex:
    """Return the index with the least `search_k` that reaches a recall on `exact`'s queries."""
    low, high = 0, len(SEARCH_K) - 1
    while low < high:
        middle = (low + high) // 2
        if recall_at(index, exact, SEARCH_K[middle]) >= wanted:
            high = middle
        else:
            low = middle + 1
    return PlainIndex(
        trees=index.trees,
        count=index.count,
        size_bytes=index.size_bytes,
        search_k=SEARCH_K[low],
        recall_at_10=recall_at(index, exact, SEARCH_K[low]),
    )


def recall_at(index: PlainIndex, exact: ExactSearch, search_k: int) -> float:
    """Return recall@10 with a `search_k`; -1 is Annoy's default."""
    found = [
        np.asarray(index.trees.get_nns_by_vector(query, NEAREST, search_k=search_k), np.intp)
        for query in exact.queries
    ]
    return exact.recall(found)
