"""Look up the pictures of a bundle in its own inverted index, by their stored features.

No picture is decoded, and no features are detected again. So pictures that may not be shown are looked up, too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from converter.build.duplicates import descriptor_estimate
from device.bundle import layout
from device.recognition.local import codebook, inverted_index
from device.recognition.local.codebook import Words
from device.recognition.local.features import Floats
from device.recognition.local.inverted_index import Candidate, IndexedFeatures, InvertedIndex
from device.recognition.mapped_arrays import map_array


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureQuery:
    """One picture to look up.

    Attributes:
        features: Its local features, strongest first.
        words: int64 (N, 8), words near each of the strongest features, nearest first.
        mirrored: Whether these are the features of the mirrored picture.
    """

    features: IndexedFeatures
    words: Words
    mirrored: bool


class StoredFeatures:
    """The local features of one bundle's pictures, and their inverted index."""

    def __init__(self, bundle: Path, count: int) -> None:
        """Memory-map a bundle's local features.

        Args:
            bundle: The bundle's folder.
            count: Number of pictures in it.

        Raises:
            BundleDamagedError: If the files can't be used.
        """
        self._codebook = codebook.load(bundle / layout.CODEBOOK)
        self._estimate = descriptor_estimate.learn(self._codebook)
        self._index = InvertedIndex(bundle, count)
        self._starts = map_array(bundle / layout.DETAIL_STARTS)
        self._positions = map_array(bundle / layout.DETAIL_POSITIONS)
        self._cells = np.array(map_array(bundle / layout.DETAIL_CELLS), dtype=np.int64)

    def of(self, row: int) -> IndexedFeatures:
        """Return the features of one picture."""
        return self._index.features_of(row)

    def places_of(self, row: int) -> IndexedFeatures:
        """Return the features of one picture without signatures, which is faster to read."""
        return self._index.places_of(row)

    def queries(self, row: int) -> tuple[PictureQuery, PictureQuery]:
        """Return the queries for a picture as it is, and for the mirrored picture."""
        own = self.of(row)
        words = self._words_of(row)
        projected = self._estimate.projected(own.signatures, words, self._codebook)
        mirrored = self._estimate.mirrored(projected)
        return (
            PictureQuery(features=own, words=self._near_words(projected), mirrored=False),
            PictureQuery(
                features=IndexedFeatures(
                    signatures=self._codebook.signatures(mirrored),
                    places=descriptor_estimate.mirrored_places(own.places),
                    aspect=own.aspect,
                ),
                words=self._near_words(mirrored),
                mirrored=True,
            ),
        )

    def propose(
        self, query: PictureQuery, count: int, excluded: Collection[int]
    ) -> list[Candidate]:
        """Return the pictures most like the query's, best first.

        Args:
            query: The picture that is looked up.
            count: Maximum number of candidates.
            excluded: Rows to ignore. The picture's own should be among them.
        """
        return self._index.propose(query.features, query.words, count, excluded)

    def _words_of(self, row: int) -> Words:
        """Return the word of each of a picture's features: int64 (N,)."""
        part = slice(int(self._starts[row]), int(self._starts[row + 1]))
        return np.searchsorted(self._cells, self._positions[part], side="right") - 1

    def _near_words(self, projected: Floats) -> Words:
        looked_up = projected[: inverted_index.FEATURES_LOOKED_UP]
        return self._codebook.words(looked_up, inverted_index.WORDS_PER_FEATURE)
