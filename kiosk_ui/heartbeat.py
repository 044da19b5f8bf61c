"""Detects a hung browser by its missing requests, and asks systemd to restart it.

Every page at the stand requests the stand's state each five seconds. A blank or hung browser stops
doing so. The heartbeat then creates a file in the unit's runtime folder, if there is one, and
systemd restarts the browser (`printkiosk-silent.path`). The kiosk itself isn't permitted to.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask, request

_log = logging.getLogger(__name__)

# A poll takes up to 5 s, and one may be lost. On a slow SD card a browser takes up to 20 s to show
# its first page.
SILENT_AFTER_S = 15.0
STARTING_S = 60.0
# A browser that doesn't come back is restarted at growing intervals: it may have been switched off.
MAX_TIMEOUT_S = 960.0
SILENT_FILE = "page-is-silent"
# Created at closing time (`printkiosk-closing.service`): no page is expected.
CLOSED_FILE = "screen-is-off"
# Key of the heartbeat in `app.extensions`.
NAME = "heartbeat"
_CHECK_EVERY_S = 2.0
_STATE = "/api/v1/stand/state"


class Heartbeat:
    """Notes each request for the stand's state; in a `with` block it also checks for silence.

    Attributes:
        browser_restarts: How many restarts of the browser were requested.
    """

    def __init__(
        self, app: Flask, folder: Path | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start with the timeout of a browser that is starting.

        Args:
            app: The application whose requests count.
            folder: The unit's runtime folder; `None` if no unit watches it.
            clock: Returns monotonic seconds.
        """
        self._silent_file = folder / SILENT_FILE if folder else None
        self._closed_file = folder / CLOSED_FILE if folder else None
        self._clock = clock
        self._requested_at_s = clock()
        self._timeout_s = STARTING_S
        self.browser_restarts = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="heartbeat", daemon=True)
        app.before_request(self._listen)
        app.extensions[NAME] = self

    @classmethod
    def from_environ(cls, app: Flask, environ: Mapping[str, str]) -> Self:
        """Return a heartbeat for the runtime folder that systemd names in the environment."""
        folder = environ.get("RUNTIME_DIRECTORY", "")
        return cls(app, Path(folder) if folder else None)

    def __enter__(self) -> Self:
        if self._silent_file is not None:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()

    @property
    def age_s(self) -> float:
        """Seconds since the last request of a page, or of a browser restart."""
        return self._clock() - self._requested_at_s

    def check(self) -> bool:
        """Request a browser restart if the page was silent for too long; return whether it was."""
        if self._closed_file is not None and self._closed_file.exists():
            self._requested_at_s, self._timeout_s = self._clock(), STARTING_S
        if self._silent_file is None or self.age_s < self._timeout_s:
            return False
        _log.warning("no request from a page for %.0f s; restarting the browser", self.age_s)
        self._requested_at_s = self._clock()
        self.browser_restarts += 1
        self._timeout_s = min(max(2 * self._timeout_s, STARTING_S), MAX_TIMEOUT_S)
        try:
            self._silent_file.touch()
        except OSError as error:
            _log.warning(
                "%s: can't be created (%s); the browser isn't restarted", self._silent_file, error
            )
        return True

    def _listen(self) -> None:
        if request.path == _STATE:
            if self._timeout_s != SILENT_AFTER_S:
                _log.info("a page is shown and sends requests")
            self._requested_at_s, self._timeout_s = self._clock(), SILENT_AFTER_S

    def _watch(self) -> None:
        while not self._ended.wait(_CHECK_EVERY_S):
            self.check()
