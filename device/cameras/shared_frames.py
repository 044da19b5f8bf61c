"""Shared memory through which the camera's process hands frames to the kiosk's.

The memory is an anonymous file (memfd_create(2)). It is in no folder, no other process can open it, and it is freed with its
last user. It can't be resized, so that reading never ends in SIGBUS. Knows no camera.
"""

import fcntl
import mmap
import os
import struct
from dataclasses import dataclass

import numpy as np

from device.errors import CameraLostError
from device.imaging.frames import Pixels

# One is being written, one is being read, and one is ready.
SLOTS = 3
# Room for 22 megapixels, more than a Pi's cameras have. Pages are allocated on first write, so unused ones cost nothing.
SLOT_BYTES = 64 << 20
_HEAD = struct.Struct("<Q")  # the sequence number
_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLocation:
    """Describes where a frame is in the shared memory.

    Attributes:
        sequence: The frame's number, from 1, which determines its slot.
        height: In pixels.
        width: In pixels.
        captured_at_s: Monotonic seconds.
    """

    sequence: int
    height: int
    width: int
    captured_at_s: float


def create_memory() -> int:
    """Create the shared memory, of fixed size; return its descriptor, which the caller closes."""
    descriptor = os.memfd_create("camera", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, SLOTS * SLOT_BYTES)
    seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


class SharedFrames:
    """The shared memory, with one writing and one reading process.

    Each slot is guarded by a seqlock: it starts with twice its frame's number, less one while the frame is being written. A
    reader drops an overwritten frame instead of trying again, since a newer one is ready by then.
    """

    def __init__(self, descriptor: int) -> None:
        """Map memory made by `create_memory`, perhaps in another process.

        Args:
            descriptor: The memory's descriptor, which may be closed afterwards.
        """
        self._memory = mmap.mmap(descriptor, SLOTS * SLOT_BYTES)
        self._written = 0

    def write(self, pixels: Pixels, captured_at_s: float) -> FrameLocation:
        """Write a frame, uint8 (H, W, 3), RGB, C-contiguous, to the next slot.

        Raises:
            CameraLostError: If the pixels have another dtype or shape, or don't fit.
        """
        _check_pixels(pixels)
        self._written += 1
        start = self._start_of(self._written)
        _HEAD.pack_into(self._memory, start, 2 * self._written - 1)
        slot = self._pixels_at(start, pixels.shape[0], pixels.shape[1])
        slot[:] = pixels
        _HEAD.pack_into(self._memory, start, 2 * self._written)
        height, width = pixels.shape[:2]
        return FrameLocation(
            sequence=self._written, height=height, width=width, captured_at_s=captured_at_s
        )

    def read(self, location: FrameLocation) -> Pixels | None:
        """Return a copy of a frame, uint8 (H, W, 3), or `None` if it has been overwritten.

        Raises:
            CameraLostError: If the location is invalid.
        """
        if location.sequence < 1 or not 0 < location.height * location.width * 3 <= _MOST_BYTES:
            raise CameraLostError(
                f"camera process: expected a frame's location, found {location}; it is started again"
            )
        start = self._start_of(location.sequence)
        if self._stored_number(start) != 2 * location.sequence:
            return None
        pixels = self._pixels_at(start, location.height, location.width).copy()
        return pixels if self._stored_number(start) == 2 * location.sequence else None

    def _stored_number(self, start: int) -> int:
        return int(_HEAD.unpack_from(self._memory, start)[0])

    def _start_of(self, sequence: int) -> int:
        return sequence % SLOTS * SLOT_BYTES

    def _pixels_at(self, start: int, height: int, width: int) -> Pixels:
        flat = np.frombuffer(
            self._memory, np.uint8, count=height * width * 3, offset=start + _HEAD_BYTES
        )
        return flat.reshape(height, width, 3)


_MOST_BYTES = SLOT_BYTES - _HEAD_BYTES


def _check_pixels(pixels: Pixels) -> None:
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
            f"camera: expected pictures of uint8 (H, W, 3), found {found}; check its settings"
        )
