"""A stand-in for picamera2 and for the Raspberry Pi that it runs on."""

import time
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
from colour_card import make_card

from device.imaging.frames import Pixels

FRAME_S = 0.005


def _half_colour(picture: Pixels, padding: int) -> Pixels:
    """Return NV12: brightness, and below it the two colours of every four pixels, interleaved.

    picamera2 leaves the rows as long as the hardware makes them.
    """
    height, width, _ = picture.shape
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420)
    blue, red = planes[height:].reshape(2, height // 2, width // 2)
    tight = np.vstack([planes[:height], np.dstack([blue, red]).reshape(height // 2, width)])
    return np.pad(tight, ((0, 0), (0, padding)), constant_values=77)


class Job:
    """A capture that is under way, as picamera2 gives it."""

    def __init__(self) -> None:
        self.future: Future[Pixels] = Future()


class StandInPicamera2:
    """Refuses what picamera2 refuses; returns the card in the configured memory order.

    It follows `picamera2.py` and `controls.py` of picamera2 0.3.36.
    """

    FORMATS = ("RGB888", "BGR888", "XRGB8888", "XBGR8888", "YUV420", "NV12")

    def __init__(self, hardware: "PiHardware", number: int) -> None:
        if hardware.is_taken:
            error = RuntimeError("Failed to acquire camera: Device or resource busy")
            raise RuntimeError("Camera __init__ sequence did not complete.") from error
        hardware.info()[number]  # IndexError, as theirs
        hardware.is_taken = True
        hardware.opened = number
        self.hardware = hardware
        self.is_started = False
        self.main: dict[str, Any] | None = None

    @property
    def camera_controls(self) -> dict[str, Any]:
        return self.hardware.controls

    def create_video_configuration(
        self, main: dict[str, Any], controls: dict[str, Any]
    ) -> dict[str, Any]:
        if set(main) - {"size", "format", "stride", "framesize", "preserve_ar"}:
            raise ValueError(f"Bad key in {main}")
        return {"main": dict(main), "controls": dict(controls)}

    def configure(self, configuration: dict[str, Any]) -> None:
        if self.is_started:
            raise RuntimeError("Camera must be stopped before configuring")
        main = configuration["main"]
        if main["format"] not in self.FORMATS:
            raise RuntimeError("Bad format " + main["format"] + " in stream main")
        if any(side % 2 for side in main["size"]):
            raise RuntimeError("width and height should be even")
        for control in configuration["controls"]:
            if control not in self.hardware.controls:
                raise RuntimeError(f"Control {control} is not advertised by libcamera")
        self.main = main | {"format": self.hardware.adjusted_format or main["format"]}
        self.hardware.set_controls = configuration["controls"]

    def camera_configuration(self) -> dict[str, Any]:
        return {"main": self.main}

    def start(self) -> None:
        if self.main is None:
            raise RuntimeError("Camera has not been configured")
        self.is_started = True

    def capture_array(self, name: str = "main", wait: bool | None = None) -> Job:
        assert name == "main" and wait is False
        if not self.is_started or self.main is None:
            raise RuntimeError("Camera has not been started")
        job = Job()
        if self.hardware.is_plugged_in:
            time.sleep(FRAME_S)
            job.future.set_result(self.hardware.picture(self.main["format"]))
        return job

    def wait(self, job: Job, timeout: float | None = None) -> Pixels:
        return job.future.result(timeout=timeout)

    def close(self) -> None:
        self.hardware.is_taken = False
        self.is_started = False


class PiHardware:
    """The cameras of the stand-in Pi, and the modules that drive them."""

    def __init__(self) -> None:
        self.cameras = 1
        self.is_plugged_in = True
        self.is_taken = False
        self.opened: int | None = None
        self.adjusted_format: str | None = None
        self.padding = 0
        self.models = ["imx708"]
        self.usb_ids: list[str] = []
        self.controls: dict[str, Any] = dict.fromkeys(
            ["FrameDurationLimits", "ExposureTime", "AnalogueGain", "AfMode", "LensPosition"]
        )
        self.set_controls: dict[str, Any] = {}

    def info(self) -> list[dict[str, Any]]:
        models = self.models * self.cameras
        ids = ["/base/soc/i2c0mux/i2c@1/imx"] * self.cameras + self.usb_ids
        models = models[: self.cameras] + ["a webcam"] * len(self.usb_ids)
        return [
            {"Model": model, "Num": n, "Id": its_id}
            for n, (model, its_id) in enumerate(zip(models, ids, strict=True))
        ]

    def picture(self, kind: str) -> Pixels:
        """Return the card in libcamera's memory order.

        `make_image` of picamera2 reads RGB888 as "BGR", so red comes last.
        """
        if kind == "NV12":
            return _half_colour(make_card(), self.padding)
        red_last = kind in ("RGB888", "XRGB8888")
        picture = make_card()[..., ::-1] if red_last else make_card()
        if kind.startswith("X"):
            picture = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        return np.ascontiguousarray(picture)

    def module(self, name: str) -> Any:
        if name == "libcamera":
            modes = SimpleNamespace(Manual="Manual", Auto="Auto", Continuous="Continuous")
            return SimpleNamespace(controls=SimpleNamespace(AfModeEnum=modes))
        if name == "cv2":
            return cv2
        assert name == "picamera2"

        def open_one(number: int) -> StandInPicamera2:
            return StandInPicamera2(self, number)

        open_one.global_camera_info = self.info  # type: ignore[attr-defined]
        return SimpleNamespace(Picamera2=open_one)
