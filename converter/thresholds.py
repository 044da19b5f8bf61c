"""Where the verdicts part in one bundle, found by leaving prints out of it.

A capture of a print is scored twice: against the whole collection, and with that print and everything the museum
relates to it left out, as if the museum had never had it. Half of the prints fit the thresholds, the other half
measure them. Knows nothing of models or files.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
LOST = 0.01
# ...and of prints that are not there, at least so many are shown their nearest. "Similar" claims nothing that
# is false, and a worse capture than the simulated ones should end there rather than at "not here".
SHOWN = 0.1

# With fewer left-out prints than this to fit on, a share of 1 % can't be seen: the thresholds are then not set
# below what 1,606 prints of two real collections asked for (docs/decisions.md).
ENOUGH_PRINTS = 100
CAUTIOUS_SAME_PRINT = 0.75
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


def relatives_of(records: Records) -> dict[int, frozenset[int]]:
    """Give, for every row, the rows that a relation of the museum's leads to or comes from."""
    rows = [records.at(item) for item in range(len(records))]
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
    """Fit the thresholds on half of the prints and measure them on the other half.

    `same_print` is the lowest value that at most 1 % of the left-out prints reach. `similar` is the lower of what
    99 % of the captures reach with their own print and what one left-out print in ten reaches; it is never above
    `same_print`.

    With too few prints both are held at cautious values; where nothing could be measured (`measured_on` is 0)
    the rates are stated at their worst.
    """
    fitted = _half(scores.items)
    known, unknown = scores.known[fitted], _there(scores.unknown[fitted])
    prints = len(np.unique(scores.items[fitted & ~np.isnan(scores.unknown)]))
    same_print = _above(unknown, FALSE_ACCEPTS)
    similar = min(_reached_by(known, 1 - LOST), _reached_by(unknown, SHOWN), same_print)
    note = None
    if prints < ENOUGH_PRINTS:
        same_print, similar = max(same_print, CAUTIOUS_SAME_PRINT), max(similar, CAUTIOUS_SIMILAR)
        note = (
            f"fitted on {prints} left-out prints, {ENOUGH_PRINTS} are needed to see a share of "
            f"{FALSE_ACCEPTS:.0%}: held at {CAUTIOUS_SAME_PRINT} and {CAUTIOUS_SIMILAR} or above"
        )
    similar = min(similar, same_print)
    return Fit(thresholds=_measured(scores, ~fitted, same_print, similar), note=note)


def _half(items: npt.NDArray[np.intp]) -> Flags:
    """Give which captures belong to every other print, counted in the order of the captures."""
    _, first, number = np.unique(items, return_index=True, return_inverse=True)
    place = np.argsort(np.argsort(first))  # of each print among the prints, by its first capture
    chosen: Flags = place[number.reshape(-1)] % 2 == 0
    return chosen


def _measured(scores: Scores, measured: Flags, same_print: float, similar: float) -> Thresholds:
    known, unknown = scores.known[measured], _there(scores.unknown[measured])
    return Thresholds(
        same_print=same_print,
        similar=similar,
        false_accepts=_share(unknown >= same_print),
        missed=_share(known < same_print),
        false_similar=_share(unknown >= similar),
        fitted_on=int((~measured).sum()),
        measured_on=int(measured.sum()),
    )


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


def _there(values: Vector) -> Vector:
    return values[~np.isnan(values)]


def _share(flags: Flags) -> float:
    """Give the share that is true, and the worst of all shares for none at all."""
    return round(float(flags.mean()), 6) if len(flags) else 1.0
