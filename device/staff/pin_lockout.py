"""The PIN check of the staff page, with waits that grow with each wrong PIN."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from device.errors import BusyError, PinLockedError, PinMissingError, PinWrongError
from device.staff import pin

# Wrong PIN number FREE_TRIES in a row starts the first wait, and each further one doubles it. A visitor who tries PINs for
# fun must not lock the staff out for a day: with waits of at most a quarter of an hour, a million PINs take 28 years.
FREE_TRIES = 4
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 900.0


class PinLockout:
    """Counts wrong PINs. Thread-safe; checks one PIN at a time."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without any wrong PIN.

        Args:
            folder: The folder with the stored PIN.
            clock: Returns monotonic seconds.
        """
        self._folder = folder
        self._clock = clock
        self._checking = threading.Lock()
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
        """Seconds until the next PIN is accepted for checking; 0 for at once."""
        return max(0.0, self._until_s - self._clock())

    def try_pin(self, tried: str) -> None:
        """Check a PIN; return only if it is right.

        Raises:
            PinWrongError: When the PIN is wrong.
            PinLockedError: During a wait after wrong PINs; the PIN is not checked.
            PinMissingError: When no PIN is set.
            BusyError: When another PIN is being checked.
        """
        if not self._checking.acquire(blocking=False):  # a check takes 16 MiB and a thread
            raise BusyError("another PIN is being checked; try again in a moment")
        try:
            self._check(tried)
        finally:
            self._checking.release()

    def _check(self, tried: str) -> None:
        if self.wait_s > 0:
            raise PinLockedError(self.wait_s)
        if pin.read(self._folder).matches(tried[: pin.MAX_DIGITS + 1]):
            self._wrong, self._until_s = 0, float("-inf")
            return
        self._wrong += 1
        if self._wrong >= FREE_TRIES:
            doublings = min(self._wrong - FREE_TRIES, 30)
            self._until_s = self._clock() + min(FIRST_WAIT_S * 2**doublings, LONGEST_WAIT_S)
        raise PinWrongError("this is not the PIN")
