"""Ping the systemd watchdog from a thread of its own while no worker is overdue.

A slow machine may take longer over one answer than systemd waits for a ping, and a restart would not make it faster.
"""

import logging
import threading

from device.sd_notify import Notifier
from device.service.health.liveness import Liveness

_log = logging.getLogger(__name__)


class WatchdogPinger:
    """Pings the watchdog of one service.

    `ping` may be called from any thread, `close` from any other than its own.
    """

    def __init__(self, notifier: Notifier, liveness: Liveness) -> None:
        """Start a thread that pings, if systemd watches this service."""
        self._notifier = notifier
        self._liveness = liveness
        self._was_overdue: tuple[str, ...] = ()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        if notifier.watchdog_period_s is not None:
            every_s = (notifier.watchdog_period_s / 2,)
            self._thread = threading.Thread(
                target=self._run, args=every_s, name="watchdog", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Stop pinging."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def ping(self) -> None:
        """Ping, unless a worker is overdue: that is logged once, and systemd acts within seconds."""
        overdue = self._liveness.overdue()
        if not overdue:
            self._notifier.watchdog()
        elif overdue != self._was_overdue:
            _log.error("the watchdog gets no ping: no progress of %s", ", ".join(overdue))
        self._was_overdue = overdue

    def _run(self, every_s: float) -> None:
        while not self._closing.wait(every_s):
            self.ping()
