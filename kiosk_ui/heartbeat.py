"""The page's pulse: whether a page on this machine still asks for the stand's state, as each does every five seconds.

A browser that went white or hangs asks no more. Then a file says so, where the unit was given a folder for it, and systemd
starts the browser anew (`printkiosk-silent.path`); the kiosk itself has no right to.
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

# A poll takes up to 5 s, and one may be lost; a browser takes up to 20 s to show its first page on a slow card.
SILENT_AFTER_S = 15.0
STARTING_S = 60.0
# A browser that doesn't come back is tried again ever more rarely: nobody may be there, or the museum closed.
LONGEST_S = 960.0
SIGN = "page-is-silent"
# Put there by what closes the museum (`printkiosk-closing.service`): no page is expected.
CLOSED = "screen-is-off"
# By which an application knows its heartbeat.
NAME = "heartbeat"
_LOOKED_EVERY_S = 2.0
_STATE = "/api/v1/stand/state"


class Heartbeat:
    """Listens to an application's requests; in a `with` block it also watches.

    Attributes:
        renewed: How often a new browser was asked for.
    """

    def __init__(
        self, app: Flask, folder: Path | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with a browser that is starting.

        Args:
            app: Whose requests are heard.
            folder: Where the sign goes; `None` where nobody would act on it.
            clock: Monotonic seconds.
        """
        self._sign = folder / SIGN if folder else None
        self._closed = folder / CLOSED if folder else None
        self._clock = clock
        self._heard_s = clock()
        self._patience_s = STARTING_S
        self.renewed = 0
        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="heartbeat", daemon=True)
        app.before_request(self._listen)
        app.extensions[NAME] = self

    @classmethod
    def from_environ(cls, app: Flask, environ: Mapping[str, str]) -> Self:
        """Give the heartbeat of a kiosk whose unit has a runtime folder, or of one that has none."""
        folder = environ.get("RUNTIME_DIRECTORY", "")
        return cls(app, Path(folder) if folder else None)

    def __enter__(self) -> Self:
        if self._sign is not None:
            self._watching.start()
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
        """Seconds since a page was heard, or since a new one was asked for."""
        return self._clock() - self._heard_s

    def look(self) -> bool:
        """Give the sign where the page has been silent for too long; say whether it was."""
        if self._closed is not None and self._closed.exists():
            self._heard_s, self._patience_s = self._clock(), STARTING_S
        if self._sign is None or self.age_s < self._patience_s:
            return False
        _log.warning("no page asked for %.0f s: the browser is to be started anew", self.age_s)
        self._heard_s = self._clock()
        self.renewed += 1
        self._patience_s = min(max(2 * self._patience_s, STARTING_S), LONGEST_S)
        try:
            self._sign.touch()
        except OSError as error:
            _log.warning("%s: can't be made (%s); the browser stays as it is", self._sign, error)
        return True

    def _listen(self) -> None:
        if request.path == _STATE:
            if self._patience_s != SILENT_AFTER_S:
                _log.info("a page is shown, and asks")
            self._heard_s, self._patience_s = self._clock(), SILENT_AFTER_S

    def _watch(self) -> None:
        while not self._ended.wait(_LOOKED_EVERY_S):
            self.look()
