"""The calibration prints are the shipped ones, and were chosen from all over the collection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter import calibration
from converter.errors import CalibrationError


def test_the_shipped_prints_are_what_the_model_takes() -> None:
    prints = calibration.prints()

    assert prints.shape == (32, 224, 224, 3)
    assert prints.dtype.name == "uint8"
    assert len({one.tobytes() for one in prints}) == 32


@given(available=st.integers(1, 3000), count=st.integers(1, 200), seed=st.integers(0, 2**31))
def test_positions_rise_and_one_comes_from_each_equal_stretch(
    available: int, count: int, seed: int
) -> None:
    chosen = calibration.choose(available, count=count, seed=seed)

    assert len(chosen) == min(count, available)
    assert chosen == sorted(set(chosen))
    assert chosen[0] >= 0
    assert chosen[-1] < available
    if count < available:
        stretches = {
            next(s for s in range(count) if p < available * (s + 1) // count) for p in chosen
        }
        assert len(stretches) == count


@pytest.mark.parametrize(("available", "count"), [(0, 3), (3, 0)])
def test_nothing_to_choose_from_is_an_error(available: int, count: int) -> None:
    with pytest.raises(CalibrationError, match="expected at least one print"):
        calibration.choose(available, count=count, seed=1)
