"""Keep the process that forks decoders, and start it again when it ends."""

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from device.errors import BusyError

_log = logging.getLogger(__name__)

# Loading Python and Pillow from a slow card takes some seconds.
_STARTING_S = 30.0
_ENDING_S = 2.0
_TRIES = 2
# A single thread decodes, and only one copy of the allocator's lists is needed.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


def is_supported() -> bool:
    """Return whether processes can be passed as descriptors, which needs Linux 5.3."""
    return hasattr(os, "pidfd_open") and sys.platform == "linux"


class ForkServer:
    """A process that forks decoders. Safe for any thread.

    Args:
        command: The program, without its last argument; `None` for the real one.
    """

    def __init__(self, command: Sequence[str] | None) -> None:
        self._command = command or (sys.executable, "-P", "-m", "device.imaging.isolation")
        self._lock = threading.Lock()
        self._is_closed = False
        self._control, self._process = self._started()

    @property
    def process_id(self) -> int:
        """The process's id."""
        return self._process.pid

    def fork(self, descriptors: Sequence[int]) -> int:
        """Fork a decoder; return a descriptor of its process, which the caller closes.

        Args:
            descriptors: Descriptors that the decoder gets copies of.

        Raises:
            BusyError: If no process can be started.
        """
        with self._lock:
            for _ in range(_TRIES):
                if self._is_closed:
                    raise BusyError("pictures: the kiosk is stopping; try again in a moment")
                try:
                    return self._forked(descriptors)
                except OSError as error:
                    _log.warning("the decoders' process failed (%s); started again", error)
                self._end()
                self._control, self._process = self._started()
        raise BusyError("pictures: no decoder can be started; try again in a moment")

    def close(self) -> None:
        """End the process, and the decoders with it."""
        with self._lock:
            self._is_closed = True
            self._end()

    def _forked(self, descriptors: Sequence[int]) -> int:
        socket.send_fds(self._control, [b"1"], descriptors)
        message, found, _, _ = socket.recv_fds(self._control, 1, 1)
        if not message or not found:
            raise ConnectionResetError("it ended")
        return found[0]

    def _started(self) -> "tuple[socket.socket, subprocess.Popen[bytes]]":
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_STARTING_S)
        with theirs:
            process = subprocess.Popen(
                [*self._command, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=2,  # a library's own output goes to the journal
                pass_fds=(theirs.fileno(),),
                env=os.environ
                | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
                | _ENVIRONMENT,
            )
        return ours, process

    def _end(self) -> None:
        self._control.close()
        try:
            self._process.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_ENDING_S)
