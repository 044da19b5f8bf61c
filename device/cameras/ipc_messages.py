"""Messages from the camera's process to the kiosk's, one datagram each.

They go through a socket pair. A datagram arrives whole or not at all, so a process that is killed while sending can't block
the receiver.
"""

import json
import socket
from dataclasses import asdict, dataclass
from typing import Any

from device.cameras.shared_frames import FrameLocation
from device.errors import (
    CameraAbsentError,
    CameraBusyError,
    CameraError,
    CameraLostError,
    CameraMissingError,
)

_MOST_BYTES = 16_384
_FAULTS = {
    "absent": CameraAbsentError,
    "busy": CameraBusyError,
    "missing": CameraMissingError,
    "lost": CameraLostError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Message: the camera is open; see `CameraSource` for its name and `chosen`."""

    name: str
    chosen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """Message: the camera failed and is being reopened; `reason` is one line."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Message: the camera failed for good, and its process ends.

    Attributes:
        kind: `absent`, `busy`, `missing` or `lost`.
        reason: One line.
    """

    kind: str
    reason: str

    @classmethod
    def of(cls, error: CameraError) -> "Fault":
        """Return the message that describes an error."""
        kind = next((name for name, its in _FAULTS.items() if isinstance(error, its)), "lost")
        return cls(kind=kind, reason=" ".join(str(error).split())[:2000])

    def error(self) -> CameraError:
        """Return the error that the message describes."""
        return _FAULTS[self.kind](self.reason)


Message = FrameLocation | Opened | Reopening | Fault
_KINDS: dict[str, type[Message]] = {
    kind.__name__: kind for kind in (FrameLocation, Opened, Reopening, Fault)
}


def send(connection: socket.socket, message: Message) -> None:
    """Send a message without waiting, so that a slow receiver never delays the camera.

    Raises:
        BrokenPipeError: If the receiver has closed its end.
    """
    data = json.dumps({"is": type(message).__name__, **asdict(message)}).encode()
    try:
        connection.send(data, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return  # the queue is full of unread frames; drop this message


def receive(connection: socket.socket, timeout_s: float) -> Message | None:
    """Wait for a message; return `None` if none arrives in time.

    Raises:
        CameraLostError: If the other end is closed, or the message is invalid.
    """
    try:
        connection.settimeout(max(timeout_s, 1e-3))
        data = connection.recv(_MOST_BYTES)
    except TimeoutError:
        return None
    except OSError as error:
        raise CameraLostError(f"camera process: connection lost ({error.strerror})") from error
    if not data:
        raise CameraLostError("camera process: ended by itself; it is started again")
    return _parsed(data)


def _parsed(data: bytes) -> Message:
    try:
        fields: dict[str, Any] = json.loads(data)
        message = _KINDS[fields.pop("is")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CameraLostError(
            f"camera process: expected a message, found {data[:40]!r}; it is started again"
        ) from error
    return message
