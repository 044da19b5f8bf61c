"""The workers' progress: one that is overdue is named, whatever the others do."""

from fake_time import FakeTime

from device.service.health.liveness import SEARCH, STAND, Liveness


def test_only_a_worker_without_progress_is_overdue() -> None:
    time = FakeTime()
    liveness = Liveness(time.clock)
    liveness.expect(STAND, 10.0)
    liveness.expect(SEARCH, 30.0)
    time.sleep(10.0)
    assert liveness.overdue() == ()

    time.sleep(1.0)
    assert liveness.overdue() == (STAND,)
    liveness.prove(STAND)
    assert liveness.overdue() == ()
    time.sleep(25.0)
    assert liveness.overdue() == (STAND, SEARCH)


def test_a_worker_that_is_not_expected_is_never_overdue() -> None:
    liveness = Liveness()
    liveness.prove(SEARCH)

    assert liveness.overdue() == ()
