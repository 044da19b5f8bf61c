"""Metrics of hand-made answers, whose results can be counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation import metrics
from evaluation.metrics import ScoredAnswer


def answer(rank: int | None, confidence: float = 1.0, *, accepted: bool = True) -> ScoredAnswer:
    """Return a scored answer."""
    return ScoredAnswer(rank=rank, accepted=accepted, confidence=confidence)


def test_recall_counts_the_right_match_among_the_first() -> None:
    answers = [answer(0), answer(0), answer(3), answer(7), answer(None)]

    assert metrics.recall_at(answers, 1).value == 0.4
    assert metrics.recall_at(answers, 5).value == 0.6
    assert metrics.recall_at(answers, 20).value == 0.8


def test_a_right_match_that_is_not_accepted_is_not_accepted_and_right() -> None:
    answers = [answer(0), answer(0, accepted=False), answer(1), answer(None)]

    assert metrics.accepted_and_right(answers).hits == 1
    assert metrics.accepted(answers).hits == 3


def test_an_interval_equals_published_values() -> None:
    # Published values: 15 of 148 (Newcombe 1998, table I, method 3).
    found = metrics.share(15, 148)
    assert (found.low, found.high) == (
        pytest.approx(0.0624, abs=5e-5),
        pytest.approx(0.1605, abs=5e-5),
    )
    # None of 20 doesn't prove that there are none.
    assert metrics.share(0, 20).high == pytest.approx(0.1611, abs=5e-5)


def test_an_empty_count_has_no_share() -> None:
    nothing = metrics.share(0, 0)

    assert nothing.value is None
    assert (nothing.low, nothing.high) == (0.0, 1.0)


@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval(counted: tuple[int, int]) -> None:
    found = metrics.share(*counted)

    if found.value is not None:
        assert 0 <= found.low <= found.value + 1e-6
        assert found.value - 1e-6 <= found.high <= 1


def test_the_threshold_at_one_percent_accepts_one_of_a_hundred() -> None:
    unknown = [answer(None, 5.0), answer(None, 2.0), *[answer(None, 0.1)] * 98]
    known = [answer(0, 6.0), answer(0, 3.0), answer(0, 2.0), answer(0, 0.5), answer(1, 9.0)]

    # 5.0 may be accepted, 2.0 may not. Right answers above 2.0 count.
    assert metrics.right_at_false_accepts(known, unknown).hits == 2


def test_with_few_unknown_prints_none_may_be_accepted() -> None:
    assert (
        metrics.right_at_false_accepts([answer(0, 3.0), answer(0, 1.0)], [answer(None, 2.0)]).hits
        == 1
    )


def test_false_accepts_at_95_percent_accepts_are_those_above_the_threshold() -> None:
    known = [answer(0, float(confidence)) for confidence in range(1, 21)]
    unknown = [answer(None, 1.5), answer(None, 2.0), answer(None, 3.0), answer(None, 0.0)]

    # 19 of 20 are at least 2.
    assert metrics.false_accepts_at_right(known, unknown).hits == 2


def test_an_unreachable_accept_rate_is_not_measured() -> None:
    known = [answer(0), answer(None), answer(None)]

    assert metrics.false_accepts_at_right(known, [answer(None)]).value is None


def test_average_precision_ranks_all_answers() -> None:
    known = [answer(0, 9.0), answer(1, 8.0), answer(0, 6.0), answer(0, 5.0)]
    unknown = [answer(None, 7.0)]

    # Right at places 1, 4 and 5: (1/1 + 2/4 + 3/5) / 4.
    assert metrics.average_precision(known, unknown) == pytest.approx((1 + 0.5 + 0.6) / 4)


def test_a_tie_between_right_and_wrong_counts_as_wrong() -> None:
    assert metrics.average_precision([answer(0, 1.0)], [answer(None, 1.0)]) == 0.5


def test_a_curve_rises_from_the_strictest_threshold_on() -> None:
    known = [answer(0, 3.0), answer(0, 1.0), answer(2, 5.0)]
    unknown = [answer(None, 2.0), answer(None, 0.0)]

    points = metrics.curve(known, unknown)

    assert [(p.false_accepts, round(p.accepts, 3)) for p in points] == [
        (0.0, 0.333), (0.5, 0.333), (0.5, 0.667), (1.0, 0.667),
    ]  # fmt: skip


@pytest.mark.parametrize("turn", range(4))
def test_any_corner_may_be_the_first(turn: int) -> None:
    truth = np.array([(0.0, 0.0), (30.0, 0.0), (30.0, 40.0), (0.0, 40.0)])
    found = np.roll(truth, turn, axis=0)
    found[2] += (3.0, 4.0)

    assert metrics.corner_error(found, truth) == pytest.approx(0.1)  # 5 of 50


def test_percentiles_are_the_median_and_the_95th() -> None:
    found = metrics.percentiles([float(ms) for ms in range(101)])

    assert (found.count, found.p50, found.p95) == (101, 50.0, 95.0)
    assert metrics.percentiles([]).count == 0
