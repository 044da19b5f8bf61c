"""Quantiles are values that occurred, and shares have Wilson's interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.parity.metrics import cosines, share


def test_quantiles_are_values_that_occurred() -> None:
    values = [1 - n / 1000 for n in range(301)]

    found = cosines(values)

    assert found.p1 == sorted(values)[3]
    assert found.median == sorted(values)[150]
    assert found.min == min(values)


@given(flags=st.lists(st.booleans(), min_size=1, max_size=300))
def test_a_share_lies_within_its_interval(flags: list[bool]) -> None:
    found = share(flags)

    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert found.count == len(flags)


def test_the_interval_of_a_share_equals_published_values() -> None:
    found = share([True] * 9 + [False])

    assert (found.low, found.high) == (
        pytest.approx(0.5958, abs=1e-4),
        pytest.approx(0.9821, abs=1e-4),
    )
