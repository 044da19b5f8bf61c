"""A camera of one's own: a subclass of `CameraSource` that shows a slowly moving stripe.

    python examples/own_camera.py

Replace the three methods to bring in another driver. The base class turns frames upright, numbers them and refuses
to read a closed camera, so that all cameras behave alike.
"""

import time

import numpy as np

from device.cameras import CameraSource
from device.config import CameraConfig
from device.errors import CameraMissingError
from device.imaging.frames import Pixels

WIDTH, HEIGHT, FRAME_S = 640, 480, 1 / 15


class StripeCamera(CameraSource):
    """Shows a white stripe that moves by four pixels a frame."""

    def __init__(self, config: CameraConfig, *, is_plugged_in: bool = True) -> None:
        """Create the camera, closed.

        Args:
            config: Rotation and mirroring, applied by the base class.
            is_plugged_in: Whether opening succeeds.
        """
        super().__init__(config, name="stripe")
        self._is_plugged_in = is_plugged_in
        self._left = 0

    def _start(self) -> None:
        if not self._is_plugged_in:
            raise CameraMissingError(f"{self.name}: expected a camera, found none; plug it in")
        self._left = 0

    def _take(self, timeout_s: float) -> Pixels:
        time.sleep(min(FRAME_S, timeout_s))
        pixels = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
        pixels[:, self._left : self._left + 40] = 255
        self._left = (self._left + 4) % WIDTH
        return pixels

    def _stop(self) -> None:
        self._left = 0


if __name__ == "__main__":
    with StripeCamera(CameraConfig()) as camera:
        for _ in range(5):
            frame = camera.read(timeout_s=1.0)
            print(f"frame {frame.number} of {frame.source}: {frame.pixels.shape}")
