"""The door to the staff's page: a few tries at the PIN, then waits that grow, so that guessing takes a lifetime."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from device.errors import BusyError, PinLockedError, PinMissingError, PinWrongError
from device.staff import pin

# So many wrong tries cost nothing but themselves; then each makes the next one wait, twice as long each time. A visitor
# who tries for fun must not lock the staff out for a day: with a quarter of an hour at most, a million PINs take 28 years.
FREE_TRIES = 4
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 900.0


class PinLockout:
    """Counts wrong tries. For any thread; one try is looked at at a time."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with no tries.

        Args:
            folder: Where the PIN is kept.
            clock: Monotonic seconds.
        """
        self._folder = folder
        self._clock = clock
        self._trying = threading.Lock()
        self._wrong = 0
        self._until_s = float("-inf")

    @property
    def has_pin(self) -> bool:
        """Whether a PIN is set."""
        try:
            pin.read(self._folder)
        except PinMissingError:
            return False
        return True

    @property
    def wait_s(self) -> float:
        """How long no PIN is looked at, in seconds; 0 when one would be."""
        return max(0.0, self._until_s - self._clock())

    def enter(self, tried: str) -> None:
        """Let somebody in.

        Raises:
            PinWrongError: When it is another PIN.
            PinLockedError: When there were too many wrong ones; whether this one is right isn't looked at.
            PinMissingError: When none is set: then nobody gets in.
            BusyError: When somebody else is trying just now.
        """
        if not self._trying.acquire(blocking=False):  # each takes 16 MiB and a server's thread
            raise BusyError("another PIN is being looked at; try again in a moment")
        try:
            self._try(tried)
        finally:
            self._trying.release()

    def _try(self, tried: str) -> None:
        if self.wait_s > 0:
            raise PinLockedError(self.wait_s)
        if pin.read(self._folder).matches(tried[: pin.MOST + 1]):
            self._wrong, self._until_s = 0, float("-inf")
            return
        self._wrong += 1
        if self._wrong >= FREE_TRIES:
            doublings = min(self._wrong - FREE_TRIES, 30)
            self._until_s = self._clock() + min(FIRST_WAIT_S * 2**doublings, LONGEST_WAIT_S)
        raise PinWrongError("this is not the PIN")
