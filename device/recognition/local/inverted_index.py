"""The details of every print of a bundle: looked up by word, compared by signature.

A lookup gives each print votes: for details whose word is one of the nearest to the frame's, whose signatures differ in
few bits, and which agree with each other on turn and size (weak geometric consistency: Jégou, Douze, Schmid, ECCV
2008). It is the second way to candidates, beside the fingerprint; nothing is decided here. All files are mapped.
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
from device.recognition.mapped_arrays import mapped_array

# One detail's place in its picture: sides 0..65535, log2 of the size in 16ths of an octave over `SMALLEST`, and the
# angle in 256ths of a turn.
PLACE = np.dtype([("x", "<u2"), ("y", "<u2"), ("size", "u1"), ("angle", "u1")])
SMALLEST = 1 / 512
STEPS_AN_OCTAVE = 16
SIDES = 65_535

Places = npt.NDArray[np.void]
Items = npt.NDArray[np.intp]
Votes = npt.NDArray[np.float64]

WORDS_ASKED = 8
ASKED = 250
# A signature further off than this is another detail (random ones differ in 64 +- 5.7 of 128 bits).
FAR = 32
# A signature differs from that of the same detail, seen again, in about so many.
SOFT = 20.0
# Looked up a frame: recall falls only below a hundred thousand (`make bench`), time grows with it.
_POSTINGS = 200_000
_SHORTLIST = 200
_TURNS, _OCTAVES = 16, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedFeatures:
    """Details as they are compared.

    Attributes:
        signatures: uint64 (N, 2).
        places: `PLACE` (N,).
        aspect: Width over height of their picture.
    """

    signatures: Signatures
    places: Places
    aspect: float

    def __len__(self) -> int:
        return len(self.signatures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A print that a frame's details lead to.

    Attributes:
        item: Row of the print.
        pairs: int (N, 2): row of the frame's detail, row of the print's that it led to.
    """

    item: int
    pairs: Items


def place(details: Features) -> Places:
    """Give where details are, in a form of six bytes each, `PLACE` (N,)."""
    sides = np.array([details.width, details.height], dtype=np.float32)
    shares = np.clip(details.places / sides, 0, 1) * SIDES
    sizes = np.log2(np.maximum(details.sizes / sides.max(), SMALLEST) / SMALLEST) * STEPS_AN_OCTAVE
    places = np.empty(len(details), PLACE)
    places["x"], places["y"] = shares.round().astype(np.uint16).T
    places["size"] = np.clip(sizes.round(), 0, 255).astype(np.uint8)
    places["angle"] = np.round(details.angles / (2 * np.pi) * 256).astype(np.int64) % 256
    return places


def shares(places: Places) -> npt.NDArray[np.float64]:
    """Give x and y of places with the picture's sides 0..1: float64 (N, 2)."""
    return np.column_stack([places["x"], places["y"]]) / SIDES


