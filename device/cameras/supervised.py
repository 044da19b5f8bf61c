"""A camera in a process of its own: a driver that hangs, grows or crashes takes nobody with it.

Knows no driver: whatever camera it is given is opened over there. What is seen there comes through memory
(`device.cameras.shared_frames`), upright already.
"""

import logging
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from device.cameras import ipc_messages, shared_frames
from device.cameras.source import CameraSource
from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError, CameraStuckError
from device.imaging.frames import Pixels

_log = logging.getLogger(__name__)

# A Pi's camera opens within 20 s or not at all; Python and its libraries come from a slow card.
OPENING_S = 40.0
# As long as a picture may stay away, the time its own process takes to open the camera again within it.
SILENT_S, SILENT_FRAMES = 4.0, 8
_KILLED_S = 2.0

CameraFactory = Callable[[CameraConfig], CameraSource]


def is_supported() -> bool:
    """Whether this system has what it takes; Linux does."""
    return hasattr(os, "memfd_create")


class SupervisedCamera(CameraSource):
    """Whatever camera `factory` gives, in its own process; opening it begins a process, closing it ends it.

    Args:
        config: Handed to `factory`.
        factory: Gives the camera, closed; a function at the top of a module, as it is called over there.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        config: CameraConfig,
        factory: CameraFactory,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        upright = replace(config, rotate_deg=0, mirror=False, region=(0.0, 0.0, 1.0, 1.0))
        super().__init__(upright, name=f"{config.kind}:{config.device}", clock=clock)
        self._requested = config
        self._factory = factory
        self._silent_s = max(SILENT_S, SILENT_FRAMES / config.fps)
        self._process: _Process | None = None

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive:
            raise CameraStuckError(
                f"{self.name}: its driver hangs in the kernel and can't be ended; start the machine anew"
            )
        self.restarted += self._process is not None
        self._process = _Process(self._factory, self._requested)
        try:
            self._keep_choice(self._opened(self._process))
        except (CameraMissingError, CameraLostError):
            self._process.end()
            raise

    def _opened(self, process: "_Process") -> str:
        message = ipc_messages.receive(process.connection, OPENING_S)
        match message:
            case ipc_messages.Opened(name=name):
                return name
            case ipc_messages.Fault():
                error = message.error()
                raise error if isinstance(error, CameraMissingError) else CameraMissingError(error)
        raise CameraMissingError(
            f"{self.name}: expected it to open within {OPENING_S:g} s, got no answer; unplug it and plug it in again"
        )

    def _keep_choice(self, name: str) -> None:
        """Stay with the camera that was chosen: another may look at another place."""
        self.name = name
        for kind in ("pi", "webcam"):
            if self._requested.kind == "auto" and name.startswith(f"{kind}:"):
                self._requested = replace(self._requested, kind=kind)

    def _take(self, timeout_s: float) -> Pixels:
        wait_s = min(timeout_s, self._silent_s)
        until_s = self._clock() + wait_s
        while (left_s := until_s - self._clock()) > 0:
            pixels = self._next(left_s)
            if pixels is not None:
                return pixels
        raise CameraLostError(
            f"{self.name}: expected a frame within {wait_s:g} s, got none; its process is started anew"
        )

    def _stop(self) -> None:
        if self._process is not None:
            self._process.end()

    def _next(self, timeout_s: float) -> Pixels | None:
        """Give the newest picture; `None` when none came in time, or it was written over meanwhile."""
        process = self._process
        if process is None:
            raise CameraLostError(f"{self.name}: expected an open camera, found it closed; open it")
        ticket, wait_s = None, timeout_s
        while (message := ipc_messages.receive(process.connection, wait_s)) is not None:
            match message:
                case shared_frames.Ticket():
                    ticket, wait_s = message, 0.0  # there may be a newer one
                case ipc_messages.Reopening(reason=reason):
                    self.reopened += 1
                    _log.warning("%s; opened again", reason)
                case ipc_messages.Fault(reason=reason):
                    raise CameraLostError(reason)
        return None if ticket is None else process.frames.read(ticket)


class _Process:
    """The process, the line to it and the frames it writes."""

    def __init__(self, factory: CameraFactory, config: CameraConfig) -> None:
        self.connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory = shared_frames.create_memory()
        with theirs:
            try:
                self.frames = shared_frames.SharedFrames(memory)
                self._popen = _start_process(theirs.fileno(), memory)
            finally:
                os.close(memory)
        self.id = self._popen.pid
        self.connection.send(pickle.dumps((factory, config)))

    @property
    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def end(self) -> None:
        """End the process, whatever it does; one that hangs in the kernel ends when that lets it go."""
        with suppress(OSError):  # whoever waits for a message is told
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self._popen.kill()  # it may be stopped, or hang in its driver
        try:
            self._popen.wait(_KILLED_S)
        except subprocess.TimeoutExpired:
            _log.error("camera process %d can't be killed: its driver hangs in the kernel", self.id)


def _start_process(connection: int, memory: int) -> "subprocess.Popen[bytes]":
    """Begin the process, with nothing of ours open in it but these two."""
    # What is well is said once, by the kiosk.
    is_debug = _log.isEnabledFor(logging.DEBUG)
    level = logging.DEBUG if is_debug else logging.WARNING
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "device.cameras", str(connection), str(memory), str(level)],
        stdin=subprocess.DEVNULL,
        stdout=2,  # a library's chatter is for the journal
        pass_fds=(connection, memory),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
    )
