"""Who is in the staff's page: random keys in memory, each good for a while after its last use."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

# However busy somebody is: after so long the PIN is asked for again.
LONGEST_S = 3600.0
# More than anybody uses; the oldest goes.
MOST = 8


class StaffSessions:
    """Keys that were given out. For any thread.

    Attributes:
        idle_s: How long a key is good after its last use.
    """

    def __init__(self, idle_s: float = 300.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none.

        Args:
            idle_s: How long a key is good after its last use.
            clock: Monotonic seconds.
        """
        self.idle_s = idle_s
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, tuple[float, float]] = {}  # hash: (began, last used)

    def begin(self) -> str:
        """Give a new key: nobody can guess it."""
        key, now_s = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            while len(self._sessions) >= MOST:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[_hashed(key)] = (now_s, now_s)
        return key

    def is_good(self, key: str) -> bool:
        """Whether a key is good still; it is then good for a while longer."""
        hashed, now_s = _hashed(key), self._clock()
        with self._lock:
            began_s, used_s = self._sessions.get(hashed, (float("-inf"), float("-inf")))
            if now_s - used_s > self.idle_s or now_s - began_s > LONGEST_S:
                self._sessions.pop(hashed, None)
                return False
            self._sessions[hashed] = (began_s, now_s)
            return True

    def end(self, key: str) -> None:
        """Let a key be good no more."""
        with self._lock:
            self._sessions.pop(_hashed(key), None)


def _hashed(key: str) -> str:
    """Give what a key is looked up by: how long that takes then tells nothing of another's."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
