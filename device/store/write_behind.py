"""Bytes on their way to the disk while the next ones arrive: neither the network nor the card waits for the other."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from device.store.atomic_files import PartialFile

# So much is lost at most when the power goes.
SYNC_BYTES = 32 << 20
# Chunks that may wait for a slow card: a few megabytes.
_WAITING = 16


class WriteBehind:
    """Writes to one part in a thread of its own, in order; the first failure is the last write."""

    def __init__(self, part: PartialFile, size: int) -> None:
        """Begin behind what the part has already.

        Args:
            part: Open to be written at its end.
            size: How many bytes it has.
        """
        self._part = part
        self._size = size
        self._has_failed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="behind")
        self._under_way: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait until all that was handed over is written.

        Raises:
            OSError: When it wasn't.
        """
        self._thread.shutdown()
        if kind is None:
            for written in self._under_way:
                written.result()

    def write(self, chunk: bytes) -> None:
        """Hand over the next bytes; waits only when too many are waiting already.

        Raises:
            OSError: When earlier ones couldn't be written.
        """
        if len(self._under_way) == _WAITING:
            self._under_way.popleft().result()
        self._under_way.append(self._thread.submit(self._put, chunk))

    def _put(self, chunk: bytes) -> None:
        if self._has_failed:  # a gap would be worse than an end
            return
        self._has_failed = True
        self._part.write(chunk)
        before, self._size = self._size, self._size + len(chunk)
        if self._size // SYNC_BYTES != before // SYNC_BYTES:
            self._part.sync()
        self._has_failed = False
