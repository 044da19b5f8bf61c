"""The webcam, beyond the contract of all cameras."""

from dataclasses import replace

import cv2
import pytest

from device.cameras.webcam import WebcamCamera
from device.config import CameraConfig
from device.errors import CameraLostError, CameraMissingError

WAIT_S = 10.0


def test_a_missing_device_is_named_with_what_to_do():
    with pytest.raises(CameraMissingError, match=r"webcam:63: .*/dev/video63.*plug") as error:
        WebcamCamera(CameraConfig(device=63)).open()
    assert "\n" not in str(error.value)


def test_a_device_that_refuses_to_open_is_missing(tmp_path, config):
    capture = cv2.VideoCapture(str(tmp_path / "none.avi"), cv2.CAP_FFMPEG)

    with pytest.raises(CameraMissingError, match="no other program uses it"):
        WebcamCamera(config, capture=lambda: capture).open()


@pytest.mark.slow
def test_a_driver_that_hangs_is_a_lost_camera(config, device_capture):
    with WebcamCamera(config, capture=lambda: device_capture) as webcam:
        webcam.read(WAIT_S)

        device_capture.may_continue.clear()

        with pytest.raises(CameraLostError, match=r"within 0\.2 s"):
            for _ in range(3):
                webcam.read(0.2)


def test_closing_releases_the_device(config, device_capture):
    webcam = WebcamCamera(config, capture=lambda: device_capture)
    webcam.open()

    webcam.close()

    assert device_capture.released.wait(WAIT_S)


def test_frames_above_the_configured_rate_are_read_but_not_decoded(config, device_capture):
    """At a fixed 200 fps, most frames aren't decoded, and none that is returned is old."""
    decoded: list[int] = []
    grabbed: list[int] = []

    class Counting:
        def grab(self):
            grabbed.append(1)
            return device_capture.grab()

        def retrieve(self):
            decoded.append(1)
            return device_capture.retrieve()

        def __getattr__(self, name):
            return getattr(device_capture, name)

    with WebcamCamera(replace(config, fps=10), capture=Counting) as webcam:
        for _ in range(3):
            webcam.read(WAIT_S)

    assert len(grabbed) > 2 * len(decoded)


class ObedientCapture:
    """Records requested settings, and accepts all except those in `refused`."""

    def __init__(self, *refused: int) -> None:
        self.asked: dict[int, float] = {}
        self.refused = refused

    def isOpened(self):  # OpenCV's name
        return True

    def set(self, control, value):
        self.asked[control] = value
        return control not in self.refused

    def grab(self):
        return False

    def release(self):
        pass


def test_locks_are_requested_in_the_drivers_own_units():
    capture = ObedientCapture()
    config = CameraConfig(focus=30, exposure_us=8000, gain=2.5, width=640, height=480)

    WebcamCamera(config, capture=lambda: capture).open()

    assert capture.asked[cv2.CAP_PROP_AUTOFOCUS] == 0
    assert capture.asked[cv2.CAP_PROP_FOCUS] == 30
    assert capture.asked[cv2.CAP_PROP_AUTO_EXPOSURE] == 1  # V4L2_EXPOSURE_MANUAL
    assert capture.asked[cv2.CAP_PROP_EXPOSURE] == 80  # V4L2 counts in 100 us
    assert capture.asked[cv2.CAP_PROP_GAIN] == 2.5
    assert capture.asked[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert capture.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 480


def test_automatic_settings_are_left_unchanged():
    capture = ObedientCapture()

    WebcamCamera(CameraConfig(), capture=lambda: capture).open()

    touched = {cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_GAIN, cv2.CAP_PROP_AUTOFOCUS}
    assert not touched & capture.asked.keys()


def test_a_lock_that_the_webcam_does_not_accept_is_a_warning(caplog):
    capture = ObedientCapture(cv2.CAP_PROP_FOCUS)

    WebcamCamera(CameraConfig(focus=30), capture=lambda: capture).open()

    assert "doesn't accept focus" in caplog.text
