"""Search the same prints on both sides of the parity comparison.

The reference is scikit-learn's exact search, as in the original prototype; the kiosk's side is its own index. The
module knows nothing of pictures: both sides get fingerprints.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.neighbors import NearestNeighbors

from converter.parity.metrics import Found, SearchComparison
from device.bundle import layout
from device.bundle.manifest import Thresholds
from device.bundle.reader import OpenedBundle
from device.recognition.embedding.fingerprint import Fingerprint, Vector
from device.recognition.embedding.nearest import FingerprintIndex, Neighbour, Vectors, load_array
from device.recognition.verdict import MatchEvidence, decide

COUNT = 10
# Cosines that differ by less are a tie: a float32 sum of 512 products has no better precision.
_TIE = 2e-6
_ROWS_AT_ONCE = 4096


class ReferenceSearch:
    """The reference's exact search and the kiosk's search over the same prints."""

    def __init__(
        self,
        bundle: OpenedBundle,
        items: Sequence[int],
        *,
        reference: Vectors,
        kiosk: Vectors | None,
    ) -> None:
        """Set up both searches.

        Args:
            bundle: The kiosk's bundle.
            items: The rows to search.
            reference: float32 (len(items), 512), unit length; the reference's fingerprints of these rows.
            kiosk: The same by the quantised model, searched exactly. `None` searches with the bundle's own index, over
                all its rows.

        Raises:
            BundleDamagedError: When the bundle's index can't be used.
        """
        self._thresholds: Thresholds = bundle.manifest.thresholds
        self._model_sha256 = bundle.manifest.model.sha256
        self._items = np.asarray(items, dtype=np.intp)
        self._row_of = {int(item): row for row, item in enumerate(self._items)}
        self._index = FingerprintIndex(bundle.path, bundle.manifest.index)
        self._stored = load_array(bundle.file(layout.FINGERPRINTS))
        self._reference = reference
        self._kiosk = kiosk
        self._exact = NearestNeighbors(
            n_neighbors=min(COUNT, len(items)), metric="cosine", algorithm="brute"
        ).fit(reference)

    def compare(
        self, record_id: str, item: int, *, reference: Vector, kiosk: Vector
    ) -> SearchComparison:
        """Search for one picture by kiosk and reference, and return the comparison.

        Args:
            record_id: Id of the print in the picture.
            item: The row of that print.
            reference: float32 (512,), unit length; the reference's fingerprint of the picture.
            kiosk: float32 (512,), unit length; the quantised model's fingerprint.
        """
        found = self._kiosk_nearest(kiosk)
        distances, rows = self._exact.kneighbors(reference[np.newaxis])
        cosines = self._reference @ reference  # to all prints, so that ties can be counted
        reference_cosines = np.sort(cosines[rows[0]])[::-1]
        kiosk_cosines = cosines[[self._row_of[neighbour.item] for neighbour in found]]
        best = int(self._items[rows[0][0]])
        return SearchComparison(
            record_id=record_id,
            item=item,
            cosine=float(reference.astype(np.float64) @ kiosk.astype(np.float64)),
            reference=self._found(best, 1 - float(distances[0][0])),
            kiosk=self._found(found[0].item, found[0].score),
            same_top=bool(kiosk_cosines[0] >= reference_cosines[0] - _TIE),
            overlap=float(
                (kiosk_cosines >= reference_cosines[-1] - _TIE).sum() / len(reference_cosines)
            ),
        )

    def recall(self, queries: Vectors) -> float:
        """Return the recall at ten of the kiosk's index over the whole bundle, 0..1.

        Args:
            queries: float32 (Q, 512), unit length; fingerprints by the quantised model.
        """
        count = min(COUNT, len(self._index))
        worst = self._tenth_best(queries, count)
        hits = [
            sum(neighbour.score >= tenth - _TIE for neighbour in self._nearest(query, count))
            for query, tenth in zip(queries, worst, strict=True)
        ]
        return float(sum(hits) / (count * len(hits)))

    def _kiosk_nearest(self, vector: Vector) -> list[Neighbour]:
        if self._kiosk is None:
            return self._nearest(vector, COUNT)
        cosines = self._kiosk @ vector
        best = np.argsort(-cosines, kind="stable")[:COUNT]
        return [
            Neighbour(item=int(self._items[row]), distance=1 - float(cosines[row])) for row in best
        ]

    def _nearest(self, vector: Vector, count: int) -> list[Neighbour]:
        fingerprint = Fingerprint(vector=vector, model_sha256=self._model_sha256)
        return self._index.nearest(fingerprint, count)

    def _found(self, item: int, cosine: float) -> Found:
        return Found(
            item=item, score=cosine, verdict=decide(_by_fingerprint(cosine), self._thresholds)
        )

    def _tenth_best(self, queries: Vectors, count: int) -> npt.NDArray[np.float32]:
        best = np.full((len(queries), count), -np.inf, dtype=np.float32)
        for start in range(0, len(self._stored), _ROWS_AT_ONCE):
            cosines = queries @ self._stored[start : start + _ROWS_AT_ONCE].T
            best = -np.sort(-np.hstack([best, cosines]), axis=1)[:, :count]
        tenth: npt.NDArray[np.float32] = best[:, -1]
        return tenth


def _by_fingerprint(cosine: float) -> MatchEvidence:
    """Return the evidence of a fingerprint alone."""
    return MatchEvidence(
        cosine=cosine, inliers=0, covered=0.0, gap=0.0, mirrored=False, is_sheet=True
    )
