"""Signs of life for the service manager: given as long as nothing is late, and by nobody who does the work himself.

A machine that is slow may take longer over one answer than systemd waits for a sign; it is no better for being started anew.
"""

import logging
import threading

from device.sd_notify import Notifier
from device.service.health.liveness import Liveness

_log = logging.getLogger(__name__)


class WatchdogPinger:
    """One service's. `give` may be called from any thread."""

    def __init__(self, notifier: Notifier, progress: Liveness) -> None:
        """Begin; a thread gives signs where somebody counts them."""
        self._notifier = notifier
        self._progress = progress
        self._was_late: tuple[str, ...] = ()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        if notifier.watchdog_period_s is not None:
            every_s = (notifier.watchdog_period_s / 2,)
            self._thread = threading.Thread(
                target=self._run, args=every_s, name="signs", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Give no more."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def give(self) -> None:
        """Give one, unless something is late: that is said once, and systemd acts within seconds."""
        late = self._progress.late()
        if not late:
            self._notifier.watchdog()
        elif late != self._was_late:
            _log.error("no sign of life is given: nothing comes of %s", ", ".join(late))
        self._was_late = late

    def _run(self, every_s: float) -> None:
        while not self._closing.wait(every_s):
            self.give()
