"""What the camera's process tells the kiosk's: a socket between the two, one datagram a message.

A message is short and whole or it is an error: a process killed in the middle of one can't hold up whoever listens.
"""

import json
import socket
from dataclasses import asdict, dataclass
from typing import Any

from device.cameras.shared_frames import Ticket
from device.errors import CameraAbsentError, CameraError, CameraLostError, CameraMissingError

_MOST_BYTES = 16_384
_FAULTS = {
    "absent": CameraAbsentError,
    "missing": CameraMissingError,
    "lost": CameraLostError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The camera is open and has this name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """The camera failed and is closed and opened again by its own process; `reason` is one connection."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The camera can't go on: its process ends. `kind` is `absent`, `missing` or `lost`."""

    kind: str
    reason: str

    @classmethod
    def of(cls, error: CameraError) -> "Fault":
        """Give what is to be fields of an error."""
        kind = next((name for name, its in _FAULTS.items() if isinstance(error, its)), "lost")
        return cls(kind=kind, reason=" ".join(str(error).split())[:2000])

    def error(self) -> CameraError:
        """Give the error it was."""
        return _FAULTS[self.kind](self.reason)


Message = Ticket | Opened | Reopening | Fault
_KINDS: dict[str, type[Message]] = {
    kind.__name__: kind for kind in (Ticket, Opened, Reopening, Fault)
}


def send(connection: socket.socket, message: Message) -> None:
    """Say something, without waiting: nobody who is slow to listen may hold up a camera.

    Raises:
        BrokenPipeError: When nobody listens any more.
    """
    data = json.dumps({"is": type(message).__name__, **asdict(message)}).encode()
    try:
        connection.send(data, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return  # a hundred pictures wait to be fetched; this one is not needed


def receive(connection: socket.socket, timeout_s: float) -> Message | None:
    """Wait for a message; `None` when none comes in time.

    Raises:
        CameraLostError: When the other end has gone, or says what can't be understood.
    """
    try:
        connection.settimeout(max(timeout_s, 1e-3))
        data = connection.recv(_MOST_BYTES)
    except TimeoutError:
        return None
    except OSError as error:
        raise CameraLostError(f"camera process: no longer there ({error.strerror})") from error
    if not data:
        raise CameraLostError("camera process: ended by itself; it is started anew")
    return _parsed(data)


def _parsed(data: bytes) -> Message:
    try:
        fields: dict[str, Any] = json.loads(data)
        message = _KINDS[fields.pop("is")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CameraLostError(
            f"camera process: expected a message, found {data[:40]!r}; it is started anew"
        ) from error
    return message
