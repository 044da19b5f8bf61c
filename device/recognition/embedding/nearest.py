"""Nearest neighbours: Annoy over a few half-whitened dimensions, then exact scores over the whole fingerprint.

Half-whitening (principal components divided by the fourth root of their variance) lets 64 to 128 dimensions
stand in for 512; plain components recall less, full whitening hurts (docs/decisions.md has the table). The
only home of Annoy on the kiosk.
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

_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One print of the collection and how near it is.

    Attributes:
        item: Row in the index.
        distance: 1 - cosine, 0..2.
    """

    item: int
    distance: float

    @property
    def score(self) -> float:
        """Cosine, -1..1."""
        return 1.0 - self.distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Takes a fingerprint to the index's own space.

    Attributes:
        mean: float32 (512,), of the collection's unit vectors.
        matrix: float32 (512, D): principal components, half-whitened.
    """

    mean: Vector
    matrix: Vectors

    def __call__(self, vectors: Vectors) -> Vectors:
        """Give float32 (..., D) for unit vectors float32 (..., 512)."""
        return np.asarray((vectors - self.mean) @ self.matrix, dtype=np.float32)


def load_projection(path: Path) -> Projection:
    """Read a projection: float32 (512, 1 + D), the mean in its first column.

    Raises:
        BundleDamagedError: When the file holds something else.
    """
    stacked = load_array(path)
    if stacked.shape[0] != DIMENSIONS or stacked.shape[1] < 2:
        raise BundleDamagedError(
            f"{path}: expected a projection of {DIMENSIONS} dimensions, found {stacked.shape}; fetch it again"
        )
    return Projection(mean=stacked[:, 0].copy(), matrix=np.ascontiguousarray(stacked[:, 1:]))


def stack(projection: Projection) -> Vectors:
    """Give the form in which a projection is stored: float32 (512, 1 + D), the mean first."""
    return np.column_stack([projection.mean, projection.matrix]).astype(np.float32)


def load_array(path: Path) -> Vectors:
    """Map a float32 matrix from a `.npy` file.

    Raises:
        BundleDamagedError: When the file holds something else.
    """
    array: Vectors = map_array(path)
    if array.dtype != np.float32 or array.ndim != 2:
        raise BundleDamagedError(
            f"{path}: expected float32 in 2 dimensions, found {array.dtype} in {array.ndim}; fetch it again"
        )
    return array


def normalise(vectors: Vectors) -> Vectors:
    """Give the vectors at unit length; a vector of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return np.asarray(scaled, dtype=np.float32)


class FingerprintIndex:
    """The neighbour index of one bundle. Reading is thread-safe."""

    def __init__(self, bundle: Path, spec: IndexSpec) -> None:
        """Map a bundle's index, projection and fingerprints.

        Raises:
            BundleDamagedError: When their sizes don't agree with each other or with `spec`.
        """
        self._spec = spec
        self._vectors = load_array(bundle / layout.FINGERPRINTS)
        self._projection = load_projection(bundle / layout.PROJECTION)
        found = (*self._vectors.shape, self._projection.matrix.shape[1])
        wanted = (spec.items, DIMENSIONS, spec.dimensions)
        if found != wanted:
            raise BundleDamagedError(
                f"{bundle}: expected (prints, fingerprint, index) dimensions {wanted}, found {found}; fetch it again"
            )
        self._trees = _load_trees(bundle / layout.INDEX, spec)

    def __len__(self) -> int:
        return self._spec.items

    def nearest(self, fingerprint: Fingerprint, count: int) -> list[Neighbour]:
        """Give the nearest prints of the whole collection, nearest first.

        Raises:
            ModelError: When the fingerprint is another model's.
        """
        if count > self._spec.candidates:  # more than `search_k` was chosen for
            return self.exact(fingerprint, count)
        query = self._query(fingerprint)
        return self._scored(query, self._candidates(query), count)

    def exact(
        self, fingerprint: Fingerprint, count: int, among: Sequence[int] | None = None
    ) -> list[Neighbour]:
        """Give the nearest prints among some rows, by comparing with every one of them.

        Args:
            fingerprint: What is looked for.
            count: At most so many.
            among: Rows that a filter lets through; `None` for all.

        Raises:
            ModelError: When the fingerprint is another model's.
        """
        rows = range(len(self)) if among is None else among
        return self._scored(self._query(fingerprint), rows, count)

    def similar_to(self, item: int, count: int) -> list[Neighbour]:
        """Give the prints nearest to one of the collection's own, at most as many as `nearest` looks at; itself left out."""
        query = np.asarray(self._vectors[item], dtype=np.float32)
        found = self._scored(query, self._candidates(query), count + 1)
        return [neighbour for neighbour in found if neighbour.item != item][:count]

    def _candidates(self, query: Vector) -> list[int]:
        return sorted(  # so that ties fall as in `exact`
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

    def _scored(self, query: Vector, rows: Sequence[int], count: int) -> list[Neighbour]:
        items = np.asarray(rows, dtype=np.intp)
        parts = [
            # Picking rows copies them: a few megabytes at a time, not a large collection's 200.
            self._vectors[items[start : start + _CHUNK]] @ query  # stored at unit length
            for start in range(0, len(items), _CHUNK)
        ]
        scores = np.concatenate([np.empty(0, np.float32), *parts])
        best = np.argsort(-scores, kind="stable")[: max(count, 0)]
        return [Neighbour(item=int(items[i]), distance=_distance(scores[i])) for i in best]


def _distance(cosine: np.float32) -> float:
    return min(max(1.0 - float(cosine), 0.0), 2.0)  # rounding may lead a little beyond


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
