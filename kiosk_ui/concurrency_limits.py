"""How many requests of one kind may wait at a time, so that parked ones never starve the others."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from device.errors import BusyError


class ConcurrencyLimit:
    """A few places to wait in; whoever finds none free is sent away at once."""

    def __init__(self, what: str, count: int) -> None:
        """Make the places.

        Args:
            what: Who waits here, for the error.
            count: How many places.
        """
        self._what = what
        self._count = count
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold one place for the length of a `with` block.

        Raises:
            BusyError: When all are taken.
        """
        if not self._free.acquire(blocking=False):
            raise BusyError(f"{self._what}: {self._count} wait already; try again in a moment")
        try:
            yield
        finally:
            self._free.release()
