"""The arithmetic of times and ratios."""

import pytest

from bench.results import Timing, ratio, times_table


def _timing(*turns_ms: float) -> Timing:
    return Timing(turns_ms=turns_ms)


def test_a_ratio_is_taken_within_each_round_so_that_load_affects_both() -> None:
    ours, theirs = _timing(10, 40, 10), _timing(20, 80, 20)

    assert ratio(theirs, ours) == 2
    assert ratio(ours, theirs) == 0.5


def test_one_disturbed_turn_does_not_move_a_ratio() -> None:
    assert ratio(_timing(20, 20, 900), _timing(10, 10, 10)) == 2


def test_timings_with_different_numbers_of_rounds_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio(_timing(1, 2), _timing(1))


def test_a_timing_has_minimum_median_maximum_and_noise() -> None:
    timing = _timing(8, 10, 10, 12, 30)

    assert (timing.min_ms, timing.median_ms, timing.max_ms) == (8, 10, 30)
    assert timing.spread == pytest.approx(0.2)


def test_a_table_of_times_compares_every_contender_with_ours() -> None:
    table = times_table(
        {"ours": _timing(10, 10), "peer": _timing(25, 25)},
        ours="ours",
        cells={"peer": ("0.99",)},
        columns=("cosine",),
    )

    assert table.columns[-2:] == ("× ours", "cosine")
    assert [row[-2:] for row in table.rows] == [("1.00", ""), ("2.50", "0.99")]
