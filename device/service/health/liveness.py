"""When each worker of the kiosk last made progress, and how long it may take.

Pure except for its clock. The watchdog asks here before each ping, so that a worker that hangs is not hidden by others
that run: systemd then restarts the service.
"""

import threading
import time
from collections.abc import Callable

# The camera loop makes a round with every frame, and with every attempt to open a lost camera: 52 s at most (a driver
# waited for 40 s, a pause of 10).
STAND, STAND_S = "stand", 70.0
# The queue's thread makes a round every second, and after each answer, which takes long on a slow machine.
ANSWERS, ANSWERS_S = "answers", 30.0
# Any answer proves the search; without queries the kiosk queries a print of its own.
SEARCH, SEARCH_S = "search", 300.0
# The kiosk requests the page itself.
PAGE, PAGE_S = "page", 60.0
# The workers of the service; the page's server adds the page.
EXPECTED = {ANSWERS: ANSWERS_S, STAND: STAND_S, SEARCH: SEARCH_S}


class Liveness:
    """The time of each worker's last progress, and how long it may take. Safe for any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._within_s: dict[str, float] = {}
        self._proved_s: dict[str, float] = {}

    def expect(self, worker: str, within_s: float) -> None:
        """Expect progress of a worker from now on, each time within a number of seconds."""
        with self._lock:
            self._within_s[worker] = within_s
            self._proved_s[worker] = self._clock()

    def prove(self, worker: str) -> None:
        """Note that a worker has made progress."""
        with self._lock:
            self._proved_s[worker] = self._clock()

    def age_s(self, worker: str) -> float:
        """Return the seconds since a worker's last progress; infinite without any."""
        with self._lock:
            return self._clock() - self._proved_s.get(worker, float("-inf"))

    def overdue(self) -> tuple[str, ...]:
        """Return the workers that have made no progress for too long."""
        with self._lock:
            now_s = self._clock()
            return tuple(
                worker
                for worker, within_s in self._within_s.items()
                if now_s - self._proved_s[worker] > within_s
            )
