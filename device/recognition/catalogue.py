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
from device.recognition.arrays import mapped_array
from device.recognition.codebook import BITS, WORDS, Signatures, hamming
from device.recognition.details import Details

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
_POSTINGS = 400_000
_SHORTLIST = 200
_TURNS, _OCTAVES = 16, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
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
class Proposal:
    """A print that a frame's details lead to.

    Attributes:
        item: Row of the print.
        pairs: int (N, 2): row of the frame's detail, row of the print's that it led to.
    """

    item: int
    pairs: Items


def place(details: Details) -> Places:
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


class Catalogue:
    """The details of one bundle. Reading is thread-safe."""

    def __init__(self, bundle: Path, items: int) -> None:
        """Map a bundle's details.

        Raises:
            BundleDamagedError: When the files don't agree with each other or with the number of prints.
        """
        self._signatures: Signatures = _mapped(bundle / layout.DETAIL_SIGNATURES, np.uint64)
        self._places: Places = _mapped(bundle / layout.DETAIL_PLACES, PLACE)
        self._starts = np.array(_mapped(bundle / layout.DETAIL_STARTS, np.uint32), dtype=np.int64)
        self._aspects = np.array(_mapped(bundle / layout.DETAIL_ASPECTS, np.float32))
        self._postings = _mapped(bundle / layout.DETAIL_POSTINGS, np.uint32)
        self._cells = np.array(_mapped(bundle / layout.DETAIL_CELLS, np.uint32), dtype=np.int64)
        count = len(self._places)
        found = (
            self._signatures.shape, len(self._starts), len(self._aspects), len(self._postings),
            len(self._cells), self._starts[-1:].tolist(), self._cells[-1:].tolist(),
        )  # fmt: skip
        wanted = ((count, BITS // 64), items + 1, items, count, WORDS + 1, [count], [count])
        if found != wanted:
            raise BundleDamagedError(
                f"{bundle}: details: expected sizes {wanted}, found {found}; fetch it again"
            )
        self._owners = np.repeat(np.arange(items, dtype=np.int32), np.diff(self._starts))

    def __len__(self) -> int:
        return len(self._aspects)

    def of(self, item: int) -> Written:
        """Give the details of one print."""
        part = slice(self._starts[item], self._starts[item + 1])
        return Written(
            signatures=self._signatures[part],
            places=self._places[part],
            aspect=float(self._aspects[item]),
        )

    def propose(
        self,
        written: Written,
        words: npt.NDArray[np.int64],
        count: int,
        without: Collection[int] = (),
    ) -> list[Proposal]:
        """Give the prints that most details speak for, the likeliest first.

        Args:
            written: The frame's details, the strongest first.
            words: int64 (N, W): the cells nearest to each of them, the nearest first.
            count: At most so many prints.
            without: Items that don't count.
        """
        asked, features = self._postings_of(words)
        differing = hamming(written.signatures[asked], self._signatures[features])
        near = differing <= FAR
        asked, features, differing = asked[near], features[near], differing[near]
        # A detail that many prints have (hatching, a letter) says little about any one of them.
        common = np.sqrt(np.bincount(asked, minlength=len(words)))
        chosen = _nearest_of_each(asked, self._owners[features], differing)
        asked, features, differing = asked[chosen], features[chosen], differing[chosen]
        owners = self._owners[features]
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
        order = np.argsort(-agreeing, kind="stable")[:count]
        return [self._proposal(int(shortlist[i]), owners, asked, features) for i in order]

    def _proposal(
        self, item: int, owners: npt.NDArray[np.int32], asked: Items, features: Items
    ) -> Proposal:
        its = np.flatnonzero(owners == item)
        pairs = np.column_stack([asked[its], features[its] - self._starts[item]])
        return Proposal(item=item, pairs=pairs)

    def _postings_of(self, words: npt.NDArray[np.int64]) -> tuple[Items, Items]:
        """Give which detail asked, and which details of the collection its cells hold."""
        # Nearest cells first, so that what a crowded collection cuts off is the least likely.
        cells = words[:ASKED].T.reshape(-1)
        lengths = self._cells[cells + 1] - self._cells[cells]
        kept = np.cumsum(lengths) <= max(_POSTINGS, int(lengths[: words.shape[0]].sum()))
        cells, lengths = cells[kept], lengths[kept]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        within = np.arange(total) - np.repeat(ends - lengths, lengths)
        features = self._postings[np.repeat(self._cells[cells], lengths) + within]
        asked = np.arange(len(words[:ASKED].T.reshape(-1)))[kept] % len(words[:ASKED])
        return np.repeat(asked, lengths), np.asarray(features, dtype=np.intp)


def _nearest_of_each(
    asked: Items, owners: npt.NDArray[np.int32], differing: npt.NDArray[np.uint8]
) -> Items:
    """Give the pairs that are the nearest of their detail and print: a print speaks once about each detail."""
    order = np.lexsort((differing, owners, asked))
    asked, owners = asked[order], owners[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (np.diff(asked) != 0) | (np.diff(owners) != 0)
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
