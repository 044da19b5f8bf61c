"""The histogram of answer times."""

import math

from hypothesis import given
from hypothesis import strategies as st

from device.service.health.latency import BOUNDS_S, LatencyRecorder


@given(st.lists(st.floats(0, 100), max_size=30))
def test_each_answer_counts_under_every_bound_it_is_within(times) -> None:
    watch = LatencyRecorder()
    for took_s in times:
        watch.record(took_s)
    found = watch.histogram()

    assert [count for _, count in found.cumulative()] == [
        sum(took_s <= bound_s for took_s in times) for bound_s in BOUNDS_S
    ]
    assert math.isclose(found.sum_s, sum(times), abs_tol=1e-9)


def test_the_last_bound_is_written_as_prometheus_expects_it() -> None:
    assert [bound for bound, _ in LatencyRecorder().histogram().cumulative()][-1] == "+Inf"
