"""A camera that a test plugs in and pulls out, for what lies above the cameras."""

import threading

from device.cameras import CameraSource
from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError
from device.imaging.frames import Pixels


class HandCamera(CameraSource):
    """Gives the picture that the test lays under it, while the test leaves it plugged in."""

    def __init__(self, pixels: Pixels) -> None:
        super().__init__(CameraConfig(), name="hand:0")
        self.pixels = pixels
        self.surprise: Exception | None = None
        self._changed = threading.Condition()
        self._is_plugged = True
        self._is_started = False

    def plug(self) -> None:
        """Put the cable in."""
        with self._changed:
            self._is_plugged = True

    def pull(self) -> None:
        """Pull the cable out."""
        with self._changed:
            self._is_plugged = False
            self._changed.notify_all()

    def _start(self) -> None:
        if not self._is_plugged:
            raise CameraMissingError("hand:0: no such camera")
        self._is_started = True

    def _take(self, timeout_s: float) -> Pixels:
        with self._changed:  # a hundred frames a second
            self._changed.wait_for(lambda: not self._is_plugged or not self._is_started, 0.01)
            if self.surprise is not None:
                raise self.surprise
            if not self._is_plugged or not self._is_started:
                raise CameraLostError("hand:0: unplugged")
            return self.pixels.copy()

    def _stop(self) -> None:
        with self._changed:
            self._is_started = False
            self._changed.notify_all()
