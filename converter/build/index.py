"""The neighbour index: half-whitened principal components in Annoy, its parameters chosen by measurement.

Nothing here is timed: the choice goes by a count of operations, so that the same collection gives the same
index. The desk's only home of Annoy.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import annoy
import numpy as np
import numpy.typing as npt

from converter.build import exact_search
from converter.build.exact_search import ExactSearch
from converter.errors import RecallError
from device.bundle.manifest import IndexSpec
from device.recognition.embedding.nearest import Projection, Vectors

METRIC: Literal["angular"] = "angular"
SEED = 7
WANTED_RECALL = 0.995  # the mark is 0.99; measured on a sample, so with a margin
NEAREST = 10
_DIMENSIONS = (
    128,
    96,
    64,
)  # the likeliest to suffice first: what it costs bounds the search in the others
_TREES = 20
_CANDIDATES = (50, 100, 200, 400, 800)
# Half an octave apart, up to where comparing with every print is the better way.
_SEARCH_K = tuple(round(250 * 2 ** (step / 2)) for step in range(21))
_MOST_QUERIES = 400
_NO_MORE = 0.0005  # a tenth of what is allowed to be missing
# Besides its own multiply-accumulates: a node is a jump in memory and an id to be sorted, a candidate a Python
# number and a row of the fingerprints. Fitted to times at 100,000 prints; a constant, so that nothing is timed.
_NODE_COST = 300
_CANDIDATE_COST = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChoice:
    """One set of parameters and what it reached.

    Attributes:
        recall_at_10: Share of the exact ten nearest that were found, or others as near.
    """

    dimensions: int
    trees: int
    search_k: int
    candidates: int
    recall_at_10: float

    @property
    def cost(self) -> int:
        """Work of one query in multiply-accumulates: nodes inspected, candidates scored again."""
        return _cost(self.dimensions, self.search_k, self.candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIndex:
    """An index on disk, the projection that leads into it, and the parameters measured on the way."""

    spec: IndexSpec
    projection: Projection
    tried: tuple[IndexChoice, ...]


def half_whitened(vectors: Vectors, dimensions: int) -> Projection:
    """Give the projection to the first principal components, each divided by its variance^0.25.

    Half of what whitening does: all of it (^0.5) lifts noise, none of it lets a few directions decide; on
    prints half recalls best at equal size.

    Args:
        vectors: float32 (N, 512), unit length.
        dimensions: Components to keep.
    """
    mean = vectors.mean(axis=0, dtype=np.float64)
    centred = vectors - mean
    variances, axes = np.linalg.eigh(centred.T @ centred / max(len(vectors) - 1, 1))
    order = np.argsort(variances)[::-1][:dimensions]
    scale = np.maximum(variances[order], 1e-9) ** 0.25
    kept = axes[:, order]
    kept = kept * np.sign(
        kept[np.abs(kept).argmax(axis=0), range(kept.shape[1])]
    )  # eigh's signs are free
    return Projection(mean=mean.astype(np.float32), matrix=(kept / scale).astype(np.float32))


def build(
    vectors: Vectors,
    queries: Vectors,
    path: Path,
    *,
    model_sha256: str,
    wanted_recall: float = WANTED_RECALL,
    progress: Callable[[str], None] = lambda line: None,
) -> BuiltIndex:
    """Build the cheapest index that reaches the recall wanted, and measure it.

    Args:
        vectors: float32 (N, 512), unit length, row = item.
        queries: float32 (Q, 512), unit length: what visitors may ask, such as simulated captures.
        path: Where the Annoy file goes.
        model_sha256: Of the model that made the vectors.
        wanted_recall: Of the exact ten nearest.
        progress: Told of every index tried.

    Raises:
        RecallError: When no parameters reach the recall.
    """
    queries = queries[:_MOST_QUERIES]
    yardstick = exact_search.search(vectors, queries, NEAREST)
    tried: list[IndexChoice] = []
    cheapest: IndexChoice | None = None
    for dimensions in dict.fromkeys(min(d, max(len(vectors) - 1, 1)) for d in _DIMENSIONS):
        projection = half_whitened(vectors, dimensions)
        trees = _grow(projection(vectors), path.with_suffix(f".{dimensions}"))
        for choices in _measure(trees, projection(queries), yardstick):
            tried += choices
            enough = [c for c in choices if c.recall_at_10 >= wanted_recall]
            cheapest = min(
                [*enough, *([cheapest] if cheapest else [])], key=lambda c: c.cost, default=None
            )
            progress(_line(choices[-1]))
            if cheapest and cheapest.cost <= _least_cost_after(choices[0]):
                break
        trees.unload()
    if cheapest is None:
        best = max(tried, key=lambda choice: choice.recall_at_10)
        raise RecallError(
            f"index: expected recall@10 of {wanted_recall}, found {best.recall_at_10:.4f} at best "
            f"({best.dimensions} dimensions, search_k {best.search_k}); report this collection"
        )
    return _keep(cheapest, vectors, path, tuple(tried), model_sha256)


def _measure(
    trees: annoy.AnnoyIndex, projected: Vectors, yardstick: ExactSearch
) -> Iterator[list[IndexChoice]]:
    """Measure rising `search_k`, every number of candidates at each, until more of it finds no more."""
    vectors, queries = yardstick.vectors, yardstick.queries
    sizes = sorted({min(count, len(vectors)) for count in _CANDIDATES})
    reached = 0.0
    for search_k in _SEARCH_K:
        # What Annoy inspects depends on `search_k` alone, so fewer candidates are the first of the most.
        most = [trees.get_nns_by_vector(p, sizes[-1], search_k=search_k) for p in projected]
        choices = []
        for size in sizes:
            found = [_rescored(c[:size], vectors, q) for c, q in zip(most, queries, strict=True)]
            choice = IndexChoice(
                dimensions=projected.shape[1],
                trees=_TREES,
                search_k=search_k,
                candidates=size,
                recall_at_10=yardstick.recall(found),
            )
            choices.append(choice)
        yield choices
        if choices[-1].recall_at_10 - reached < _NO_MORE:
            break
        reached = choices[-1].recall_at_10


def _cost(dimensions: int, search_k: int, candidates: int) -> int:
    return search_k * (dimensions + _NODE_COST) + candidates * (512 + _CANDIDATE_COST)


def _least_cost_after(choice: IndexChoice) -> int:
    """Give what the next `search_k` costs at least, with as few candidates."""
    following = [k for k in _SEARCH_K if k > choice.search_k]
    return _cost(
        choice.dimensions, following[0] if following else choice.search_k, choice.candidates
    )


def _rescored(candidates: list[int], vectors: Vectors, query: Vectors) -> npt.NDArray[np.intp]:
    items = np.asarray(candidates, dtype=np.intp)
    return items[np.argsort(-(vectors[items] @ query), kind="stable")[:NEAREST]]


def _grow(projected: Vectors, path: Path) -> annoy.AnnoyIndex:
    """Build an Annoy index on disk and give it mapped; one job, so that the seed decides alone."""
    trees = annoy.AnnoyIndex(projected.shape[1], METRIC)
    trees.set_seed(SEED)
    for item, vector in enumerate(projected):
        trees.add_item(item, vector)
    trees.build(_TREES, n_jobs=1)
    trees.save(str(path))
    return trees


def _keep(
    choice: IndexChoice, vectors: Vectors, path: Path, tried: tuple[IndexChoice, ...], model_sha256: str
) -> BuiltIndex:
    for dimensions in {c.dimensions for c in tried}:
        grown = path.with_suffix(f".{dimensions}")
        grown.replace(path) if dimensions == choice.dimensions else grown.unlink()
    spec = IndexSpec(
        metric=METRIC,
        dimensions=choice.dimensions,
        trees=choice.trees,
        seed=SEED,
        items=len(vectors),
        search_k=choice.search_k,
        candidates=choice.candidates,
        recall_at_10=round(choice.recall_at_10, 6),
        model_sha256=model_sha256,
    )
    return BuiltIndex(spec=spec, projection=half_whitened(vectors, choice.dimensions), tried=tried)


def _line(choice: IndexChoice) -> str:
    return (
        f"index: {choice.dimensions} dimensions, search_k {choice.search_k}, {choice.candidates} re-scored: "
        f"recall@10 {choice.recall_at_10:.4f}"
    )
