"""The soak test's targets: leaks, slower answers and wrong answers fail it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.soak import SEGMENTS, Segment, _read, _write, judge

GOOD = Segment(
    life=0, answers=100, right=100, frames=1000, anon_kib=200_000, handles=16, threads=4, ratio=2.0
)


def missed(done: list[Segment]) -> set[str]:
    """Return the missed targets, by the first words of their names."""
    return {wanted.split(",")[0] for wanted, _, is_met in judge(done) if not is_met}


def test_a_kiosk_that_does_not_change_meets_every_target() -> None:
    assert missed([GOOD] * SEGMENTS) == set()


def test_growth_during_warm_up_does_not_count() -> None:
    done = [replace(GOOD, anon_kib=150_000 + 10_000 * n) for n in range(5)]

    assert missed(done + [GOOD] * (SEGMENTS - 5)) == set()


@pytest.mark.parametrize(
    ("changes", "target"),
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
def test_each_fault_misses_its_target(changes: dict[str, float], target: str) -> None:
    worse = replace(GOOD, **changes)

    assert missed([GOOD] * (SEGMENTS - 20) + [worse] * 20) == {target}


def test_a_restart_with_more_memory_does_not_count_as_growth() -> None:
    second = replace(GOOD, life=1, anon_kib=250_000, handles=20)

    assert missed([GOOD] * 50 + [second] * 50) == set()


def test_many_short_processes_miss_the_target_of_a_long_one() -> None:
    done = [replace(GOOD, life=number // 25) for number in range(SEGMENTS)]

    assert missed(done) == {"hundredths in one process"}


def test_an_incomplete_test_has_too_few_changes_of_bundle() -> None:
    assert missed([GOOD] * (SEGMENTS - 1)) == {"changes of bundle"}


def test_finished_segments_are_kept_for_the_next_process(tmp_path: Path) -> None:
    """A test that was stopped resumes with the next hundredth."""
    done = [GOOD, replace(GOOD, life=1)]
    _write(tmp_path, done)

    assert _read(tmp_path) == done
