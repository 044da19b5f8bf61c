"""What proves that the kiosk works, each within its time: a service that is alive and does nothing is started anew.

Pure but for its clock. Whoever gives the signs of life asks here first, so that a thread that hangs is not covered up by
another that runs.
"""

import threading
import time
from collections.abc import Callable

# The stand's thread comes round with every frame, and with every attempt to open a camera that is gone: 52 s at most (a driver asked for 40 s, a pause of 10).
STAND, STAND_S = "stand", 70.0
# The answers' thread comes round every second, and after each answer: of those a slow machine may take long over one.
ANSWERS, ANSWERS_S = "answers", 30.0
# Any answer is a proof; when nobody asks the kiosk asks for a print of its own.
SEARCH, SEARCH_S = "search", 300.0
# The page is asked for by the kiosk itself.
PAGE, PAGE_S = "page", 60.0
# What the service itself is to prove; whoever serves the page sees to that.
EXPECTED = {ANSWERS: ANSWERS_S, STAND: STAND_S, SEARCH: SEARCH_S}


class Liveness:
    """The proofs of one kiosk. For any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._within_s: dict[str, float] = {}
        self._proved_s: dict[str, float] = {}

    def expect(self, what: str, within_s: float) -> None:
        """Expect a proof from now on, and again within so many seconds of the last."""
        with self._lock:
            self._within_s[what] = within_s
            self._proved_s[what] = self._clock()

    def prove(self, what: str) -> None:
        """Take notice that it works."""
        with self._lock:
            self._proved_s[what] = self._clock()

    def age_s(self, what: str) -> float:
        """Give how long ago the last proof was; infinite for what was never expected or proved."""
        with self._lock:
            return self._clock() - self._proved_s.get(what, float("-inf"))

    def late(self) -> tuple[str, ...]:
        """Give what hasn't proved for too long that it works."""
        with self._lock:
            now_s = self._clock()
            return tuple(
                what
                for what, within_s in self._within_s.items()
                if now_s - self._proved_s[what] > within_s
            )
