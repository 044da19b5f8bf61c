"""Decode each picture in a process of its own, which is killed on any excess.

Knows no codec. Pixels come back through a socket, so that no memory is shared with a process that a picture may have taken
over, and a visitor's picture is in no file, not even one in memory.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from device.errors import BusyError, PictureError
from device.imaging import decoding, decoding_cost
from device.imaging.frames import Pixels
from device.imaging.isolation import messages
from device.imaging.isolation.fork_server import ForkServer
from device.imaging.isolation.sandbox import ProcessLimits

_log = logging.getLogger(__name__)

_MOST_LINE_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodingLimits:
    """Most that decoding one picture may use.

    Attributes:
        memory_bytes: Memory of its process, on top of what it starts with and of an upload's own bytes.
        cpu_s: Time of the processor, in seconds.
        wall_s: Time until the answer is complete, in seconds.
        waiting_s: Time to wait for a free decoder, in seconds.
    """

    memory_bytes: int
    cpu_s: int
    wall_s: float
    waiting_s: float


# Above what may be held: the result, buffers of scaling, and the memory's own losses.
UPLOAD_LIMITS = DecodingLimits(
    memory_bytes=decoding_cost.UPLOADS.held_bytes + (64 << 20), cpu_s=10, wall_s=20, waiting_s=20
)
FILE_LIMITS = DecodingLimits(
    memory_bytes=3 * decoding_cost.COLLECTIONS.held_bytes, cpu_s=100, wall_s=200, waiting_s=400
)


class IsolatedDecoder:
    """Decodes pictures in processes of their own. Safe for any thread.

    Args:
        parallel: Pictures that are decoded at the same time; further ones wait.
        uploads: Limits of an upload.
        files: Limits of a picture file.
        command: The program that forks decoders; its last argument is the socket's number.
        clock: Returns monotonic seconds.
    """

    def __init__(
        self,
        *,
        parallel: int = 2,
        uploads: DecodingLimits = UPLOAD_LIMITS,
        files: DecodingLimits = FILE_LIMITS,
        command: Sequence[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._uploads = uploads
        self._files = files
        self._free = threading.BoundedSemaphore(parallel)
        self._server = ForkServer(command)
        self._clock = clock

    @property
    def process_id(self) -> int:
        """The id of the process that forks decoders."""
        return self._server.process_id

    def decode(self, data: bytes, *, name: str, side: int = decoding.UPLOAD_SIDE) -> Pixels:
        """Return an upload's pixels, as `decoding.decode` does.

        Raises:
            PictureError: As `decoding.decode`, or when its process exceeds a limit or ends.
            BusyError: When no decoder is free in time, or none can be started.
        """
        return self._result(data, None, name, side, self._uploads)

    def load(self, path: Path, *, side: int = decoding.UPLOAD_SIDE) -> Pixels:
        """Return a picture file's pixels, as `decoding.load` does; raises what `decode` does."""
        with decoding.opened(path) as file:
            return self._result(None, file.fileno(), path.name, side, self._files)

    def close(self) -> None:
        """End the fork server, and with it the decoders."""
        self._server.close()

    def _result(
        self, data: bytes | None, file: int | None, name: str, side: int, limits: DecodingLimits
    ) -> Pixels:
        job = messages.Job(
            name=name,
            side=side,
            size=None if data is None else len(data),
            limits=ProcessLimits(
                memory_bytes=limits.memory_bytes + len(data or b""), cpu_s=limits.cpu_s
            ),
        )
        with self._slot(limits), self._process(file) as connection:
            call = _Call(connection, self._clock, self._clock() + limits.wall_s)
            try:
                call.send(messages.job_to_line(job), data or b"")
                answer = messages.answer_of(call.line(), side)
                if isinstance(answer, messages.Decoded):
                    return call.pixels(answer)
            except TimeoutError as error:
                raise _excess(name, f"none within {limits.wall_s:g} seconds") from error
            except (OSError, EOFError, messages.InvalidMessageError) as error:
                _log.warning("a decoder ended without its picture: %s", error)
                raise _excess(name, "one that ends its decoder") from error
        raise PictureError(answer.reason)

    @contextmanager
    def _slot(self, limits: DecodingLimits) -> Iterator[None]:
        if not self._free.acquire(timeout=limits.waiting_s):
            raise BusyError("pictures: all decoders are busy; try again in a moment")
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def _process(self, file: int | None) -> Iterator[socket.socket]:
        """Start a decoder for a `with` block, and kill it behind."""
        with ExitStack() as at_end:
            ours, theirs = socket.socketpair()
            at_end.enter_context(ours)
            with theirs:
                handle = self._server.fork((theirs.fileno(), *(() if file is None else (file,))))
            at_end.callback(os.close, handle)
            at_end.callback(_kill, handle)
            yield ours


def _kill(handle: int) -> None:
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)


def _excess(name: str, found: str) -> PictureError:
    return PictureError(
        f"{name}: expected a picture that can be decoded, found {found}; save it again, or send another"
    )


class _Call:
    """The exchange with one decoder, which must be over at a given time."""

    def __init__(
        self, connection: socket.socket, clock: Callable[[], float], until_s: float
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._until_s = until_s
        self._received = bytearray()

    def send(self, *parts: bytes) -> None:
        """Send bytes. A decoder that refuses a picture early may leave some unread."""
        for part in parts:
            view = memoryview(part)
            while view:
                self._connection.settimeout(self._left_s())
                view = view[self._connection.send(view) :]

    def line(self) -> bytes:
        """Return the answer's line; what follows it is kept."""
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > _MOST_LINE_BYTES:
                raise messages.InvalidMessageError("an endless line")
            self._received += self._next(_MOST_LINE_BYTES)
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line

    def pixels(self, answer: messages.Decoded) -> Pixels:
        """Return the pixels: uint8 (H, W, 3)."""
        found = np.empty((answer.height, answer.width, 3), np.uint8)
        flat = found.data.cast("B")
        first = self._received[: len(flat)]
        flat[: len(first)] = first
        at = len(first)
        while at < len(flat):
            self._connection.settimeout(self._left_s())
            count = self._connection.recv_into(flat[at:])
            if count == 0:
                raise EOFError("it ended within the pixels")
            at += count
        return found

    def _next(self, most: int) -> bytes:
        self._connection.settimeout(self._left_s())
        data = self._connection.recv(most)
        if not data:
            raise EOFError("it ended before its answer")
        return data

    def _left_s(self) -> float:
        left_s = self._until_s - self._clock()
        if left_s <= 0:
            raise TimeoutError
        return left_s
