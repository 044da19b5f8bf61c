"""Requests the kiosk's own health page over HTTP, so that a hung web server is detected."""

import logging
import threading
import urllib.error
import urllib.request
from types import TracebackType
from typing import Self

from device.service import PAGE, PAGE_S, Liveness

_log = logging.getLogger(__name__)

EVERY_S, TIMEOUT_S = 5.0, 10.0
# The request goes to the kiosk itself, never through a proxy of the museum's network.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SelfRequest:
    """Sends a request every few seconds during a `with` block."""

    def __init__(self, address: str, liveness: Liveness, *, every_s: float = EVERY_S) -> None:
        """Prepare the requests.

        Args:
            address: Address of the start page.
            liveness: Records each response.
            every_s: Seconds between two requests.
        """
        self._address = f"{address}healthz"
        self._liveness = liveness
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="self-request", daemon=True)

    def __enter__(self) -> Self:
        self._liveness.expect(PAGE, PAGE_S)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()

    def send(self) -> bool:
        """Send one request; return whether any response came, even an HTTP error."""
        try:
            with _OPENER.open(self._address, timeout=TIMEOUT_S):
                pass
        except urllib.error.HTTPError as error:  # an unhealthy kiosk responds all the same
            error.close()
        except OSError as error:
            _log.warning("%s: no response (%s)", self._address, error)
            return False
        self._liveness.prove(PAGE)
        return True

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            self.send()
