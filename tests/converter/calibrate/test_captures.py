"""The sample and its captures depend on ids and seed alone."""

import drawn_bundle
import numpy as np
import pytest
from drawn_bundle import quantised

from converter.calibrate import captures
from converter.calibrate.captures import PrintPicture
from device.imaging.frames import Pixels


def drawn_prints(count: int) -> list[PrintPicture]:
    """Return prints with drawn pictures."""

    def load(number: int) -> Pixels:
        return drawn_bundle.draw(number)

    return [
        PrintPicture(record_id=f"P{n}", item=n, load=lambda n=n: load(n))  # type: ignore[misc]
        for n in range(count)
    ]


@pytest.mark.slow
def test_ten_more_prints_leave_the_other_captures_unchanged() -> None:
    before = captures.take_captures(drawn_prints(30), quantised, count=30, seed=2)
    after = captures.take_captures(drawn_prints(40), quantised, count=40, seed=2)

    pictures = {capture.record_id: capture.pixels.tobytes() for capture in after}
    assert all(pictures[c.record_id] == c.pixels.tobytes() for c in before)


def test_the_order_of_the_collection_does_not_matter() -> None:
    prints = drawn_prints(12)

    assert [p.record_id for p in captures.sample_prints(prints, 5, 1)] == [
        p.record_id for p in captures.sample_prints(prints[::-1], 5, 1)
    ]


def test_prints_repeat_only_after_all_and_under_other_conditions() -> None:
    taken = captures.take_captures(drawn_prints(5), quantised, count=100, seed=2)

    assert len(taken) == 20
    assert sorted(c.item for c in taken[:5]) == [0, 1, 2, 3, 4]
    of_one = {c.pixels.tobytes() for c in taken if c.item == 3}
    assert len(of_one) == 4


def test_another_seed_makes_other_captures() -> None:
    first, second = (
        captures.take_captures(drawn_prints(8), quantised, count=8, seed=s) for s in (1, 2)
    )

    assert {c.pixels.tobytes() for c in first}.isdisjoint({c.pixels.tobytes() for c in second})


def test_a_captures_fingerprint_has_unit_length() -> None:
    for capture in captures.take_captures(drawn_prints(3), quantised, count=3, seed=1):
        assert np.linalg.norm(capture.vector) == pytest.approx(1, abs=1e-5)
