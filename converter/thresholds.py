"""Where the verdicts part in one bundle, found by leaving prints out of it.

A capture of a print is scored twice: against the whole collection, and with that print and everything the museum
relates to it left out, as if the museum had never had it. Error rates are measured on prints that the thresholds were
not fitted on. Knows nothing of models.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.captures import Capture, batched
from device.bundle.manifest import Thresholds
from device.bundle.records import Records
from device.recognition.fingerprint import Vector
from device.recognition.search import Vectors

Relatives = Mapping[int, frozenset[int]]
Flags = npt.NDArray[np.bool_]

# Of prints that are not there, at most so many may be called found.
FALSE_ACCEPTS = 0.01
# Of captures of prints that are there, at most so many may be told that nothing is even similar...
LOST = 0.05
# ...and of prints that are not there, at least so many are shown their nearest. "Similar" claims nothing that
# is false, and a worse capture than the simulated ones should end there rather than at "not here".
SHOWN = 0.1

# With fewer left-out prints than this a share of 1 % can't be seen. `same_print` is then at least what two real
# collections (301 and 1,305 prints of many kinds) asked for, 0.72 and 0.76, and `similar` below theirs, 0.66 and 0.61.
ENOUGH_PRINTS = 200
CAUTIOUS_SAME_PRINT = 0.76
CAUTIOUS_SIMILAR = 0.6

_CAPTURES_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How near captures come to the collection, with their print in it and without.

    Attributes:
        items: intp (Q,), the print of each capture.
        known: float32 (Q,), cosine to the capture's own print.
        unknown: float32 (Q,), cosine to the best of the others; NaN where no other is left.
    """

    items: npt.NDArray[np.intp]
    known: Vector
    unknown: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Fitted thresholds.

    Attributes:
        note: What should be known about them, for a person; `None` when there were prints enough.
    """

    thresholds: Thresholds
    note: str | None


def relatives_of(path: Path) -> dict[int, frozenset[int]]:
    """Give, for every row of a records file, the rows that a relation of the museum's leads to or comes from.

    Raises:
        BundleDamagedError: When it is no records file.
    """
    records = Records(path)
    rows = [records.at(item) for item in range(len(records))]
    records.close()
    item_of = {record.record_id: record.item for record in rows}
    found: dict[int, set[int]] = {record.item: set() for record in rows}
    for record in rows:
        for relation in record.relations:
            if relation.record_id is not None:
                found[record.item].add(item_of[relation.record_id])
                found[item_of[relation.record_id]].add(record.item)
    return {item: frozenset(others) for item, others in found.items()}


def score(vectors: Vectors, captures: Sequence[Capture], relatives: Relatives) -> Scores:
    """Score captures against a collection, with their print in it and without.

    Args:
        vectors: float32 (N, 512), unit length: the collection, by the quantised model.
        captures: Of prints of this collection.
        relatives: Rows left out with a row.
    """
    items = np.array([capture.item for capture in captures], dtype=np.intp)
    known = np.empty(len(captures), dtype=np.float32)
    unknown = np.full(len(captures), np.nan, dtype=np.float32)
    for at in batched(range(len(captures)), _CAPTURES_AT_ONCE):
        cosines = np.stack([captures[i].vector for i in at]) @ vectors.T
        for i, row in zip(at, cosines, strict=True):
            item = captures[i].item
            known[i] = row[item]
            row[[item, *relatives.get(item, ())]] = -np.inf
            if np.isfinite(row.max()):
                unknown[i] = row.max()
    return Scores(items=items, known=known, unknown=unknown)


def fit(scores: Scores) -> Fit:
    """Fit the thresholds, and measure what they do to prints that they were not fitted on.

    `same_print` is the lowest value that at most 1 % of the left-out prints reach. `similar` is the lower of what
    95 % of the captures reach with their own print and what one left-out print in ten reaches; it is never above
    `same_print`. They are fitted on all captures; their error rates are those of fitting on one half of the prints
    and measuring on the other, both ways round.

    With too few prints both are cautious values. A rate that nothing could be measured of (a collection of one print
    has none that could be mistaken for it) is stated at its worst, 1.
    """
    left_out = ~np.isnan(scores.unknown)
    prints = len(np.unique(scores.items[left_out]))
    is_cautious = prints < ENOUGH_PRINTS
    parting = _part(scores.known, scores.unknown[left_out], is_cautious)
    same_print, similar = _parted_by_the_others(scores, is_cautious)
    thresholds = Thresholds(
        same_print=parting.same_print,
        similar=parting.similar,
        false_accepts=_share((scores.unknown >= same_print)[left_out]),
        missed=_share(scores.known < same_print),
        false_similar=_share((scores.unknown >= similar)[left_out]),
        fitted_on=len(scores.items),
        measured_on=len(scores.items),
    )
    note = (
        f"thresholds: fitted on {prints} prints, {ENOUGH_PRINTS} are needed to see a share of {FALSE_ACCEPTS:.0%}; "
        f"cautious values are used, {parting.same_print} and {parting.similar}"
    )
    return Fit(thresholds=thresholds, note=note if is_cautious else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parting:
    same_print: float
    similar: float


def _part(known: Vector, unknown: Vector, is_cautious: bool) -> _Parting:
    same_print = _above(unknown, FALSE_ACCEPTS)
    if is_cautious:
        return _Parting(same_print=max(same_print, CAUTIOUS_SAME_PRINT), similar=CAUTIOUS_SIMILAR)
    similar = min(_reached_by(known, 1 - LOST), _reached_by(unknown, SHOWN))
    return _Parting(same_print=same_print, similar=min(similar, same_print))


def _parted_by_the_others(scores: Scores, is_cautious: bool) -> tuple[Vector, Vector]:
    """Give, for each capture, the thresholds that the half of the prints it is not in asks for."""
    same_print, similar = np.empty_like(scores.known), np.empty_like(scores.known)
    first = _half(scores.items)
    for half in (first, ~first):
        unknown = scores.unknown[~half]
        parting = _part(scores.known[~half], unknown[~np.isnan(unknown)], is_cautious)
        same_print[half], similar[half] = parting.same_print, parting.similar
    return same_print, similar


def _half(items: npt.NDArray[np.intp]) -> Flags:
    """Give which captures belong to every other print, counted in the order of the captures."""
    _, first, number = np.unique(items, return_index=True, return_inverse=True)
    place = np.argsort(np.argsort(first))  # of each print among the prints, by its first capture
    chosen: Flags = place[number.reshape(-1)] % 2 == 0
    return chosen


def _above(values: Vector, share: float) -> float:
    """Give the lowest value, in steps of 0.0001, that at most this share of the values reaches."""
    if not len(values):
        return -1.0
    highest_let_out = float(np.sort(values)[::-1][math.floor(share * len(values))])
    return min(1.0, round(math.floor(highest_let_out * 1e4 + 1) / 1e4, 4))


def _reached_by(values: Vector, share: float) -> float:
    """Give the highest value, in steps of 0.0001, that at least this share of the values reaches."""
    if not len(values):
        return -1.0
    lowest_in = float(np.sort(values)[::-1][math.ceil(share * len(values)) - 1])
    return round(math.floor(lowest_in * 1e4) / 1e4, 4)


def _share(flags: Flags) -> float:
    """Give the share that is true, and the worst of all shares for none at all."""
    return round(float(flags.mean()), 6) if len(flags) else 1.0
