"""Limits how many requests of one kind wait at a time, so that others still find a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from device.errors import BusyError


class ConcurrencyLimit:
    """A number of slots for waiting requests; with none free, a request is refused at once."""

    def __init__(self, what: str, count: int) -> None:
        """Create the slots, all free.

        Args:
            what: The kind of request, for the error.
            count: The number of slots.
        """
        self._what = what
        self._count = count
        self._free = threading.BoundedSemaphore(count)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Occupy one slot during a `with` block.

        Raises:
            BusyError: When no slot is free.
        """
        if not self._free.acquire(blocking=False):
            raise BusyError(
                f"{self._what}: {self._count} are waiting already; try again in a moment"
            )
        try:
            yield
        finally:
            self._free.release()
