"""Inverted index of the local features of all prints in a bundle.

Features are looked up by visual word and compared by signature, and each lookup collects votes for prints. A print's feature
votes if it has one of the frame feature's nearest visual words, and if the signatures differ in few bits. Votes must also
agree in rotation and scale (weak geometric consistency: Jégou, Douze, Schmid, ECCV 2008).

This is the second source of candidates, next to the fingerprint. Nothing is decided here. All files are memory-mapped.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from device.bundle import layout
from device.errors import BundleDamagedError
from device.recognition.local.codebook import BITS, WORDS, Signatures, hamming
from device.recognition.local.features import Features
from device.recognition.mapped_arrays import map_array

# Quantised position, size and orientation of a feature in a bundle. x and y are 0..65535 across the picture's sides. The
# size is the diameter over the longer side, as log2 above `SMALLEST` in 16ths of an octave. The angle is in 256ths of a turn.
PLACE = np.dtype([("x", "<u2"), ("y", "<u2"), ("size", "u1"), ("angle", "u1")])
SMALLEST = 1 / 512
STEPS_PER_OCTAVE = 16
SIDES = 65_535

Places = npt.NDArray[np.void]
Items = npt.NDArray[np.intp]
Votes = npt.NDArray[np.float64]

WORDS_PER_FEATURE = 8
FEATURES_LOOKED_UP = 250
# Signatures that differ in more bits belong to different features (random ones differ in 64 +- 5.7 of 128 bits).
MAX_HAMMING = 32
# Signatures of one feature seen twice typically differ in about this number of bits. Votes fall off with it.
TYPICAL_HAMMING = 20.0
# Postings compared for one frame. Recall falls only below 100,000 (`make bench`), and time grows with it.
_MAX_POSTINGS = 200_000
_SHORTLISTED = 200
_ROTATION_BINS, _SCALE_BINS = 16, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedFeatures:
    """Local features in the form in which a bundle stores and compares them.

    Attributes:
        signatures: uint64 (N, 2).
        places: `PLACE` (N,), quantised position, size and orientation.
        aspect: Width over height of their picture.
    """

    signatures: Signatures
    places: Places
    aspect: float

    def __len__(self) -> int:
        return len(self.signatures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A picture of a print, proposed by a lookup.

    Attributes:
        item: The picture's row in the bundle (`device.bundle.picture_rows`).
        pairs: int (N, 2), tentative pairs: row of the frame's feature, row of the print's feature.
    """

    item: int
    pairs: Items


def quantise_places(features: Features) -> Places:
    """Quantise positions, sizes and orientations to six bytes each: `PLACE` (N,)."""
    sides = np.array([features.width, features.height], dtype=np.float32)
    fractions = np.clip(features.places / sides, 0, 1) * SIDES
    sizes = (
        np.log2(np.maximum(features.sizes / sides.max(), SMALLEST) / SMALLEST) * STEPS_PER_OCTAVE
    )
    places = np.empty(len(features), PLACE)
    places["x"], places["y"] = fractions.round().astype(np.uint16).T
    places["size"] = np.clip(sizes.round(), 0, 255).astype(np.uint8)
    places["angle"] = np.round(features.angles / (2 * np.pi) * 256).astype(np.int64) % 256
    return places


def relative_points(places: Places) -> npt.NDArray[np.float64]:
    """Return x and y as shares of the picture's sides, 0..1: float64 (N, 2)."""
    return np.column_stack([places["x"], places["y"]]) / SIDES