class InvertedIndex:
    """The details of one bundle. Reading is thread-safe."""

    def __init__(self, bundle: Path, items: int) -> None:
        """Map a bundle's details.

        Raises:
            BundleDamagedError: When the files don't agree with each other or with the number of prints.
        """
        # Signatures lie cell by cell; everything else by print. Postings lead from there to here, positions back.
        self._signatures: Signatures = _mapped(bundle / layout.DETAIL_SIGNATURES, np.uint64)
        self._places: Places = _mapped(bundle / layout.DETAIL_PLACES, PLACE)
        self._starts = np.array(_mapped(bundle / layout.DETAIL_STARTS, np.uint32), dtype=np.int64)
        self._aspects = np.array(_mapped(bundle / layout.DETAIL_ASPECTS, np.float32))
        self._postings = _mapped(bundle / layout.DETAIL_POSTINGS, np.uint32)
        self._positions = _mapped(bundle / layout.DETAIL_POSITIONS, np.uint32)
        self._cells = np.array(_mapped(bundle / layout.DETAIL_CELLS, np.uint32), dtype=np.int64)
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
                f"{bundle}: details: expected sizes {wanted}, found {found}; fetch it again"
            )

    def __len__(self) -> int:
        return len(self._aspects)

    def fault(self) -> str:
        """Give what is wrong with where details lead to, every one looked at; empty for nothing. Takes a while."""
        for name, ends in (
            (layout.DETAIL_STARTS, self._starts),
            (layout.DETAIL_CELLS, self._cells),
        ):
            if ends[0] != 0 or (np.diff(ends) < 0).any():
                return f"{name}: expected numbers that rise from 0"
        count = len(self._places)
        leads = np.asarray(self._postings)
        if (leads >= count).any() or not np.array_equal(
            self._positions[leads], np.arange(count, dtype=np.uint32)
        ):
            return f"{layout.DETAIL_POSITIONS}: expected to lead back from {layout.DETAIL_POSTINGS}"
        return ""

    def of(self, item: int) -> IndexedFeatures:
        """Give the details of one print."""
        part = slice(self._starts[item], self._starts[item + 1])
        return IndexedFeatures(
            signatures=self._signatures[self._positions[part]],
            places=self._places[part],
            aspect=float(self._aspects[item]),
        )

    def places_of(self, item: int) -> IndexedFeatures:
        """Give the places of one print's details alone, without signatures: enough for a quick look, and sooner read."""
        part = slice(self._starts[item], self._starts[item + 1])
        return IndexedFeatures(
            signatures=self._signatures[:0],
            places=self._places[part],
            aspect=float(self._aspects[item]),
        )

    def propose(
        self,
        written: IndexedFeatures,
        words: npt.NDArray[np.int64],
        count: int,
        without: Collection[int] = (),
    ) -> list[Candidate]:
        """Give the prints that most details speak for, the likeliest first.

        Args:
            written: The frame's details, the strongest first.
            words: int64 (N, W): the cells nearest to each of them, the nearest first.
            count: At most so many prints.
            without: Items that don't count.
        """
        asked, features, differing = self._near(written.signatures, words)
        owners = self._owners(features)
        # A detail that many prints have (hatching, a letter) says little about any one of them.
        common = np.sqrt(np.bincount(asked, minlength=len(words)))
        chosen = _nearest_of_each(asked, owners, differing)
        asked, features, differing = asked[chosen], features[chosen], differing[chosen]
        owners = owners[chosen]
        weights = np.exp(-((differing / SOFT) ** 2)) / common[asked]
        votes = np.bincount(owners, weights, minlength=len(self))
        votes[list(without)] = 0
        shortlist = np.argsort(-votes, kind="stable")[:_SHORTLIST]
        shortlist = shortlist[votes[shortlist] > 0]
        place_of = np.full(len(self), -1, dtype=np.int32)
        place_of[shortlist] = np.arange(len(shortlist))
        among = place_of[owners] >= 0
        agreeing = _agreeing(
            written.places[asked[among]],
            self._places[features[among]],
            place_of[owners[among]],
            weights[among],
            len(shortlist),
        )
        best = shortlist[np.argsort(-agreeing, kind="stable")[:count]]
        return self._proposals(best, owners[among], asked[among], features[among])

    def _proposals(
        self, items: Items, owners: Items, asked: Items, features: Items
    ) -> list[Candidate]:
        """Give the pairs that led to each of these prints."""
        order = np.argsort(owners, kind="stable")
        sorted_owners = owners[order]
        starts = np.searchsorted(sorted_owners, items, side="left")
        ends = np.searchsorted(sorted_owners, items, side="right")
        return [
            Candidate(
                item=int(item),
                pairs=np.column_stack([asked[its], features[its] - self._starts[item]]),
            )
            for item, its in (
                (item, order[start:end])
                for item, start, end in zip(items, starts, ends, strict=True)
            )
        ]

    def _owners(self, features: Items) -> Items:
        """Give whose details these are."""
        return np.searchsorted(self._starts, features, side="right") - 1

    def _near(
        self, signatures: Signatures, words: npt.NDArray[np.int64]
    ) -> tuple[Items, Items, npt.NDArray[np.uint8]]:
        """Give which detail asked, which of the collection's is near in its cells, and in how many bits they differ."""
        asked, positions = self._in_cells(words[:ASKED])
        # `take` fetches rows several times as fast as an index in brackets does.
        differing = hamming(
            signatures.take(asked, axis=0), self._signatures.take(positions, axis=0)
        )
        near = np.flatnonzero(differing <= FAR)
        features = np.asarray(self._postings[positions[near]], dtype=np.intp)
        return asked[near], features, differing[near]

    def _in_cells(self, words: npt.NDArray[np.int64]) -> tuple[Items, Items]:
        """Give which detail asked, and the positions that its cells hold."""
        lengths = self._cells[words + 1] - self._cells[words]
        # The nearest cells first, the crowded ones of them last: what many details share says least, and is cut off.
        ranks = np.tile(np.arange(words.shape[1]), len(words))
        order = np.lexsort((lengths.ravel(), ranks))
        order = order[np.cumsum(lengths.ravel()[order]) <= _POSTINGS]
        cells, lengths = words.ravel()[order], lengths.ravel()[order]
        # Each stretch of positions begins at its cell's start and goes up by one.
        ends = np.cumsum(lengths)
        positions = np.repeat(self._cells[cells] - ends + lengths, lengths)
        positions += np.arange(len(positions))
        return np.repeat(order // words.shape[1], lengths), positions


def _nearest_of_each(asked: Items, owners: Items, differing: npt.NDArray[np.uint8]) -> Items:
    """Give the pairs that are the nearest of their detail and print: a print speaks once about each detail."""
    # One number that sorts as the three would one after the other, in a third of the time.
    pairs = asked * (int(owners.max(initial=0)) + 1) + owners
    order = np.argsort(pairs * (BITS + 1) + differing, kind="stable")
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = np.diff(pairs[order]) != 0
    return np.asarray(order[is_first])


def _agreeing(
    seen: Places, known: Places, prints: npt.NDArray[np.int32], weights: Votes, count: int
) -> Votes:
    """Give, for each print, the votes of those pairs that agree on a turn and a size: float64 (count,)."""
    turns = (seen["angle"].astype(np.int64) - known["angle"]) % 256 * _TURNS // 256
    octaves = (seen["size"].astype(np.int64) - known["size"]) // (
        STEPS_AN_OCTAVE // 2
    ) + _OCTAVES // 2
    octaves = np.clip(octaves, 0, _OCTAVES - 1)
    keys = (prints * _TURNS + turns) * _OCTAVES + octaves
    votes = np.bincount(keys, weights, minlength=count * _TURNS * _OCTAVES)
    votes = votes.reshape(count, _TURNS, _OCTAVES)
    # Neighbouring bins together: what lies at a boundary is not parted.
    votes = votes + np.roll(votes, 1, axis=1)
    votes[:, :, 1:] += votes[:, :, :-1].copy()
    best: Votes = votes.max(axis=(1, 2), initial=0)
    return best


def _mapped(path: Path, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    array = mapped_array(path)
    if array.dtype != dtype:
        raise BundleDamagedError(
            f"{path}: expected {np.dtype(dtype)}, found {array.dtype}; fetch it again"
        )
    return array
