"""The bundle asked for a print of its own, which it must find: how a bundle on trial proves itself."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from device.errors import BusyError, KioskError
from device.service.collection.open_collection import OpenCollection
from device.service.health.liveness import SEARCH, Liveness
from device.service.query.answer_queue import AnswerQueue, Priority, Query

_log = logging.getLogger(__name__)

# A search takes a third of a second of two cores: once a minute nobody notices it.
IDLE_S = 60.0
_LOOKED_EVERY_S = 5.0


def fault(shown: OpenCollection, queue: AnswerQueue) -> str:
    """Ask for a print of the bundle's own, when it is its turn; give why it was not found, empty when it was.

    Raises:
        BusyError: When too many are waiting.
    """
    try:
        probe = shown.probe()
        if probe is None:
            return ""
        record_id, frame = probe
        asked = queue.ask(Query(frame=frame, count=1), priority=Priority.GUEST)
    except BusyError:
        raise
    except KioskError as error:
        return str(error)
    reason = asked.exception()  # of whatever kind: who asks goes on asking
    if reason is not None:
        return str(reason) or type(reason).__name__
    found = [match.record.record_id for match in asked.result().matches]
    return "" if found == [record_id] else f"{record_id}: a print of the bundle's own was not found"


def passes(shown: OpenCollection, queue: AnswerQueue) -> bool:
    """Ask as `fault` does, and say what it gives; whether the print was found."""
    why = fault(shown, queue)
    if why:
        _log.warning("self-search: %s", why)
    return not why


class SelfTest:
    """Asks the kiosk for a print of its own when nobody else has asked for a while."""

    def __init__(
        self, search: Callable[[], str], progress: Liveness, *, idle_s: float = IDLE_S
    ) -> None:
        """Begin.

        Args:
            search: Asks once, when it is its turn, and gives why that failed, empty when it didn't; raises
                `BusyError` when others ask.
            progress: Told of every search that came to an end, whatever it found.
            idle_s: After so long without any.
        """
        self._search = search
        self._progress = progress
        self._idle_s = idle_s
        self._said = ""
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
                self._say(self._search())
                self._progress.prove(SEARCH)

    def _say(self, why: str) -> None:
        """Say a fault once, not every minute of a night."""
        if why and why != self._said:
            _log.warning("self-search: %s", why)
        self._said = why
