"""How far two sides agree that were asked about the same pictures: values and the figures over them.

One side is the reference (full-precision TensorFlow, exact search), the other the kiosk. Knows nothing of how either
finds its answers.
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
    """One side's answer.

    Attributes:
        item: Row of the best match.
        score: Its cosine, -1..1.
    """

    item: int
    score: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchComparison:
    """One picture, asked on both sides.

    Attributes:
        record_id, item: Of the print in the picture.
        cosine: Between the two sides' fingerprints of it.
        same_top: Whether the kiosk's best match is one of the reference's best.
        overlap: Share of the kiosk's ten that are among the reference's ten.
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
        """Whether both sides say the same of the same print."""
        return self.same_top and self.reference.verdict == self.kiosk.verdict

    @property
    def is_right(self) -> bool:
        """Whether the kiosk's best match is the print in the picture."""
        return self.kiosk.item == self.item


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosines:
    """A set of cosines in three figures; quantiles are values that occurred."""

    median: float
    p1: float
    min: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareInterval:
    """A share, 0..1, and the interval that holds the true one 19 times in 20."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far both sides agree over one set of pictures.

    Attributes:
        top1: Same best match. Wilson's interval.
        top10: Mean share of the ten nearest that are the same. Interval by resampling the pictures.
        answers: Same best match and same verdict. Wilson's interval.
        right: The kiosk's best match is the print in the picture. Wilson's interval.
    """

    comparisons: tuple[SearchComparison, ...]
    cosines: Cosines
    top1: ShareInterval
    top10: ShareInterval
    answers: ShareInterval
    right: ShareInterval


def agreement(comparisons: Sequence[SearchComparison], *, seed: int) -> Agreement:
    """Give the figures over some comparisons.

    Args:
        comparisons: At least one.
        seed: Of the resampling.
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
    """Give median, first percentile and minimum of at least one cosine."""
    low, first, middle = np.quantile(
        np.asarray(values, dtype=np.float64), [0, 0.01, 0.5], method=QUANTILE_METHOD
    )
    return Cosines(median=float(middle), p1=float(first), min=float(low), count=len(values))


def share(flags: Sequence[bool]) -> ShareInterval:
    """Give the share of what is true, with Wilson's 95 % interval."""
    count, value = len(flags), sum(flags) / len(flags)
    z2 = _Z_95 * _Z_95 / count
    middle = (value + z2 / 2) / (1 + z2)
    half = _Z_95 / (1 + z2) * math.sqrt(value * (1 - value) / count + z2 / 4 / count)
    return ShareInterval(
        value=value, low=max(0.0, middle - half), high=min(1.0, middle + half), count=count
    )


def mean(values: Sequence[float], *, seed: int) -> ShareInterval:
    """Give the mean of some shares, with the 95 % interval of the means of resampled sets."""
    array = np.asarray(values, dtype=np.float64)
    rows = np.random.default_rng(seed).integers(len(array), size=(_RESAMPLES, len(array)))
    low, high = np.quantile(array[rows].mean(axis=1), [0.025, 0.975])
    return ShareInterval(
        value=float(array.mean()), low=float(low), high=float(high), count=len(array)
    )
