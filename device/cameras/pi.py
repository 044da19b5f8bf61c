"""The Raspberry Pi's own camera, through picamera2.

The only module that knows picamera2 and libcamera; both are imported when the camera is opened.
"""

import errno
import importlib
import importlib.util
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from device.cameras.reader_thread import ReaderThread
from device.cameras.source import CameraSource
from device.cameras.webcam_choice import AUTO, number_of
from device.config import CameraConfig
from device.errors import (
    CameraAbsentError,
    CameraBusyError,
    CameraLostError,
    CameraMissingError,
)
from device.imaging.frames import Pixels

_log = logging.getLogger(__name__)

_OPENING_S = 20.0
_STALLED_S = 3.0

# libcamera names a format by its bytes as one little-endian word, last byte first. So BGR888 is R, G, B in memory, and
# RGB888 is B, G, R. BGR888 is requested, so that nothing is converted, but a pipeline may choose another.
_REQUESTED_FORMAT = "BGR888"
_CHANNELS = {
    "BGR888": slice(0, 3),
    "RGB888": slice(2, None, -1),
    "XBGR8888": slice(0, 3),
    "XRGB8888": slice(2, None, -1),
}
# A luma plane, then a chroma plane with two values for four pixels: the format of a pipeline without a converter.
_SUBSAMPLED = "NV12"


def is_supported() -> bool:
    """Return whether picamera2 is installed; only Raspberry Pi OS ships it."""
    return importlib.util.find_spec("picamera2") is not None


