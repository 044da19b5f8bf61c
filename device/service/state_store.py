"""The stand's state as its screen shows it, with a revision that rises whenever it changes. For any thread."""

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
    """What is shown at the stand.

    Attributes:
        changing: Held by whoever does several things that must be one; re-entrant.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        on_change: Callable[[KioskState], None] = lambda state: None,
    ) -> None:
        """Begin.

        Args:
            clock: Monotonic seconds.
            on_change: Called with every new state, while nobody else can change it.
        """
        self.changing = threading.Condition()  # holds an RLock
        self._clock = clock
        self._on_change = on_change
        self._state = starting(clock())
        self._revision = 1

    @property
    def state(self) -> KioskState:
        """The state as it is."""
        return self._state

    def apply(self, event: Event) -> bool:
        """Take what has happened; whether it changed anything."""
        with self.changing:
            changed = step(self._state, event, self._clock())
            if changed is self._state:
                return False
            self._state = changed
            self._on_change(changed)
            self._revision += 1
            self.changing.notify_all()
            return True

    def snapshot(self, after: int = 0, timeout_s: float = 0.0) -> Snapshot:
        """Give the state once its revision is above `after`, or as it is when the time is up."""
        with self.changing:
            self.changing.wait_for(lambda: self._revision > after, timeout_s)
            return Snapshot(revision=self._revision, state=self._state)
