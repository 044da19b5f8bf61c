"""Run the self-test while there are no queries, to prove that a search still works."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from device.errors import BusyError
from device.service.health.liveness import SEARCH, Liveness

_log = logging.getLogger(__name__)

# A search takes a third of a second of two cores: once a minute it goes unnoticed.
IDLE_S = 60.0
_CHECKED_EVERY_S = 5.0


class IdleSelfTest:
    """Runs the self-test in its own thread whenever `idle_s` seconds pass without a query.

    `close` may be called from any other thread.
    """

    def __init__(
        self, search: Callable[[], str], liveness: Liveness, *, idle_s: float = IDLE_S
    ) -> None:
        """Start the thread.

        Args:
            search: Runs the self-test once; returns the failure as a line, or "" if it passed. Raises `BusyError`
                when too many queries are waiting.
            liveness: Is notified of every search that ended, whatever it found.
            idle_s: Seconds without a query after which the self-test runs.
        """
        self._search = search
        self._liveness = liveness
        self._idle_s = idle_s
        self._logged = ""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="self-test", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the self-test's thread, after waiting for a search in progress."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(min(self._idle_s, _CHECKED_EVERY_S)):
            if self._liveness.age_s(SEARCH) < self._idle_s:
                continue
            with suppress(BusyError):  # others are answered, which proves as much
                self._log_once(self._search())
                self._liveness.prove(SEARCH)

    def _log_once(self, why: str) -> None:
        """Log a failure once, not every minute of a night."""
        if why and why != self._logged:
            _log.warning("self-test: %s", why)
        self._logged = why
