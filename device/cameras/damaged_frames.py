"""Recognise frames of a webcam that a bad cable, port or driver has damaged.

Uncompressed pictures that didn't arrive whole are filled with zeros, which is green in YUV. A damaged JPEG can't be decoded.
Black frames are not damaged: the room may be dark. Pure; time comes from the caller's clock.
"""

from collections.abc import Callable

import numpy as np

from device.errors import CameraLostError
from device.imaging.frames import Pixels

# After this time without a good frame. It is less than the time after which a camera counts as stalled.
DAMAGED_S = 1.0
# The smallest part of a frame that is looked at, and by how much green must stand out of 255.
_PART, _GREEN = 1 / 16, 60
_EXACT = 2


class DamagedFrames:
    """Counts for how long a webcam's frames are damaged.

    Args:
        name: Name of the camera in errors.
        clock: Returns monotonic seconds.
    """

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self._name = name
        self._clock = clock
        self._good_s = clock()

    def hides(self, pixels: Pixels | None) -> bool:
        """Return whether a frame is damaged, and is not to be shown.

        Args:
            pixels: uint8 (H, W, 3), RGB; `None` for one that can't be decoded.

        Raises:
            CameraLostError: If no frame has been good for `DAMAGED_S`.
        """
        fault = "frames that can't be decoded" if pixels is None else green_part(pixels)
        if not fault:
            self._good_s = self._clock()
            return False
        if self._clock() - self._good_s >= DAMAGED_S:
            raise CameraLostError(
                f"{self._name}: expected whole frames, found {fault}; try a shorter cable or another USB port"
            )
        return True


def green_part(pixels: Pixels) -> str:
    """Return what is wrong with a frame that ends in plain green; empty for a good one.

    Args:
        pixels: uint8 (H, W, 3), RGB.
    """
    rows = max(round(len(pixels) * _PART), 1)
    if not _is_plain_green(pixels[-rows:]):
        return ""
    return "green frames" if _is_plain_green(pixels) else "torn frames"


def _is_plain_green(pixels: Pixels) -> bool:
    red, green, blue = (int(value) for value in pixels[-1, -1])
    if green - max(red, blue) < _GREEN:
        return False
    return bool(np.ptp(pixels, axis=(0, 1)).max() <= _EXACT)
