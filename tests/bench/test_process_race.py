"""Contenders in processes of their own: turns, results, and failures."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import pytest

from bench.errors import ContenderError
from bench.process_race import Contender, race, start_contenders


def sleeper(seconds: float) -> Callable[[int], int]:
    """Return work that takes this long; called in a contender's process."""

    def work(task: int) -> int:
        time.sleep(seconds)
        return task * 2

    return work


def breaker() -> Callable[[int], int]:
    """Return work that fails on 3."""

    def work(task: int) -> int:
        if task == 3:
            raise ValueError("three is too many")
        return task

    return work


def unready() -> Callable[[int], int]:
    """Fail to start."""
    raise OSError("no such model")


@pytest.mark.slow
def test_a_race_times_each_contender_in_every_round() -> None:
    with ExitStack() as stack:
        contenders = start_contenders(
            stack, {"quick": partial(sleeper, 0.001), "slow": partial(sleeper, 0.03)}
        )

        times = race(contenders, [1, 2, 3], rounds=4, calls=2, name="test")

    assert {name: len(timing.turns_ms) for name, timing in times.items()} == {"quick": 4, "slow": 4}
    assert times["slow"].min_ms >= 30  # what sleep promises; no bound above


@pytest.mark.slow
def test_results_come_in_the_order_of_the_tasks() -> None:
    with Contender("doubling", partial(sleeper, 0)) as contender:
        assert contender.results([3, 1, 2]) == [6, 2, 4]


@pytest.mark.slow
def test_a_contender_that_fails_is_named_with_the_reason() -> None:
    with (
        Contender("breaking", breaker) as contender,
        pytest.raises(ContenderError, match=r"breaking: .*three is"),
    ):
        contender.results([1, 3])


def test_a_contender_that_cannot_start_is_named_with_the_reason() -> None:
    with (
        pytest.raises(ContenderError, match="unready: OSError: no such model"),
        Contender("unready", unready),
    ):
        pass
