"""A USB webcam, through OpenCV (V4L2 on Linux).

The only camera module that opens devices with OpenCV; OpenCV is imported when a webcam is opened.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from device.cameras.damaged_frames import DamagedFrames
from device.cameras.first_opened import first_opened
from device.cameras.reader_thread import ReaderThread
from device.cameras.row_padding import check_rows, without_padding
from device.cameras.source import CameraSource
from device.cameras.v4l2 import RowLayout, VideoDevices, VideoNode
from device.cameras.webcam_choice import WebcamChoice, candidates, number_of
from device.config import CameraConfig
from device.errors import CameraAbsentError, CameraLostError, CameraMissingError
from device.imaging.frames import Pixels

_log = logging.getLogger(__name__)

_HAS_V4L2: bool = sys.platform == "linux"
# Long enough to try several webcams, each of which may give no picture.
_OPENING_S = 20.0
_SELECT_S = 3
_MANUAL_EXPOSURE = 1  # V4L2_EXPOSURE_MANUAL
_V4L2_EXPOSURE_US = 100  # V4L2 counts exposure in tenths of a millisecond
# A frame that comes without a wait was in the driver's queue, which holds at most this many.
_QUEUED_S, _MOST_QUEUED = 0.002, 4


class WebcamCamera(CameraSource):
    """The webcam with the configured number, path or name; `auto` takes the first that works.

    `focus` is in the driver's own steps, not in dioptres, since V4L2 leaves the unit undefined. `v4l2-ctl --list-ctrls`
    shows the range.

    Args:
        config: Requested settings; the webcam uses the nearest that it supports.
        chosen: `chosen` of the source that was lost before, so that the same webcam is found again.
        devices: Lists the webcams.
        capture: Opens a webcam as a `cv2.VideoCapture`.
        clock: Returns monotonic seconds.
    """

    def __init__(
        self,
        config: CameraConfig,
        *,
        chosen: str = "",
        devices: VideoDevices | None = None,
        capture: Callable[[VideoNode], Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(config, name=f"webcam:{config.device}", clock=clock)
        self.chosen = chosen
        self._devices = devices or VideoDevices()
        self._open_vendor = capture or _open_vendor
        self._reader = ReaderThread(self.name, self._open_capture)

    def _start(self) -> None:
        self._reader.start(_OPENING_S)
        self.name = self._reader.name

    def _take(self, timeout_s: float) -> Pixels:
        return self._reader.newest(timeout_s)

    def _stop(self) -> None:
        self._reader.stop()

    def _open_capture(self) -> "WebcamCapture":
        nodes = self._nodes()
        fitting = candidates(nodes, self._config.device, WebcamChoice.from_text(self.chosen))
        (node, capture), errors = first_opened(
            [partial(self._open_node, node, is_only=len(fitting) == 1) for node in fitting]
        )
        for error in errors:
            _log.warning("%s", error)
        self._reader.name = node.label
        self.chosen = WebcamChoice.of(node, nodes).to_text()
        return capture

    def _nodes(self) -> Sequence[VideoNode]:
        if _HAS_V4L2:
            return self._devices.nodes()
        # Elsewhere OpenCV can't list webcams, and opens them by their numbers alone.
        number = number_of(self._config.device) or 0
        path = Path(f"/dev/video{number}")
        return [VideoNode(path=path, name="webcam", serial="", port="", index=0, is_capture=True)]

    def _open_node(self, node: VideoNode, *, is_only: bool) -> tuple[VideoNode, "WebcamCapture"]:
        if _HAS_V4L2:
            # Checked first, since OpenCV hides the reason, and waits seconds for a webcam in use.
            self._devices.check_free(node)
        vendor = self._open_vendor(node)
        try:
            if not vendor.isOpened():
                raise CameraMissingError(
                    f"{node.label}: expected a webcam, but it can't be opened; plug it in again"
                )
            _request_settings(vendor, self._config, node.label)
            if not is_only and not vendor.grab():
                raise CameraMissingError(f"{node.label}: expected a picture, got none")
            rows = self._devices.rows(node) if _HAS_V4L2 else None
            check_rows(rows, node.label)
        except CameraMissingError:
            vendor.release()
            raise
        return node, WebcamCapture(vendor, node.label, self._config.fps, self._clock, rows)


class WebcamCapture:
    """Reads all of a webcam's frames, and decodes only those that are due.

    Frames left in the driver's queue would make every picture four frames old.

    Args:
        vendor: An open `cv2.VideoCapture`.
        name: Name of the webcam in errors.
        fps: Frames per second that are decoded at most.
        clock: Returns monotonic seconds.
        rows: How rows lie in the driver's memory; `None` if that isn't known.
    """

    def __init__(
        self,
        vendor: Any,
        name: str,
        fps: float,
        clock: Callable[[], float],
        rows: RowLayout | None = None,
    ) -> None:
        self._vendor = vendor
        self._name = name
        self._clock = clock
        self._rows = rows
        self._damaged = DamagedFrames(name, clock)
        # A tolerance, since a frame may arrive a little early.
        self._interval_s = 0.9 / fps
        self._due_s = float("-inf")
        self._passed_queued = 0

    def take(self) -> Pixels | None:
        """Wait for the next frame, and decode it if it is due, whole and new; else return `None`."""
        start_s = self._clock()
        if not self._vendor.grab():
            raise CameraLostError(
                f"{self._name}: expected a frame, found the webcam gone; plug it in again"
            )
        now_s = self._clock()
        if self._may_be_queued(now_s - start_s) or now_s < self._due_s:
            return None
        decoded, picture = self._vendor.retrieve()
        rgb = self._to_rgb(picture) if decoded else None
        if self._damaged.hides(rgb):  # the next may be whole
            return None
        self._due_s = self._clock() + self._interval_s
        return rgb

    def _may_be_queued(self, waited_s: float) -> bool:
        """Return whether a newer frame may be in the queue behind this one."""
        is_queued = waited_s < _QUEUED_S and self._passed_queued < _MOST_QUEUED
        self._passed_queued = self._passed_queued + 1 if is_queued else 0
        return is_queued

    def _to_rgb(self, picture: Any) -> Pixels:
        cv2 = opencv()
        rgb: Pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        return rgb if self._rows is None else without_padding(rgb, self._rows)

    def release(self) -> None:
        """Release the device."""
        self._vendor.release()


def _open_vendor(node: VideoNode) -> Any:
    cv2 = opencv()
    if not _HAS_V4L2:
        return cv2.VideoCapture(node.number)
    return cv2.VideoCapture(str(node.path), cv2.CAP_V4L2)


def opencv() -> Any:
    """Import OpenCV and return it.

    Raises:
        CameraAbsentError: If it isn't installed.
    """
    # OpenCV waits ten seconds for a frame of a webcam that gives none, and reads this when it first waits.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(_SELECT_S))
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