class InvertedIndex:
    """The inverted index of one bundle. Reading is thread-safe."""

    def __init__(self, bundle: Path, items: int) -> None:
        """Memory-map a bundle's inverted index.

        Args:
            bundle: The bundle's folder.
            items: Number of pictures in the bundle.

        Raises:
            BundleDamagedError: If the files' sizes disagree with each other or with the number of prints.
        """
        # Signatures are stored by cell, all other arrays by print. Postings map a position in a cell to a feature's row,
        # positions map back.
        self._signatures: Signatures = _map_array(bundle / layout.DETAIL_SIGNATURES, np.uint64)
        self._places: Places = _map_array(bundle / layout.DETAIL_PLACES, PLACE)
        self._starts = np.array(
            _map_array(bundle / layout.DETAIL_STARTS, np.uint32), dtype=np.int64
        )
        self._aspects = np.array(_map_array(bundle / layout.DETAIL_ASPECTS, np.float32))
        self._postings = _map_array(bundle / layout.DETAIL_POSTINGS, np.uint32)
        self._positions = _map_array(bundle / layout.DETAIL_POSITIONS, np.uint32)
        self._cells = np.array(_map_array(bundle / layout.DETAIL_CELLS, np.uint32), dtype=np.int64)
        count = len(self._places)
        found = (
            self._signatures.shape, len(self._starts), len(self._aspects), len(self._postings),
            len(self._positions), len(self._cells), self._starts[-1:].tolist(), self._cells[-1:].tolist(),
        )  # fmt: skip
        wanted = (
            (count, BITS // 64), items + 1, items, count, count, WORDS + 1, [count], [count],
        )  # fmt: skip
        if found != wanted:
            raise BundleDamagedError(
                f"{bundle}: local features: expected sizes {wanted}, found {found}; fetch it again"
            )

    def __len__(self) -> int:
        return len(self._aspects)

    def inconsistency(self) -> str:
        """Check every entry and return the first inconsistency as text, or "". Takes a while."""
        for name, ends in (
            (layout.DETAIL_STARTS, self._starts),
            (layout.DETAIL_CELLS, self._cells),
        ):
            if ends[0] != 0 or (np.diff(ends) < 0).any():
                return f"{name}: expected numbers that rise from 0"
        count = len(self._places)
        postings = np.asarray(self._postings)
        if (postings >= count).any() or not np.array_equal(
            self._positions[postings], np.arange(count, dtype=np.uint32)
        ):
            return f"{layout.DETAIL_POSITIONS}: expected the inverse of {layout.DETAIL_POSTINGS}"
        return ""

    def features_of(self, item: int) -> IndexedFeatures:
        """Return the features of one print."""
        part = slice(self._starts[item], self._starts[item + 1])
        return IndexedFeatures(
            signatures=self._signatures[self._positions[part]],
            places=self._places[part],
            aspect=float(self._aspects[item]),
        )

    def places_of(self, item: int) -> IndexedFeatures:
        """Return one print's features without signatures, which is faster to read."""
        part = slice(self._starts[item], self._starts[item + 1])
        return IndexedFeatures(
            signatures=self._signatures[:0],
            places=self._places[part],
            aspect=float(self._aspects[item]),
        )

    def propose(
        self,
        query: IndexedFeatures,
        words: npt.NDArray[np.int64],
        count: int,
        excluded: Collection[int] = (),
    ) -> list[Candidate]:
        """Return the prints with the most consistent votes, best first.

        Args:
            query: The frame's features, strongest first.
            words: int64 (N, W), the nearest visual words of each feature, nearest first.
            count: Maximum number of prints.
            excluded: Items to ignore.
        """
        query_rows, features, distances = self._similar_features(query.signatures, words)
        items_of_pairs = self._owning_items(features)
        # A feature that many prints have, such as hatching or a letter, says little about any one of them.
        common = np.sqrt(np.bincount(query_rows, minlength=len(words)))
        chosen = _best_pair_of_each(query_rows, items_of_pairs, distances)
        query_rows, features, distances = query_rows[chosen], features[chosen], distances[chosen]
        items_of_pairs = items_of_pairs[chosen]
        weights = np.exp(-((distances / TYPICAL_HAMMING) ** 2)) / common[query_rows]
        votes = np.bincount(items_of_pairs, weights, minlength=len(self))
        votes[list(excluded)] = 0
        shortlist = np.argsort(-votes, kind="stable")[:_SHORTLISTED]
        shortlist = shortlist[votes[shortlist] > 0]
        shortlist_rows = np.full(len(self), -1, dtype=np.int32)
        shortlist_rows[shortlist] = np.arange(len(shortlist))
        is_shortlisted = shortlist_rows[items_of_pairs] >= 0
        consistent = _consistent_votes(
            query.places[query_rows[is_shortlisted]],
            self._places[features[is_shortlisted]],
            shortlist_rows[items_of_pairs[is_shortlisted]],
            weights[is_shortlisted],
            len(shortlist),
        )
        best = shortlist[np.argsort(-consistent, kind="stable")[:count]]
        return self._candidates(
            best,
            items_of_pairs[is_shortlisted],
            query_rows[is_shortlisted],
            features[is_shortlisted],
        )

    def _candidates(
        self, items: Items, items_of_pairs: Items, query_rows: Items, features: Items
    ) -> list[Candidate]:
        """Return the candidates for these items, each with its tentative pairs."""
        order = np.argsort(items_of_pairs, kind="stable")
        sorted_owners = items_of_pairs[order]
        starts = np.searchsorted(sorted_owners, items, side="left")
        ends = np.searchsorted(sorted_owners, items, side="right")
        return [
            Candidate(
                item=int(item),
                pairs=np.column_stack(
                    [query_rows[pairs_of_item], features[pairs_of_item] - self._starts[item]]
                ),
            )
            for item, pairs_of_item in (
                (item, order[start:end])
                for item, start, end in zip(items, starts, ends, strict=True)
            )
        ]

    def _owning_items(self, features: Items) -> Items:
        """Return the item that each feature belongs to."""
        return np.searchsorted(self._starts, features, side="right") - 1

    def _similar_features(
        self, signatures: Signatures, words: npt.NDArray[np.int64]
    ) -> tuple[Items, Items, npt.NDArray[np.uint8]]:
        """Return similar pairs: query rows, features of the collection, Hamming distances."""
        query_rows, positions = self._cell_contents(words[:FEATURES_LOOKED_UP])
        # `take` is several times as fast here as indexing with brackets.
        distances = hamming(
            signatures.take(query_rows, axis=0), self._signatures.take(positions, axis=0)
        )
        similar = np.flatnonzero(distances <= MAX_HAMMING)
        features = np.asarray(self._postings[positions[similar]], dtype=np.intp)
        return query_rows[similar], features, distances[similar]

    def _cell_contents(self, words: npt.NDArray[np.int64]) -> tuple[Items, Items]:
        """Return the query row and the position of each posting in the looked-up cells."""
        lengths = self._cells[words + 1] - self._cells[words]
        # Nearest cells first, and within a rank crowded cells last: common words say least, so they are cut off.
        ranks = np.tile(np.arange(words.shape[1]), len(words))
        order = np.lexsort((lengths.ravel(), ranks))
        order = order[np.cumsum(lengths.ravel()[order]) <= _MAX_POSTINGS]
        cells, lengths = words.ravel()[order], lengths.ravel()[order]
        # The positions within a cell are consecutive, from the cell's start.
        ends = np.cumsum(lengths)
        positions = np.repeat(self._cells[cells] - ends + lengths, lengths)
        positions += np.arange(len(positions))
        return np.repeat(order // words.shape[1], lengths), positions


def _best_pair_of_each(
    query_rows: Items, items_of_pairs: Items, distances: npt.NDArray[np.uint8]
) -> Items:
    """Return the best pair of each query feature and print, which gets one vote."""
    # One combined sort key takes a third of the time of a sort by three keys.
    pairs = query_rows * (int(items_of_pairs.max(initial=0)) + 1) + items_of_pairs
    order = np.argsort(pairs * (BITS + 1) + distances, kind="stable")
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = np.diff(pairs[order]) != 0
    return np.asarray(order[is_first])


def _consistent_votes(
    seen: Places, known: Places, prints: npt.NDArray[np.int32], weights: Votes, count: int
) -> Votes:
    """Return each print's votes in its best bin of rotation and scale: float64 (count,)."""
    rotation_bins = (seen["angle"].astype(np.int64) - known["angle"]) % 256 * _ROTATION_BINS // 256
    scale_bins = (seen["size"].astype(np.int64) - known["size"]) // (
        STEPS_PER_OCTAVE // 2
    ) + _SCALE_BINS // 2
    scale_bins = np.clip(scale_bins, 0, _SCALE_BINS - 1)
    keys = (prints * _ROTATION_BINS + rotation_bins) * _SCALE_BINS + scale_bins
    votes = np.bincount(keys, weights, minlength=count * _ROTATION_BINS * _SCALE_BINS)
    votes = votes.reshape(count, _ROTATION_BINS, _SCALE_BINS)
    # Neighbouring bins are added, so that votes at a boundary aren't split.
    votes = votes + np.roll(votes, 1, axis=1)
    votes[:, :, 1:] += votes[:, :, :-1].copy()
    best: Votes = votes.max(axis=(1, 2), initial=0)
    return best


def _map_array(path: Path, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    array = map_array(path)
    if array.dtype != dtype:
        raise BundleDamagedError(
            f"{path}: expected {np.dtype(dtype)}, found {array.dtype}; fetch it again"
        )
    return array