class PiCamera(CameraSource):
    """The Pi's camera with the configured number, or part of a name such as `imx708`.

    Args:
        config: Requested settings; the camera uses the nearest that it supports.
        vendor: Imports a module by name (`picamera2`, `libcamera`, `cv2`).
        clock: Returns monotonic seconds.
    """

    def __init__(
        self,
        config: CameraConfig,
        *,
        vendor: Callable[[str], Any] = importlib.import_module,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(config, name=f"pi:{_shown(config.device)}", clock=clock)
        self._vendor = vendor
        self._reader = ReaderThread(self.name, self._open_capture)

    def _start(self) -> None:
        self._reader.start(_OPENING_S)

    def _take(self, timeout_s: float) -> Pixels:
        return self._reader.newest(timeout_s)

    def _stop(self) -> None:
        self._reader.stop()

    def _open_capture(self) -> "_PiCapture":
        picamera2, libcamera = self._modules()
        number = number_in(_models_of(picamera2), self._config.device)
        try:
            camera = picamera2.Picamera2(number)
        except RuntimeError as error:
            raise self._unusable(error) from error
        try:
            return _PiCapture(self.name, camera, self._started(camera, libcamera))
        except RuntimeError as error:
            camera.close()
            raise self._unusable(error) from error
        except CameraMissingError:
            camera.close()
            raise

    def _modules(self) -> tuple[Any, Any]:
        try:
            return self._vendor("picamera2"), self._vendor("libcamera")
        except (ImportError, ValueError) as error:  # ValueError: a library built for another NumPy
            raise CameraAbsentError(
                f"{self.name}: expected picamera2, can't import it ({error}); "
                "on Raspberry Pi OS: sudo apt install python3-picamera2"
            ) from error

    def _unusable(self, error: RuntimeError) -> CameraMissingError:
        why = error.__cause__ or error  # picamera2 wraps the reason in a generic message
        kind = CameraBusyError if os.strerror(errno.EBUSY) in str(why) else CameraMissingError
        return kind(
            f"{self.name}: expected it to open, found {why}; check that no other program uses it"
        )

    def _started(self, camera: Any, libcamera: Any) -> Callable[[Pixels], Pixels]:
        """Start the camera, and return the function that converts its pictures to RGB."""
        size = (self._config.width // 2 * 2, self._config.height // 2 * 2)  # odd sizes are refused
        camera.configure(
            camera.create_video_configuration(
                main={"size": size, "format": _REQUESTED_FORMAT},
                controls=self._controls(camera.camera_controls, libcamera),
            )
        )
        stream = camera.camera_configuration()["main"]
        chosen = stream["format"]
        if chosen != _SUBSAMPLED and chosen not in _CHANNELS:
            expected = ", ".join((*_CHANNELS, _SUBSAMPLED))
            raise CameraMissingError(
                f"{self.name}: expected one of {expected}, found {chosen}; use it as a webcam"
            )
        camera.start()
        if chosen == _SUBSAMPLED:
            return self._to_rgb(width=stream["size"][0])
        return itemgetter((..., _CHANNELS[chosen]))

    def _to_rgb(self, width: int) -> Callable[[Pixels], Pixels]:
        cv2 = self._vendor("cv2")
        # picamera2 leaves the padding in the rows of this format, for its caller to cut off.
        return lambda picture: cv2.cvtColor(picture, cv2.COLOR_YUV2RGB_NV12)[:, :width]

    def _controls(self, advertised: Any, libcamera: Any) -> dict[str, Any]:
        """Return the controls to set; warn of those that this camera lacks, and leave them out."""
        config = self._config
        frame_us = max(round(1e6 / config.fps), config.exposure_us or 0)
        requested: dict[str, Any] = {"FrameDurationLimits": (frame_us, frame_us)}
        modes = libcamera.controls.AfModeEnum
        if config.focus is not None:
            requested |= {"AfMode": modes.Manual, "LensPosition": float(config.focus)}
        elif "AfMode" in advertised:  # most Pi cameras have a fixed lens, so there is no warning
            requested["AfMode"] = modes.Continuous
        if config.exposure_us is not None:
            requested["ExposureTime"] = config.exposure_us
        if config.gain is not None:
            requested["AnalogueGain"] = float(config.gain)
        for control in requested.keys() - set(advertised):
            _log.warning("%s: this camera has no control %s", self.name, control)
        return {control: value for control, value in requested.items() if control in advertised}


def models(vendor: Callable[[str], Any] = importlib.import_module) -> tuple[str, ...]:
    """Return the names of the Pi's cameras, by number; none without picamera2.

    Args:
        vendor: Imports a module by name.
    """
    try:
        return _models_of(vendor("picamera2"))
    except (ImportError, ValueError, RuntimeError) as error:
        _log.info("pi: no camera can be listed (%s)", error)
        return ()


def number_in(names: Sequence[str], device: int | str) -> int:
    """Return the number of the camera that a setting means: by number or name, or the first.

    Args:
        names: Names of the Pi's cameras, by number.
        device: The setting `[camera] device`.

    Raises:
        CameraAbsentError: If it means none of them, or a name means several.
    """
    wanted = 0 if device == AUTO else number_of(device)
    if wanted is not None and wanted < len(names):
        return wanted
    fitting = [n for n, name in enumerate(names) if str(device).casefold() in name.casefold()]
    if wanted is None and len(fitting) == 1:
        return fitting[0]
    expected = "one Pi camera of that name" if wanted is None else "a Pi camera of that number"
    found = f"{len(names)} ({', '.join(names)})" if names else "0"
    raise CameraAbsentError(
        f"pi:{_shown(device)}: expected {expected}, found {found}; "
        "check its ribbon cable, then `rpicam-hello --list-cameras`"
    )


def _models_of(picamera2: Any) -> tuple[str, ...]:
    cameras: Sequence[Mapping[str, Any]] = picamera2.Picamera2.global_camera_info()
    # libcamera knows webcams, too, and picamera2 lists them last. They are read as webcams.
    return tuple(
        str(camera.get("Model", "")) for camera in cameras if "/usb" not in str(camera.get("Id"))
    )


def _shown(device: int | str) -> int | str:
    return 0 if device == AUTO else device


class _PiCapture:
    def __init__(self, name: str, camera: Any, in_rgb: Callable[[Pixels], Pixels]) -> None:
        self._name = name
        self._camera = camera
        self._in_rgb = in_rgb

    def take(self) -> Pixels:
        """Wait for the next frame: uint8 (H, W, 3), RGB."""
        job = self._camera.capture_array("main", wait=False)
        try:
            picture = self._camera.wait(job, timeout=_STALLED_S)
        except TimeoutError as error:  # https://github.com/raspberrypi/picamera2/issues/1090
            raise CameraLostError(
                f"{self._name}: expected a frame within {_STALLED_S:g} s, chosen none; check its ribbon cable"
            ) from error
        except RuntimeError as error:
            raise CameraLostError(f"{self._name}: expected a frame, found {error}") from error
        return np.ascontiguousarray(self._in_rgb(picture), dtype=np.uint8)

    def release(self) -> None:
        """Stop the camera and release it."""
        self._camera.close()
