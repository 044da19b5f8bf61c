"""Build the neighbour index: half-whitened components in Annoy, parameters by measurement.

Nothing is timed. The choice depends on a count of operations, so that the same collection always makes the same
index. Only this module of the converter may use Annoy.
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
TARGET_RECALL = 0.995  # the requirement is 0.99; recall is measured on a sample, hence the margin
NEAREST = 10
_DIMENSIONS = (
    128,
    96,
    64,
)  # the likeliest first: its cost bounds the search in the others
_TREES = 20
_CANDIDATES = (50, 100, 200, 400, 800)
# Each is sqrt(2) times the one before, up to where comparing with every print would be cheaper.
_SEARCH_K = tuple(round(250 * 2 ** (step / 2)) for step in range(21))
_MAX_QUERIES = 400
_MIN_RECALL_GAIN = 0.0005  # a tenth of the recall that may be lost
# Overhead in multiply-accumulates: a node costs a jump in memory and an id to sort, a candidate costs a Python
# number and a row of the fingerprints. Fitted to times at 100,000 prints; constant, so that nothing is timed.
_NODE_COST = 300
_CANDIDATE_COST = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredParameters:
    """One set of index parameters and the recall measured with it.

    Attributes:
        dimensions: Components of the projection.
        search_k: Nodes that Annoy inspects for a query.
        candidates: Items that are scored again with the whole fingerprint.
        recall_at_10: Share of the exact ten nearest neighbours that were found, 0..1.
    """

    dimensions: int
    trees: int
    search_k: int
    candidates: int
    recall_at_10: float

    @property
    def cost(self) -> int:
        """Cost of one query in multiply-accumulates: nodes inspected and candidates scored again."""
        return _cost(self.dimensions, self.search_k, self.candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIndex:
    """An index on disk, its projection, and every set of parameters that was measured."""

    spec: IndexSpec
    projection: Projection
    measured: tuple[MeasuredParameters, ...]


def half_whitened(vectors: Vectors, dimensions: int) -> Projection:
    """Return the projection to principal components, each divided by its variance^0.25.

    This is half of whitening. Whole whitening (^0.5) amplifies noise, and without whitening a few directions
    decide alone. On prints, half of it has the best recall at equal size.

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
    )  # eigh leaves the signs undetermined
    return Projection(mean=mean.astype(np.float32), matrix=(kept / scale).astype(np.float32))


def build(
    vectors: Vectors,
    queries: Vectors,
    path: Path,
    *,
    model_sha256: str,
    target_recall: float = TARGET_RECALL,
    progress: Callable[[str], None] = lambda line: None,
) -> BuiltIndex:
    """Build the cheapest index that reaches the target recall, and measure it.

    Args:
        vectors: float32 (N, 512), unit length, row = item.
        queries: float32 (Q, 512), unit length: queries like those of visitors, such as simulated captures.
        path: Path of the Annoy file.
        model_sha256: The sha256 of the model that made the vectors.
        target_recall: Share of the exact ten nearest neighbours to find, 0..1.
        progress: Called with a line of text for every `search_k` measured.

    Raises:
        RecallError: When no parameters reach the target recall.
    """
    queries = queries[:_MAX_QUERIES]
    exact = exact_search.search(vectors, queries, NEAREST)
    measured: list[MeasuredParameters] = []
    cheapest: MeasuredParameters | None = None
    for dimensions in dict.fromkeys(min(d, max(len(vectors) - 1, 1)) for d in _DIMENSIONS):
        projection = half_whitened(vectors, dimensions)
        trees = _build_trees(projection(vectors), path.with_suffix(f".{dimensions}"))
        for choices in _measure(trees, projection(queries), exact):
            measured += choices
            enough = [c for c in choices if c.recall_at_10 >= target_recall]
            cheapest = min(
                [*enough, *([cheapest] if cheapest else [])], key=lambda c: c.cost, default=None
            )
            progress(_describe(choices[-1]))
            if cheapest and cheapest.cost <= _min_next_cost(choices[0]):
                break
        trees.unload()
    if cheapest is None:
        best = max(measured, key=lambda choice: choice.recall_at_10)
        raise RecallError(
            f"index: expected recall@10 of {target_recall}, found {best.recall_at_10:.4f} at best "
            f"({best.dimensions} dimensions, search_k {best.search_k}); report this collection"
        )
    return _finish(cheapest, vectors, path, tuple(measured), model_sha256)


def _measure(
    trees: annoy.AnnoyIndex, projected: Vectors, exact: ExactSearch
) -> Iterator[list[MeasuredParameters]]:
    """Yield the choices of each rising `search_k`, until a larger one no longer raises recall."""
    vectors, queries = exact.vectors, exact.queries
    sizes = sorted({min(count, len(vectors)) for count in _CANDIDATES})
    reached = 0.0
    for search_k in _SEARCH_K:
        # Annoy's search depends on `search_k` alone, so fewer candidates are a prefix of the longest list.
        longest = [trees.get_nns_by_vector(p, sizes[-1], search_k=search_k) for p in projected]
        choices = []
        for size in sizes:
            found = [_rescore(c[:size], vectors, q) for c, q in zip(longest, queries, strict=True)]
            choice = MeasuredParameters(
                dimensions=projected.shape[1],
                trees=_TREES,
                search_k=search_k,
                candidates=size,
                recall_at_10=exact.recall(found),
            )
            choices.append(choice)
        yield choices
        if choices[-1].recall_at_10 - reached < _MIN_RECALL_GAIN:
            break
        reached = choices[-1].recall_at_10


def _cost(dimensions: int, search_k: int, candidates: int) -> int:
    return search_k * (dimensions + _NODE_COST) + candidates * (512 + _CANDIDATE_COST)


def _min_next_cost(choice: MeasuredParameters) -> int:
    """Return the minimum cost of the next `search_k`, with the same number of candidates."""
    following = [k for k in _SEARCH_K if k > choice.search_k]
    return _cost(
        choice.dimensions, following[0] if following else choice.search_k, choice.candidates
    )


def _rescore(candidates: list[int], vectors: Vectors, query: Vectors) -> npt.NDArray[np.intp]:
    items = np.asarray(candidates, dtype=np.intp)
    return items[np.argsort(-(vectors[items] @ query), kind="stable")[:NEAREST]]


def _build_trees(projected: Vectors, path: Path) -> annoy.AnnoyIndex:
    """Build an Annoy index on disk, with one job so that it only depends on the seed."""
    trees = annoy.AnnoyIndex(projected.shape[1], METRIC)
    trees.set_seed(SEED)
    for item, vector in enumerate(projected):
        trees.add_item(item, vector)
    trees.build(_TREES, n_jobs=1)
    trees.save(str(path))
    return trees


def _finish(
    choice: MeasuredParameters,
    vectors: Vectors,
    path: Path,
    measured: tuple[MeasuredParameters, ...],
    model_sha256: str,
) -> BuiltIndex:
    for dimensions in {c.dimensions for c in measured}:
        candidate = path.with_suffix(f".{dimensions}")
        candidate.replace(path) if dimensions == choice.dimensions else candidate.unlink()
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
    return BuiltIndex(spec=spec, projection=half_whitened(vectors, choice.dimensions), measured=measured)


def _describe(choice: MeasuredParameters) -> str:
    return (
        f"index: {choice.dimensions} dimensions, search_k {choice.search_k}, {choice.candidates} re-scored: "
        f"recall@10 {choice.recall_at_10:.4f}"
    )
