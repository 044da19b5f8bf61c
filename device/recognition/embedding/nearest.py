"""Nearest-neighbour search over fingerprints.

Annoy finds candidates in a few half-whitened dimensions. They are ranked by exact cosines of whole fingerprints.

Half-whitening divides principal components by the fourth root of their variance (docs/decisions.md, 2). Then 64 to 128
dimensions can stand in for 512. Plain components have a lower recall, and so has full whitening. No other module of the
device imports Annoy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import annoy
import numpy as np
import numpy.typing as npt

from device.bundle import layout
from device.bundle.manifest import IndexSpec
from device.errors import BundleDamagedError, ModelError
from device.recognition.embedding.fingerprint import DIMENSIONS, Fingerprint, Vector
from device.recognition.mapped_arrays import map_array

Vectors = npt.NDArray[np.float32]

_ROWS_PER_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A picture close to a fingerprint.

    Attributes:
        item: The picture's row in the index (`device.bundle.picture_rows`).
        distance: 1 - cosine, 0..2.
    """

    item: int
    distance: float

    @property
    def score(self) -> float:
        """Return the cosine similarity, -1..1."""
        return 1.0 - self.distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Projects unit vectors to the space of the Annoy index.

    Attributes:
        mean: float32 (512,), mean of the collection's unit vectors.
        matrix: float32 (512, D), half-whitened principal components.
    """

    mean: Vector
    matrix: Vectors

    def __call__(self, vectors: Vectors) -> Vectors:
        """Project unit vectors float32 (..., 512) to float32 (..., D)."""
        return np.asarray((vectors - self.mean) @ self.matrix, dtype=np.float32)


def load_projection(path: Path) -> Projection:
    """Read a projection: float32 (512, 1 + D), the mean in its first column.

    Raises:
        BundleDamagedError: If the file has another dtype or shape.
    """
    stacked = load_array(path)
    if stacked.shape[0] != DIMENSIONS or stacked.shape[1] < 2:
        raise BundleDamagedError(
            f"{path}: expected a projection of {DIMENSIONS} dimensions, found {stacked.shape}; fetch it again"
        )
    return Projection(mean=stacked[:, 0].copy(), matrix=np.ascontiguousarray(stacked[:, 1:]))


def stack(projection: Projection) -> Vectors:
    """Return a projection as one array to store: float32 (512, 1 + D), the mean in column 0."""
    return np.column_stack([projection.mean, projection.matrix]).astype(np.float32)


def load_array(path: Path) -> Vectors:
    """Memory-map a float32 matrix from a `.npy` file.

    Raises:
        BundleDamagedError: If the file has another dtype or shape.
    """
    array: Vectors = map_array(path)
    if array.dtype != np.float32 or array.ndim != 2:
        raise BundleDamagedError(
            f"{path}: expected float32 in 2 dimensions, found {array.dtype} in {array.ndim}; fetch it again"
        )
    return array


def normalise(vectors: Vectors) -> Vectors:
    """Scale vectors to unit length; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return np.asarray(scaled, dtype=np.float32)


class FingerprintIndex:
    """Nearest-neighbour index of one bundle's fingerprints. Reading is thread-safe."""

    def __init__(self, bundle: Path, spec: IndexSpec) -> None:
        """Memory-map a bundle's index, projection and fingerprints.

        Args:
            bundle: The bundle's folder.
            spec: Sizes and search parameters from the manifest.

        Raises:
            BundleDamagedError: If the sizes disagree with each other or with `spec`.
        """
        self._spec = spec
        self._vectors = load_array(bundle / layout.FINGERPRINTS)
        self._projection = load_projection(bundle / layout.PROJECTION)
        found = (*self._vectors.shape, self._projection.matrix.shape[1])
        expected = (spec.items, DIMENSIONS, spec.dimensions)
        if found != expected:
            raise BundleDamagedError(
                f"{bundle}: expected (prints, fingerprint, index) dimensions {expected}, found {found}; fetch it again"
            )
        self._trees = _load_trees(bundle / layout.INDEX, spec)

    def __len__(self) -> int:
        return self._spec.items

    def nearest(self, fingerprint: Fingerprint, count: int) -> list[Neighbour]:
        """Return approximately nearest prints of the whole collection, nearest first.

        Raises:
            ModelError: If the fingerprint is another model's.
        """
        if count > self._spec.candidates:  # `search_k` was chosen for fewer
            return self.exact(fingerprint, count)
        query = self._query(fingerprint)
        return self._nearest_by_cosine(query, self._candidates(query), count)

    def exact(
        self, fingerprint: Fingerprint, count: int, among: Sequence[int] | None = None
    ) -> list[Neighbour]:
        """Return the exact nearest prints among some rows, nearest first.

        Args:
            fingerprint: The query.
            count: Maximum number of neighbours.
            among: Rows to compare with, such as those that pass a filter; `None` for all.

        Raises:
            ModelError: If the fingerprint is another model's.
        """
        rows = range(len(self)) if among is None else among
        return self._nearest_by_cosine(self._query(fingerprint), rows, count)

    def similar_to(self, item: int, count: int) -> list[Neighbour]:
        """Return the prints nearest to one item, without itself; at most `spec.candidates`."""
        query = np.asarray(self._vectors[item], dtype=np.float32)
        found = self._nearest_by_cosine(query, self._candidates(query), count + 1)
        return [neighbour for neighbour in found if neighbour.item != item][:count]

    def _candidates(self, query: Vector) -> list[int]:
        return sorted(  # so that ties are ordered as in `exact`
            self._trees.get_nns_by_vector(
                self._projection(query), self._spec.candidates, search_k=self._spec.search_k
            )
        )

    def _query(self, fingerprint: Fingerprint) -> Vector:
        if fingerprint.model_sha256 != self._spec.model_sha256:
            raise ModelError(
                f"fingerprint of model {fingerprint.model_sha256[:12]} can't be compared with an index of "
                f"{self._spec.model_sha256[:12]}; open model and index of one bundle"
            )
        return normalise(fingerprint.vector)

    def _nearest_by_cosine(self, query: Vector, rows: Sequence[int], count: int) -> list[Neighbour]:
        items = np.asarray(rows, dtype=np.intp)
        chunks = [
            # Indexing copies rows: a few megabytes a chunk, rather than 200 MB for a large collection.
            self._vectors[items[start : start + _ROWS_PER_CHUNK]] @ query  # stored at unit length
            for start in range(0, len(items), _ROWS_PER_CHUNK)
        ]
        scores = np.concatenate([np.empty(0, np.float32), *chunks])
        best = np.argsort(-scores, kind="stable")[: max(count, 0)]
        return [Neighbour(item=int(items[i]), distance=_distance(scores[i])) for i in best]


def _distance(cosine: np.float32) -> float:
    return min(max(1.0 - float(cosine), 0.0), 2.0)  # rounding may exceed the range slightly


def _load_trees(path: Path, spec: IndexSpec) -> annoy.AnnoyIndex:
    try:
        trees = annoy.AnnoyIndex(spec.dimensions, spec.metric)  # type: ignore[arg-type]  # checked by Annoy
        trees.load(str(path))
    except (OSError, ValueError) as error:
        raise BundleDamagedError(f"{path}: can't be mapped ({error}); fetch it again") from error
    if trees.get_n_items() != spec.items:
        raise BundleDamagedError(
            f"{path}: holds {trees.get_n_items()} prints, manifest says {spec.items}; fetch it again"
        )
    return trees
