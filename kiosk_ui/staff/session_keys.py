"""The staff's sessions: random keys in memory that expire some time after their last use."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

# After this time the PIN is asked for again, even without a pause.
MAX_SESSION_S = 3600.0
# More than a museum's staff needs; beyond it the oldest session ends.
MAX_SESSIONS = 8


class StaffSessions:
    """The keys of the staff's sessions. Safe for use by any thread.

    Attributes:
        idle_s: Seconds that a key is valid after its last use.
    """

    def __init__(self, idle_s: float = 300.0, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without sessions.

        Args:
            idle_s: Seconds that a key is valid after its last use.
            clock: Returns monotonic seconds.
        """
        self.idle_s = idle_s
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, tuple[float, float]] = {}  # hash: (began, last used)

    def begin(self) -> str:
        """Start a session; return its key, 256 random bits."""
        key, now_s = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            while len(self._sessions) >= MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[_hashed(key)] = (now_s, now_s)
        return key

    def is_valid(self, key: str) -> bool:
        """Return whether a key is valid; if so, prolong its session."""
        hashed, now_s = _hashed(key), self._clock()
        with self._lock:
            began_s, used_s = self._sessions.get(hashed, (float("-inf"), float("-inf")))
            if now_s - used_s > self.idle_s or now_s - began_s > MAX_SESSION_S:
                self._sessions.pop(hashed, None)
                return False
            self._sessions[hashed] = (began_s, now_s)
            return True

    def end(self, key: str) -> None:
        """End a key's session."""
        with self._lock:
            self._sessions.pop(_hashed(key), None)


def _hashed(key: str) -> str:
    """Return a key's hash, so that the time of a look-up reveals nothing about other keys."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
