"""Prints are captured only if no threshold is fitted on them."""

from device.bundle.reader import OpenedBundle
from evaluation.dataset import choose_prints, prints_of
from evaluation.scored_prints import is_scored


def test_prints_that_thresholds_are_fitted_on_are_not_captured(open_small: OpenedBundle) -> None:
    prints = prints_of(open_small)

    chosen = list(choose_prints(prints, 30, 1))

    assert len(chosen) == 30
    assert all(is_scored(one.record.record_id) for one, _ in chosen)
    assert all(one.record.show_picture for one, _ in chosen)
    assert len({(one.record.record_id, seed) for one, seed in chosen}) == 30
