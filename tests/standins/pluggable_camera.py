"""A camera that a test plugs in and unplugs, for tests of the code that uses cameras."""

import threading

from device.cameras import CameraSource
from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError
from device.imaging.frames import Pixels


class PluggableCamera(CameraSource):
    """Shows the test's picture while it is plugged in.

    Attributes:
        pixels: The picture that it shows.
        unexpected_error: Raised in place of the next frames, unless it is `None`.
    """

    def __init__(self, pixels: Pixels) -> None:
        super().__init__(CameraConfig(), name="pluggable:0")
        self.pixels = pixels
        self.unexpected_error: Exception | None = None
        self._changed = threading.Condition()
        self._is_plugged = True
        self._is_started = False

    def plug_in(self) -> None:
        """Plug the camera in."""
        with self._changed:
            self._is_plugged = True

    def unplug(self) -> None:
        """Unplug the camera."""
        with self._changed:
            self._is_plugged = False
            self._changed.notify_all()

    def _start(self) -> None:
        if not self._is_plugged:
            raise CameraMissingError("pluggable:0: no such camera")
        self._is_started = True

    def _take(self, timeout_s: float) -> Pixels:
        with self._changed:  # a hundred frames a second
            self._changed.wait_for(lambda: not self._is_plugged or not self._is_started, 0.01)
            if self.unexpected_error is not None:
                raise self.unexpected_error
            if not self._is_plugged or not self._is_started:
                raise CameraLostError("pluggable:0: unplugged")
            return self.pixels.copy()

    def _stop(self) -> None:
        with self._changed:
            self._is_started = False
            self._changed.notify_all()
