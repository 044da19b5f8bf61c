"""The two searches that parity compares: scikit-learn's exact one, as in the seed, and the kiosk's own.

Knows nothing of pictures: both sides are given fingerprints.
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
from device.recognition.embedding.nearest import Index, Neighbour, Vectors, load_array
from device.recognition.verdict import MatchEvidence, decide

COUNT = 10
# Two prints whose cosines differ by less are a tie: float32 sums of 512 products are no surer.
_TIE = 2e-6
_ROWS_AT_ONCE = 4096


class ReferenceSearch:
    """A reference and a kiosk, searching the same prints."""

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
            items: The rows that are searched.
            reference: float32 (len(items), 512), unit length: the reference's fingerprints of these rows.
            kiosk: The same by the quantised model, to be searched exactly; `None` for the bundle's own index, which
                searches all of its rows.

        Raises:
            BundleDamagedError: When the bundle's index can't be used.
        """
        self._thresholds: Thresholds = bundle.manifest.thresholds
        self._model_sha256 = bundle.manifest.model.sha256
        self._items = np.asarray(items, dtype=np.intp)
        self._row_of = {int(item): row for row, item in enumerate(self._items)}
        self._index = Index(bundle.path, bundle.manifest.index)
        self._stored = load_array(bundle.file(layout.FINGERPRINTS))
        self._reference = reference
        self._kiosk = kiosk
        self._exact = NearestNeighbors(
            n_neighbors=min(COUNT, len(items)), metric="cosine", algorithm="brute"
        ).fit(reference)

    def compare(
        self, record_id: str, item: int, *, reference: Vector, kiosk: Vector
    ) -> SearchComparison:
        """Ask both sides about one picture.

        Args:
            record_id: Of the print in the picture.
            item: Its row.
            reference: float32 (512,), unit length: the reference's fingerprint of the picture.
            kiosk: float32 (512,), unit length: the quantised model's.
        """
        found = self._kiosk_nearest(kiosk)
        distances, rows = self._exact.kneighbors(reference[np.newaxis])
        cosines = self._reference @ reference  # of all prints, for ties
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
        """Give the share of the exact ten nearest that the kiosk's index finds, over the whole bundle.

        Args:
            queries: float32 (Q, 512), unit length, by the quantised model.
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
    """Give what a fingerprint alone has to say."""
    return MatchEvidence(
        cosine=cosine, inliers=0, covered=0.0, gap=0.0, mirrored=False, is_sheet=True
    )
