"""Sides in processes of their own: turns, results, and what happens when one breaks."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import pytest

from bench.errors import SideError
from bench.sides import Side, race, started


def sleeper(seconds: float) -> Callable[[int], int]:
    """Give work that takes this long; called in a side's process."""

    def work(task: int) -> int:
        time.sleep(seconds)
        return task * 2

    return work


def breaker() -> Callable[[int], int]:
    """Give work that fails on 3."""

    def work(task: int) -> int:
        if task == 3:
            raise ValueError("three is too many")
        return task

    return work


def unready() -> Callable[[int], int]:
    """Fail to get ready."""
    raise OSError("no such model")


def test_a_race_gives_each_side_its_time_in_every_round() -> None:
    with ExitStack() as stack:
        sides = started(stack, {"quick": partial(sleeper, 0.001), "slow": partial(sleeper, 0.03)})

        times = race(sides, [1, 2, 3], rounds=4, calls=2, what="test")

    assert {name: len(timing.turns_ms) for name, timing in times.items()} == {"quick": 4, "slow": 4}
    assert times["slow"].min_ms >= 30  # what sleep promises; no bound above


def test_results_come_in_the_order_of_the_tasks() -> None:
    with Side("doubling", partial(sleeper, 0)) as side:
        assert side.results([3, 1, 2]) == [6, 2, 4]


def test_a_side_that_breaks_says_which_and_why() -> None:
    with Side("breaking", breaker) as side, pytest.raises(SideError, match=r"breaking: .*three is"):
        side.results([1, 3])


def test_a_side_that_cannot_get_ready_says_which_and_why() -> None:
    with (
        pytest.raises(SideError, match="unready: OSError: no such model"),
        Side("unready", unready),
    ):
        pass
