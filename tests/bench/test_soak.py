"""What a soak is held to: a leak, a slower tenth, a handle too many and a wrong answer are each seen."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.soak import SEGMENTS, Segment, _read, _write, judge

GOOD = Segment(
    life=0, answers=100, right=100, frames=1000, anon_kib=200_000, handles=16, threads=4, ratio=2.0
)


def missed(done: list[Segment]) -> set[str]:
    """Give what is not as wanted, by its first words."""
    return {wanted.split(",")[0] for wanted, _, is_met in judge(done) if not is_met}


def test_a_kiosk_that_stays_as_it_is_meets_all() -> None:
    assert missed([GOOD] * SEGMENTS) == set()


def test_what_it_takes_to_warm_up_is_no_growth() -> None:
    done = [replace(GOOD, anon_kib=150_000 + 10_000 * n) for n in range(5)]

    assert missed(done + [GOOD] * (SEGMENTS - 5)) == set()


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"anon_kib": 203_000}, "growth after warm-up"),
        ({"handles": 17}, "file handles constant"),
        ({"threads": 5}, "threads constant"),
        ({"ratio": 2.3}, "last tenth against first"),
        ({"ratio": 1.7}, "last tenth against first"),
        ({"right": 99}, "answers"),
        ({"frames": 900}, "frames watched"),
    ],
)
def test_each_thing_that_goes_wrong_is_seen(changes: dict[str, float], seen: str) -> None:
    worse = replace(GOOD, **changes)

    assert missed([GOOD] * (SEGMENTS - 20) + [worse] * 20) == {seen}


def test_a_life_that_began_anew_is_no_growth() -> None:
    second = replace(GOOD, life=1, anon_kib=250_000, handles=20)

    assert missed([GOOD] * 50 + [second] * 50) == set()


def test_in_many_short_lives_nothing_can_be_seen_to_grow() -> None:
    done = [replace(GOOD, life=number // 25) for number in range(SEGMENTS)]

    assert missed(done) == {"hundredths in one process's life"}


def test_one_that_was_not_done_to_its_end_changed_too_few_bundles() -> None:
    assert missed([GOOD] * (SEGMENTS - 1)) == {"changes of bundle"}


def test_what_was_done_is_kept_and_not_done_again(tmp_path: Path) -> None:
    """A process that is stopped goes on with the next hundredth."""
    done = [GOOD, replace(GOOD, life=1)]
    _write(tmp_path, done)

    assert _read(tmp_path) == done
