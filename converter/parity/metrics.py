"""Metrics of the agreement between reference and kiosk: cosines, shares and intervals.

Both sides are compared on the same pictures. The reference is full-precision TensorFlow with exact search. The module
doesn't know how either side finds its answers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from device.recognition.verdict import Verdict

# A value that occurred, never one between two: the 4th smallest of 301 for p1.
QUANTILE_METHOD: Final = "lower"
_Z_95 = 1.959963984540054
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The best match that the kiosk or the reference finds for one picture.

    Attributes:
        item: Row of the best match in the bundle.
        score: Its cosine, -1..1.
    """

    item: int
    score: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchComparison:
    """One picture, searched by the kiosk and by the reference.

    Attributes:
        record_id, item: The print in the picture.
        cosine: Cosine between the two sides' fingerprints of the picture.
        same_top: Whether the kiosk's best match is one of the reference's best; ties count.
        overlap: Share of the kiosk's ten nearest that are among the reference's ten.
    """

    record_id: str
    item: int
    cosine: float
    reference: Found
    kiosk: Found
    same_top: bool
    overlap: float

    @property
    def same_answer(self) -> bool:
        """Whether both sides agree on the print and on the verdict."""
        return self.same_top and self.reference.verdict == self.kiosk.verdict

    @property
    def is_right(self) -> bool:
        """Whether the kiosk's best match is the print in the picture."""
        return self.kiosk.item == self.item


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosines:
    """Median, first percentile and minimum of some cosines; each is a value that occurred."""

    median: float
    p1: float
    min: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareInterval:
    """A share, 0..1, with its 95 % confidence interval."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The agreement of kiosk and reference over one set of pictures.

    Attributes:
        top1: Share with the same best match. Wilson's interval.
        top10: Mean share of the ten nearest that are the same. Bootstrap interval over the pictures.
        answers: Share with the same best match and verdict. Wilson's interval.
        right: Share whose best match on the kiosk is the print in the picture. Wilson's interval.
    """

    comparisons: tuple[SearchComparison, ...]
    cosines: Cosines
    top1: ShareInterval
    top10: ShareInterval
    answers: ShareInterval
    right: ShareInterval


def agreement(comparisons: Sequence[SearchComparison], *, seed: int) -> Agreement:
    """Return the agreement of kiosk and reference over a set of compared pictures.

    Args:
        comparisons: At least one.
        seed: Seed of the resampling.
    """
    return Agreement(
        comparisons=tuple(comparisons),
        cosines=cosines([one.cosine for one in comparisons]),
        top1=share([one.same_top for one in comparisons]),
        top10=mean([one.overlap for one in comparisons], seed=seed),
        answers=share([one.same_answer for one in comparisons]),
        right=share([one.is_right for one in comparisons]),
    )


def cosines(values: Sequence[float]) -> Cosines:
    """Return the median, first percentile and minimum of at least one cosine."""
    low, first, middle = np.quantile(
        np.asarray(values, dtype=np.float64), [0, 0.01, 0.5], method=QUANTILE_METHOD
    )
    return Cosines(median=float(middle), p1=float(first), min=float(low), count=len(values))


def share(flags: Sequence[bool]) -> ShareInterval:
    """Return the share of true flags with its 95 % interval (Wilson)."""
    count, value = len(flags), sum(flags) / len(flags)
    z2 = _Z_95 * _Z_95 / count
    middle = (value + z2 / 2) / (1 + z2)
    half = _Z_95 / (1 + z2) * math.sqrt(value * (1 - value) / count + z2 / 4 / count)
    return ShareInterval(
        value=value, low=max(0.0, middle - half), high=min(1.0, middle + half), count=count
    )


def mean(values: Sequence[float], *, seed: int) -> ShareInterval:
    """Return the mean of some shares with its 95 % bootstrap interval."""
    array = np.asarray(values, dtype=np.float64)
    rows = np.random.default_rng(seed).integers(len(array), size=(_RESAMPLES, len(array)))
    low, high = np.quantile(array[rows].mean(axis=1), [0.025, 0.975])
    return ShareInterval(
        value=float(array.mean()), low=float(low), high=float(high), count=len(array)
    )
