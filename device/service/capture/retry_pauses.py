"""Pauses between attempts to open a camera, which end early when one is plugged in or out.

A long pause suits a camera that fails; someone who pushes a plug back in expects the picture at once.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from device.errors import CameraBusyError, KioskError

# Pauses after the first failure in a row, the second, and so on; the last one is repeated.
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 10.0)
# How often the plugged-in cameras are looked at, and the longest pause while another program uses the camera.
LOOK_S, BUSY_S = 0.5, 3.0


class StopSignal(Protocol):
    """A `threading.Event` that ends the waiting."""

    def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds; return whether it was set."""


class RetryPauses:
    """Counts failures in a row, and waits after each.

    Not thread-safe: every method is for the camera loop's thread.

    Args:
        pauses_s: Pauses after the first failure in a row, the second, and so on; the last one is repeated.
        snapshot: Returns a value that changes when a camera is plugged in or out.
    """

    def __init__(self, pauses_s: Sequence[float], snapshot: Callable[[], object]) -> None:
        self._pauses_s = pauses_s
        self._snapshot = snapshot
        self._seen = snapshot()
        self._failures = 0

    def note_attempt(self) -> None:
        """Remember which cameras are plugged in, before an attempt to open one."""
        self._seen = self._snapshot()

    def note_success(self) -> None:
        """Start the count again: the camera gives frames."""
        self._failures = 0

    def wait(self, error: KioskError, stopping: StopSignal) -> None:
        """Wait after a failure.

        Args:
            error: The failure.
            stopping: Ends the wait when it is set.
        """
        self._failures += 1
        left_s = self._pauses_s[min(self._failures, len(self._pauses_s)) - 1]
        if isinstance(error, CameraBusyError):
            left_s = min(left_s, BUSY_S)
        while not stopping.wait(min(left_s, LOOK_S)):
            left_s -= LOOK_S
            if self._snapshot() != self._seen:
                self._failures = 0
                return
            if left_s <= 0:
                return
