"""Write to the disk in a thread, so that network and card work at the same time."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from device.store.atomic_files import PartialFile

# A power cut loses at most about this many bytes.
SYNC_BYTES = 32 << 20
# Blocks that may wait for a slow card: a few megabytes.
_MAX_PENDING = 16


class WriteBehind:
    """Writes to one partial file in its own thread, in order, and stops at the first failure."""

    def __init__(self, part: PartialFile, size: int) -> None:
        """Start the thread that appends to a partial file.

        Args:
            part: The file, opened for appending.
            size: How many bytes it has already.
        """
        self._part = part
        self._size = size
        self._has_failed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="behind")
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait until all blocks are written.

        Raises:
            OSError: When one couldn't be written.
        """
        self._thread.shutdown()
        if kind is None:
            for written in self._pending:
                written.result()

    def write(self, block: bytes) -> None:
        """Queue the next block; wait only if too many blocks are queued already.

        Raises:
            OSError: When an earlier block couldn't be written.
        """
        if len(self._pending) == _MAX_PENDING:
            self._pending.popleft().result()
        self._pending.append(self._thread.submit(self._write_next, block))

    def _write_next(self, block: bytes) -> None:
        if self._has_failed:  # a later block after a failed one would leave a gap in the file
            return
        self._has_failed = True
        self._part.write(block)
        before, self._size = self._size, self._size + len(block)
        if self._size // SYNC_BYTES != before // SYNC_BYTES:
            self._part.sync()
        self._has_failed = False
