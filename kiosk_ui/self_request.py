"""The kiosk asks for its own page, as a browser would: a server whose threads all hang is no kiosk."""

import logging
import threading
import urllib.error
import urllib.request
from types import TracebackType
from typing import Self

from device.service import PAGE, PAGE_S, Liveness

_log = logging.getLogger(__name__)

EVERY_S, WAITED_S = 5.0, 10.0
# The kiosk itself is asked, whatever proxy the museum's network has.
_ASK = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SelfRequest:
    """Asks every few seconds, within a `with` block."""

    def __init__(self, address: str, progress: Liveness, *, every_s: float = EVERY_S) -> None:
        """Expect to be answered.

        Args:
            address: The page's.
            progress: Told of every answer.
            every_s: How often to ask.
        """
        self._address = f"{address}healthz"
        self._progress = progress
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="self-request", daemon=True)

    def __enter__(self) -> Self:
        self._progress.expect(PAGE, PAGE_S)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()

    def ask(self) -> bool:
        """Ask once; whether there was an answer, of whatever kind."""
        try:
            with _ASK.open(self._address, timeout=WAITED_S):
                pass
        except urllib.error.HTTPError as error:  # one that isn't well answers all the same
            error.close()
        except OSError as error:
            _log.warning("%s: not answered (%s)", self._address, error)
            return False
        self._progress.prove(PAGE)
        return True

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            self.ask()
