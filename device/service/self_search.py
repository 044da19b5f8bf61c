"""The bundle asked for a print of its own, which it must find: how a bundle on trial proves itself."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from device.errors import BusyError, KioskError
from device.service.answers import AnswerQueue, Priority, Question
from device.service.exhibition import Exhibition
from device.service.progress import SEARCH, Progress

_log = logging.getLogger(__name__)

# A search takes a third of a second of two cores: once a minute nobody notices it.
IDLE_S = 60.0
_LOOKED_EVERY_S = 5.0


def finds_itself(shown: Exhibition, queue: AnswerQueue) -> bool:
    """Ask for a print of the bundle's own, when it is its turn; whether it was found.

    Raises:
        BusyError: When too many are waiting.
    """
    try:
        probe = shown.probe()
        if probe is None:
            return True
        record_id, frame = probe
        asked = queue.ask(Question(frame=frame, count=1), priority=Priority.GUEST)
        matches = asked.result().matches
    except BusyError:
        raise
    except KioskError as error:
        _log.warning("self-search: %s", error)
        return False
    return [match.record.record_id for match in matches] == [record_id]


class SelfSearch:
    """Asks the kiosk for a print of its own when nobody else has asked for a while."""

    def __init__(
        self, search: Callable[[], bool], progress: Progress, *, idle_s: float = IDLE_S
    ) -> None:
        """Begin.

        Args:
            search: Asks once, when it is its turn; raises `BusyError` when others ask.
            progress: Told of every search that came to an end, whatever it found.
            idle_s: After so long without any.
        """
        self._search = search
        self._progress = progress
        self._idle_s = idle_s
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="self-search", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; waits for a search that has begun."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(min(self._idle_s, _LOOKED_EVERY_S)):
            if self._progress.age_s(SEARCH) < self._idle_s:
                continue
            with suppress(BusyError):  # others are answered: that is as good
                if not self._search():
                    _log.warning("self-search: a print of the bundle's own was not found")
                self._progress.prove(SEARCH)
