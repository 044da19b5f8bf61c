"""Pictures handed from the camera's process to the kiosk's, through memory that both see.

The memory is a file without a name (memfd_create(2)): it lies on no disk and in no folder, nobody else can open it, and it
is gone with its last user. It can neither shrink nor grow, so that reading it can't end in SIGBUS. Knows no camera.
"""

import fcntl
import mmap
import os
import struct
from dataclasses import dataclass

import numpy as np

from device.errors import CameraLostError
from device.imaging.frames import Pixels

# One is written, one is read, and one lies between them.
SLOTS = 3
# Memory is taken as it is first written: a slot costs what its pictures have. 22 megapixels, more than a Pi's cameras give.
SLOT_BYTES = 64 << 20
_HEAD = struct.Struct("<Q")  # the sequence number
_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Where a picture lies.

    Attributes:
        sequence: The picture's number, from 1; its slot follows from it.
        height, width: In pixels.
        captured_at_s: Monotonic seconds.
    """

    sequence: int
    height: int
    width: int
    captured_at_s: float


def create_memory() -> int:
    """Give a file of new memory, of a size that can't be changed; whoever asked closes it."""
    descriptor = os.memfd_create("camera", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, SLOTS * SLOT_BYTES)
    sealed = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, sealed)
    return descriptor


class SharedFrames:
    """The memory. One process writes, one reads.

    A slot holds its picture's number twice over, as an odd one while it is written: a seqlock, whose reader lets an
    overwritten picture go instead of trying again, as a newer one has come by then.
    """

    def __init__(self, descriptor: int) -> None:
        """Look into memory that was created elsewhere.

        Args:
            descriptor: Of the memory's file; not needed any more afterwards.
        """
        self._memory = mmap.mmap(descriptor, SLOTS * SLOT_BYTES)
        self._written = 0

    def write(self, pixels: Pixels, captured_at_s: float) -> Ticket:
        """Put a picture into the next slot: uint8 (H, W, 3), RGB, C-contiguous.

        Raises:
            CameraLostError: When it is something else.
        """
        _check(pixels)
        self._written += 1
        place = self._place(self._written)
        _HEAD.pack_into(self._memory, place, 2 * self._written - 1)
        room = self._room(place, pixels.shape[0], pixels.shape[1])
        room[:] = pixels
        _HEAD.pack_into(self._memory, place, 2 * self._written)
        height, width = pixels.shape[:2]
        return Ticket(
            sequence=self._written, height=height, width=width, captured_at_s=captured_at_s
        )

    def read(self, ticket: Ticket) -> Pixels | None:
        """Give a copy of a picture: uint8 (H, W, 3); `None` when another has been written over it.

        Raises:
            CameraLostError: When the ticket is none.
        """
        if ticket.sequence < 1 or not 0 < ticket.height * ticket.width * 3 <= _MOST_BYTES:
            raise CameraLostError(
                f"camera process: expected a picture's place, found {ticket}; it is started anew"
            )
        place = self._place(ticket.sequence)
        if self._number(place) != 2 * ticket.sequence:
            return None
        pixels = self._room(place, ticket.height, ticket.width).copy()
        return pixels if self._number(place) == 2 * ticket.sequence else None

    def _number(self, place: int) -> int:
        return int(_HEAD.unpack_from(self._memory, place)[0])

    def _place(self, sequence: int) -> int:
        return sequence % SLOTS * SLOT_BYTES

    def _room(self, place: int, height: int, width: int) -> Pixels:
        flat = np.frombuffer(
            self._memory, np.uint8, count=height * width * 3, offset=place + _HEAD_BYTES
        )
        return flat.reshape(height, width, 3)


_MOST_BYTES = SLOT_BYTES - _HEAD_BYTES


def _check(pixels: Pixels) -> None:
    is_picture = (
        isinstance(pixels, np.ndarray)
        and pixels.dtype == np.uint8
        and pixels.ndim == 3
        and pixels.shape[2] == 3
        and 0 < pixels.size <= _MOST_BYTES
    )
    if not is_picture:
        found = f"{getattr(pixels, 'dtype', type(pixels).__name__)} {getattr(pixels, 'shape', '')}"
        raise CameraLostError(
            f"camera: expected pictures of uint8 (H, W, 3), found {found}; see its settings"
        )
