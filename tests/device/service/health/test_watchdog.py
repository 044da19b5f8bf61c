"""The watchdog is pinged only while no worker is overdue."""

import threading

import pytest
from fake_time import FakeTime

from device.sd_notify import Notifier
from device.service.health.liveness import ANSWERS, ANSWERS_S, Liveness
from device.service.health.watchdog import WatchdogPinger


class CountingNotifier(Notifier):
    """A notifier that counts its pings, and is pinged every hundredth of a second."""

    def __init__(self) -> None:
        super().__init__(None, watchdog_period_s=0.02)
        self.pings = threading.Semaphore(0)

    def watchdog(self) -> None:
        """Count a ping."""
        self.pings.release()


def test_pings_go_on_during_a_long_answer_and_stop_when_it_is_overdue(
    caplog: pytest.LogCaptureFixture,
) -> None:
    time, notifier = FakeTime(), CountingNotifier()
    liveness = Liveness(time.clock)
    liveness.expect(ANSWERS, ANSWERS_S)
    pinger = WatchdogPinger(notifier, liveness)
    time.sleep(ANSWERS_S)
    while notifier.pings.acquire(blocking=False):
        pass
    assert all(notifier.pings.acquire(timeout=20) for _ in range(3))

    time.sleep(1)
    while not caplog.records:
        notifier.pings.acquire(timeout=0.01)
    while notifier.pings.acquire(blocking=False):
        pass
    assert not notifier.pings.acquire(timeout=0.2)
    liveness.prove(ANSWERS)
    assert notifier.pings.acquire(timeout=20)
    pinger.close()

    assert [record.getMessage().rpartition(" ")[2] for record in caplog.records] == ["answers"]
