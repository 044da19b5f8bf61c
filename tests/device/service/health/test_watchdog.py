"""The watchdog is pinged only while no worker is overdue."""

import threading

import pytest
from fake_time import FakeTime

from device.sd_notify import Notifier
from device.service.health.liveness import ANSWERS, ANSWERS_S, Liveness
from device.service.health.watchdog import WatchdogPinger


class Line(Notifier):
    """A line to systemd that counts its signs of life, and wants one every hundredth of a second."""

    def __init__(self) -> None:
        super().__init__(None, watchdog_period_s=0.02)
        self.signs = threading.Semaphore(0)

    def watchdog(self) -> None:
        """Count one."""
        self.signs.release()


def test_signs_are_given_while_an_answer_takes_long_and_no_more_when_it_takes_too_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time, line = FakeTime(), Line()
    progress = Liveness(time.clock)
    progress.expect(ANSWERS, ANSWERS_S)
    signs = WatchdogPinger(line, progress)
    time.sleep(ANSWERS_S)
    while line.signs.acquire(blocking=False):
        pass
    assert all(line.signs.acquire(timeout=20) for _ in range(3))

    time.sleep(1)
    while not caplog.records:
        line.signs.acquire(timeout=0.01)
    while line.signs.acquire(blocking=False):
        pass
    assert not line.signs.acquire(timeout=0.2)
    progress.prove(ANSWERS)
    assert line.signs.acquire(timeout=20)
    signs.close()

    assert [record.getMessage().rpartition(" ")[2] for record in caplog.records] == ["answers"]
