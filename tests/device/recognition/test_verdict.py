"""A verdict changes at its threshold and nowhere else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.bundle.manifest import Thresholds
from device.recognition.verdict import Verdict, decide

FITTED = Thresholds(
    same_print=0.9,
    similar=0.7,
    false_accepts=0.0,
    missed=0.0,
    false_similar=0.0,
    fitted_on=1,
    measured_on=1,
)
BELOW_SAME = math.nextafter(0.9, 0)
BELOW_SIMILAR = math.nextafter(0.7, 0)


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (1.0, Verdict.SAME_PRINT),
        (0.9, Verdict.SAME_PRINT),
        (BELOW_SAME, Verdict.SIMILAR_ONLY),
        (0.7, Verdict.SIMILAR_ONLY),
        (BELOW_SIMILAR, Verdict.NOT_IN_COLLECTION),
        (-1.0, Verdict.NOT_IN_COLLECTION),
        (None, Verdict.NOT_IN_COLLECTION),
        (math.nan, Verdict.NOT_IN_COLLECTION),
    ],
)
def test_a_verdict_changes_at_its_threshold(score: float | None, verdict: Verdict) -> None:
    assert decide(score, FITTED) is verdict


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_better_score_never_gives_a_worse_verdict(one: float, other: float) -> None:
    order = [Verdict.NOT_IN_COLLECTION, Verdict.SIMILAR_ONLY, Verdict.SAME_PRINT]
    worse, better = sorted((one, other))

    assert order.index(decide(worse, FITTED)) <= order.index(decide(better, FITTED))
