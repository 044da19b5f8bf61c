"""The state of the stand's screen, with a revision."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from device.service.state import Event, KioskState, starting, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The stand's state, and a revision that rises with every change."""

    revision: int
    state: KioskState


class StateStore:
    """The current state of the stand's screen. Every method may be called from any thread.

    Attributes:
        lock: Hold it to apply several events as one change; re-entrant.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        on_change: Callable[[KioskState], None] = lambda state: None,
    ) -> None:
        """Start in the starting state.

        Args:
            clock: Monotonic seconds.
            on_change: Called with every new state, under the lock.
        """
        self.lock = threading.Condition()  # holds an RLock
        self._clock = clock
        self._on_change = on_change
        self._state = starting(clock())
        self._revision = 1

    @property
    def state(self) -> KioskState:
        """The current state."""
        return self._state

    def apply(self, event: Event) -> bool:
        """Apply an event, and return whether it changed the state."""
        with self.lock:
            changed = step(self._state, event, self._clock())
            if changed is self._state:
                return False
            self._state = changed
            self._on_change(changed)
            self._revision += 1
            self.lock.notify_all()
            return True

    def snapshot(self, after: int = 0, timeout_s: float = 0.0) -> Snapshot:
        """Return the screen's state once its revision is above `after`, or after the timeout."""
        with self.lock:
            self.lock.wait_for(lambda: self._revision > after, timeout_s)
            return Snapshot(revision=self._revision, state=self._state)
