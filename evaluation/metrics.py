"""Metrics of recognition: recall, accept rates, average precision, corner error and times.

Each metric is computed from values alone. An answer is *right* when its first match is the print that was shown or a
related print. It is *accepted* when the kiosk says "this print" or "the same image". The module knows nothing of
pictures, bundles or clocks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_Z = 1.959964  # normal quantile of a 95 % interval
_CURVE_POINTS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedShare:
    """A share with its counts and its 95 % interval.

    Attributes:
        value: 0..1; `None` if nothing was counted.
        low, high: Its 95 % interval (Wilson); 0 and 1 if nothing was counted.
    """

    hits: int
    count: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredAnswer:
    """One answer as the metrics need it: rank, acceptance and confidence.

    Attributes:
        rank: Rank of the first right match, from 0; `None` without a right match.
        accepted: Whether the kiosk said "this print" or "the same image".
        confidence: The answer's confidence; it ranks the answers of one bundle.
    """

    rank: int | None
    accepted: bool
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The accept rates of unknown and of known prints at one threshold."""

    false_accepts: float
    accepts: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentiles:
    """Percentiles of wall times in milliseconds."""

    count: int
    p50: float
    p95: float


def share(hits: int, count: int) -> CountedShare:
    """Return the share of `hits` in `count`, with its 95 % interval (Wilson's score)."""
    if count == 0:
        return CountedShare(hits=0, count=0, value=None, low=0.0, high=1.0)
    value, spread = hits / count, _Z**2 / count
    middle = (value + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * math.sqrt(value * (1 - value) / count + spread / (4 * count))
    return CountedShare(
        hits=hits,
        count=count,
        value=round(value, 6),
        low=round(max(0.0, middle - half), 6),
        high=round(min(1.0, middle + half), 6),
    )


def share_of(flags: Sequence[bool]) -> CountedShare:
    """Return the share of flags that are true, with its interval."""
    return share(sum(flags), len(flags))


def recall_at(answers: Sequence[ScoredAnswer], count: int) -> CountedShare:
    """Return the share of known prints with a right match among the first `count`."""
    return share_of([one.rank is not None and one.rank < count for one in answers])


def accepted_and_right(known: Sequence[ScoredAnswer]) -> CountedShare:
    """Return the share of known prints that are accepted as the right print."""
    return share_of([one.accepted and one.rank == 0 for one in known])


def accepted(answers: Sequence[ScoredAnswer]) -> CountedShare:
    """Return the share of accepted answers, right or wrong.

    For unknown prints this is the false accept rate.
    """
    return share_of([one.accepted for one in answers])


def right_at_false_accepts(
    known: Sequence[ScoredAnswer], unknown: Sequence[ScoredAnswer], most: float = 0.01
) -> CountedShare:
    """Return the share of known prints accepted and right at a false accept rate.

    The threshold is the lowest that lets through at most the share `most` of unknown prints.

    Args:
        known, unknown: Answers of one bundle; the threshold is on their confidence.
        most: Largest false accept rate.

    Returns:
        An empty share if there are no unknown prints to set the threshold by.
    """
    if not unknown:
        return share(0, 0)
    sorted_down = sorted((one.confidence for one in unknown), reverse=True)
    allowed = math.floor(most * len(unknown) + 1e-9)
    threshold = sorted_down[allowed] if allowed < len(unknown) else -math.inf
    return share_of([one.confidence > threshold and one.rank == 0 for one in known])


def false_accepts_at_right(
    known: Sequence[ScoredAnswer], unknown: Sequence[ScoredAnswer], least: float = 0.95
) -> CountedShare:
    """Return the false accept rate at which a share of known prints is accepted and right.

    The threshold is the highest that accepts at least the share `least` of known prints rightly.

    Returns:
        An empty share if even the lowest threshold accepts too few known prints rightly.
    """
    right = sorted((one.confidence for one in known if one.rank == 0), reverse=True)
    needed = math.ceil(least * len(known) - 1e-9)
    if not known or needed > len(right):
        return share(0, 0)
    threshold = right[needed - 1] if needed else math.inf
    return share_of([one.confidence >= threshold for one in unknown])


def average_precision(
    known: Sequence[ScoredAnswer], unknown: Sequence[ScoredAnswer]
) -> float | None:
    """Return the global average precision (GAP) of all first matches, or None.

    All answers are ranked by confidence, unknown prints among them. At equal confidence, wrong answers come first.
    Source: Weyand, Araujo, Cao, Sim, CVPR 2020 (Google Landmarks v2), equation 1.
    """
    if not known:
        return None
    ranked = sorted(
        [(-one.confidence, one.rank == 0) for one in known]
        + [(-one.confidence, False) for one in unknown]
    )
    is_right = np.array([right for _, right in ranked])
    precision = np.cumsum(is_right) / np.arange(1, len(ranked) + 1)
    return round(float(precision[is_right].sum() / len(known)), 6)


def curve(known: Sequence[ScoredAnswer], unknown: Sequence[ScoredAnswer]) -> tuple[Point, ...]:
    """Return the accept rates at falling thresholds, strictest first; at most 120 points."""
    if not known or not unknown:
        return ()
    right = np.array([one.confidence for one in known if one.rank == 0])
    wrong = np.array([one.confidence for one in unknown])
    steps = np.unique(np.concatenate([right, wrong]))[::-1]
    kept = steps[np.linspace(0, len(steps) - 1, min(_CURVE_POINTS, len(steps))).round().astype(int)]
    return tuple(
        Point(
            false_accepts=round(float((wrong >= step).mean()), 6),
            accepts=round(float((right >= step).sum() / len(known)), 6),
        )
        for step in kept
    )


def corner_error(found: Values, truth: Values) -> float:
    """Return the error of the worst corner, as a share of the sheet's diagonal.

    Args:
        found, truth: float64 (4, 2), in order around the sheet, starting at any corner.
    """
    diagonal = float(max(np.linalg.norm(truth[0] - truth[2]), np.linalg.norm(truth[1] - truth[3])))
    orders = [np.roll(side, turn, axis=0) for side in (found, found[::-1]) for turn in range(4)]
    misses = [float(np.linalg.norm(order - truth, axis=1).max()) for order in orders]
    return min(misses) / max(diagonal, 1e-9)


def percentiles(times_ms: Sequence[float]) -> Percentiles:
    """Return the median and the 95th percentile; zeros for no times."""
    if not times_ms:
        return Percentiles(count=0, p50=0.0, p95=0.0)
    p50, p95 = np.percentile(np.array(times_ms), [50, 95])
    return Percentiles(count=len(times_ms), p50=round(float(p50), 3), p95=round(float(p95), 3))
