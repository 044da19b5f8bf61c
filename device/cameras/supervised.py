"""Run a camera in its own process, to protect the kiosk from its driver.

A driver may hang, leak or crash. Knows no driver itself: the other process opens the camera. Its frames arrive upright
through shared memory (`device.cameras.shared_frames`).
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

# A Pi's camera opens within 20 s or not at all. The rest is for loading Python and its libraries from a slow card.
OPENING_S = 40.0
# Maximum time without a frame, which includes the time that its own process takes to reopen the camera.
SILENT_S, SILENT_FRAMES = 4.0, 8
_KILLED_S = 2.0

CameraFactory = Callable[[CameraConfig, str], CameraSource]


def is_supported() -> bool:
    """Return whether a camera can run in its own process, which needs Linux's memory files."""
    return hasattr(os, "memfd_create")


class SupervisedCamera(CameraSource):
    """A camera in its own process, which `open` starts and `close` ends.

    Args:
        config: Passed to `factory`.
        factory: Returns the camera, open or closed; takes the settings, and `chosen` of the camera before. It runs in the
            other process, so it is a function at module level.
        clock: Returns monotonic seconds.
    """

    def __init__(
        self,
        config: CameraConfig,
        factory: CameraFactory,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        upright = replace(config, rotate_deg=0, mirror=False, region=(0.0, 0.0, 1.0, 1.0))
        # A better name comes from the camera that is opened.
        name = "camera" if config.kind == "auto" else f"{config.kind}:{config.device}"
        super().__init__(upright, name=name, clock=clock)
        self._requested = config
        self._factory = factory
        self._silent_s = max(SILENT_S, SILENT_FRAMES / config.fps)
        self._process: _Process | None = None

    def _start(self) -> None:
        if self._process is not None and self._process.is_alive:
            raise CameraStuckError(
                f"{self.name}: its driver hangs in the kernel and can't be ended; restart the machine"
            )
        self.restarted += self._process is not None
        self._process = _Process(self._factory, self._requested, self.chosen)
        try:
            self._keep_choice(self._opened(self._process))
        except (CameraMissingError, CameraLostError):
            self._process.end()
            raise

    def _opened(self, process: "_Process") -> ipc_messages.Opened:
        message = ipc_messages.receive(process.connection, OPENING_S)
        match message:
            case ipc_messages.Opened():
                return message
            case ipc_messages.Fault():
                error = message.error()
                raise error if isinstance(error, CameraMissingError) else CameraMissingError(error)
        raise CameraMissingError(
            f"{self.name}: expected it to open within {OPENING_S:g} s, got no answer; unplug it and plug it in again"
        )

    def _keep_choice(self, opened: ipc_messages.Opened) -> None:
        """Keep the chosen camera for later, since another one may look at another place."""
        name = self.name = opened.name
        self.chosen = opened.chosen
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
            f"{self.name}: expected a frame within {wait_s:g} s, got none; its process is started again"
        )

    def _stop(self) -> None:
        if self._process is not None:
            self._process.end()

    def _next(self, timeout_s: float) -> Pixels | None:
        """Return the newest picture; `None` if none arrived in time, or it has been overwritten."""
        process = self._process
        if process is None:
            raise CameraLostError(f"{self.name}: expected an open camera, found it closed; open it")
        location, wait_s = None, timeout_s
        while (message := ipc_messages.receive(process.connection, wait_s)) is not None:
            match message:
                case shared_frames.FrameLocation():
                    location, wait_s = (
                        message,
                        0.0,
                    )  # drain the queue, since a newer one may be there
                case ipc_messages.Opened():  # again, perhaps under another number
                    self._keep_choice(message)
                case ipc_messages.Reopening(reason=reason):
                    self.reopened += 1
                    _log.warning("%s; reopened", reason)
                case ipc_messages.Fault(reason=reason):
                    raise CameraLostError(reason)
        return None if location is None else process.frames.read(location)


class _Process:
    """The camera's process, with its socket and its shared memory."""

    def __init__(self, factory: CameraFactory, config: CameraConfig, chosen: str) -> None:
        self.connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory = shared_frames.create_memory()
        with theirs:
            try:
                self.frames = shared_frames.SharedFrames(memory)
                self._popen = _start_process(theirs.fileno(), memory)
            finally:
                os.close(memory)
        self.id = self._popen.pid
        self.connection.send(pickle.dumps((factory, config, chosen)))

    @property
    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def end(self) -> None:
        """Kill the process. One that hangs in the kernel ends once its system call returns."""
        with suppress(OSError):  # wakes a thread that waits for a message
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        self._popen.kill()  # it may be stopped, or its driver may hang
        try:
            self._popen.wait(_KILLED_S)
        except subprocess.TimeoutExpired:
            _log.error("camera process %d can't be killed: its driver hangs in the kernel", self.id)


def _start_process(connection: int, memory: int) -> "subprocess.Popen[bytes]":
    """Start the process, which inherits only these two descriptors."""
    # The kiosk logs openings itself, so the process logs warnings only.
    is_debug = _log.isEnabledFor(logging.DEBUG)
    level = logging.DEBUG if is_debug else logging.WARNING
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "device.cameras", str(connection), str(memory), str(level)],
        stdin=subprocess.DEVNULL,
        stdout=2,  # a library's own output goes to the journal
        pass_fds=(connection, memory),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
    )
