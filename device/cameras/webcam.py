"""A USB webcam, through OpenCV (V4L2 on Linux).

The only camera module that opens devices with OpenCV; OpenCV is imported when a webcam is opened.
"""

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from device.cameras.reader_thread import ReaderThread
from device.cameras.source import CameraSource
from device.config import CameraConfig
from device.errors import CameraAbsentError, CameraLostError, CameraMissingError
from device.imaging.frames import Pixels

_log = logging.getLogger(__name__)

_OPENING_S = 10.0
_MANUAL_EXPOSURE = 1  # V4L2_EXPOSURE_MANUAL
_V4L2_EXPOSURE_US = 100  # V4L2 counts exposure in tenths of a millisecond


class WebcamCamera(CameraSource):
    """The webcam with the configured number.

    `focus` is in the driver's own steps, not in dioptres, since V4L2 leaves the unit undefined. `v4l2-ctl --list-ctrls`
    shows the range.

    Args:
        config: Requested settings; the webcam uses the nearest that it supports.
        capture: Returns an opened `cv2.VideoCapture`; `None` opens the device.
        clock: Returns monotonic seconds.
    """

    def __init__(
        self,
        config: CameraConfig,
        *,
        capture: Callable[[], Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(config, name=f"webcam:{config.device}", clock=clock)
        self._open_vendor = capture or self._open_device
        self._reader = ReaderThread(self.name, self._open_capture)

    def _start(self) -> None:
        self._reader.start(_OPENING_S)

    def _take(self, timeout_s: float) -> Pixels:
        return self._reader.newest(timeout_s)

    def _stop(self) -> None:
        self._reader.stop()

    def _open_capture(self) -> "_WebcamCapture":
        vendor = self._open_vendor()
        if not vendor.isOpened():
            raise CameraMissingError(
                f"{self.name}: expected a webcam, but it can't be opened; check that no other program uses it"
            )
        _request_settings(vendor, self._config, self.name)
        return _WebcamCapture(vendor, self.name, self._config.fps, self._clock)

    def _open_device(self) -> Any:
        if not sys.platform.startswith("linux"):
            return opencv().VideoCapture(self._config.device)
        # Checked first, since OpenCV writes its own warnings to standard error.
        device = Path(f"/dev/video{self._config.device}")
        if not device.exists():
            raise CameraAbsentError(
                f"{self.name}: expected {device}, found no such device; plug the webcam in"
            )
        cv2 = opencv()
        return cv2.VideoCapture(self._config.device, cv2.CAP_V4L2)


class _WebcamCapture:
    """Reads all of a webcam's frames, and decodes only those that are due.

    Frames left in the driver's queue would make every picture four frames old.
    """

    def __init__(self, vendor: Any, name: str, fps: float, clock: Callable[[], float]) -> None:
        self._vendor = vendor
        self._name = name
        self._clock = clock
        # A tolerance, since a frame may arrive a little early.
        self._interval_s = 0.9 / fps
        self._due_s = float("-inf")

    def take(self) -> Pixels | None:
        """Wait for the next frame, and decode it if one is due; else return `None`."""
        if not self._vendor.grab():
            raise CameraLostError(
                f"{self._name}: expected a frame, found the webcam gone; plug it in again"
            )
        if self._clock() < self._due_s:
            return None
        decoded, picture = self._vendor.retrieve()
        if not decoded:  # a JPEG damaged in transfer; the next may be complete
            return None
        self._due_s = self._clock() + self._interval_s
        cv2 = opencv()
        rgb: Pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        return rgb

    def release(self) -> None:
        """Release the device."""
        self._vendor.release()


def opencv() -> Any:
    """Import OpenCV and return it.

    Raises:
        CameraAbsentError: If it isn't installed.
    """
    try:
        import cv2
    except ImportError as error:
        raise CameraAbsentError(
            f"OpenCV: expected it for webcams and video files, can't import it ({error}); "
            "install python3-opencv, or the extra printkiosk[opencv]"
        ) from error
    return cv2


def _request_settings(vendor: Any, config: CameraConfig, name: str) -> None:
    """Request size, format and locked settings; warn of locks that the webcam doesn't accept."""
    cv2 = opencv()
    # Uncompressed 1280x960 doesn't fit through USB 2 at more than a few frames a second.
    vendor.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    vendor.set(cv2.CAP_PROP_FRAME_WIDTH, config.width)
    vendor.set(cv2.CAP_PROP_FRAME_HEIGHT, config.height)
    vendor.set(cv2.CAP_PROP_FPS, config.fps)
    vendor.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    locks: list[tuple[str, int, float]] = []
    if config.focus is not None:
        locks += [
            ("autofocus off", cv2.CAP_PROP_AUTOFOCUS, 0),
            ("focus", cv2.CAP_PROP_FOCUS, config.focus),
        ]
    if config.exposure_us is not None:
        locks += [
            ("manual exposure", cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE),
            ("exposure", cv2.CAP_PROP_EXPOSURE, config.exposure_us / _V4L2_EXPOSURE_US),
        ]
    if config.gain is not None:
        locks.append(("gain", cv2.CAP_PROP_GAIN, config.gain))
    for setting, control, value in locks:
        if not vendor.set(control, value):
            _log.warning("%s: the webcam doesn't accept %s (requested: %g)", name, setting, value)
