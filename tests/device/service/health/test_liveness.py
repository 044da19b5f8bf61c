"""The workers' progress: one that is overdue is named, whatever the others do."""

from fake_time import FakeTime

from device.service.health.liveness import SEARCH, STAND, Liveness


def test_what_proves_nothing_for_too_long_is_late_and_the_others_are_not() -> None:
    time = FakeTime()
    progress = Liveness(time.clock)
    progress.expect(STAND, 10.0)
    progress.expect(SEARCH, 30.0)
    time.sleep(10.0)
    assert progress.overdue() == ()

    time.sleep(1.0)
    assert progress.overdue() == (STAND,)
    progress.prove(STAND)
    assert progress.overdue() == ()
    time.sleep(25.0)
    assert progress.overdue() == (STAND, SEARCH)


def test_what_nobody_expects_is_never_late() -> None:
    progress = Liveness()
    progress.prove(SEARCH)

    assert progress.overdue() == ()
