"""The webcam, beyond the contract of all cameras."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fake_time import FakeTime
from webcam_standin import DeviceCapture

from device.cameras.webcam import WebcamCamera, WebcamCapture
from device.config import CameraConfig
from device.errors import (
    CameraAbsentError,
    CameraBusyError,
    CameraLostError,
    CameraMissingError,
)

WAIT_S = 10.0


@pytest.fixture
def webcam(machine, config, device_capture):
    """Return a function that makes a webcam; `capture` stands in for OpenCV's device."""
    machine.plug_in(0)

    def make(settings=config, capture=lambda node: device_capture, **others):
        return WebcamCamera(settings, devices=machine.devices, capture=capture, **others)

    return make


def test_a_missing_device_is_named_with_what_to_do():
    with pytest.raises(CameraMissingError, match=r"webcam:63: .*/dev/video63.*plug") as error:
        WebcamCamera(CameraConfig(device=63)).open()
    assert "\n" not in str(error.value)


def test_a_device_that_refuses_to_open_is_missing_and_released(tmp_path, webcam):
    refusing = DeviceCapture(tmp_path / "none.avi", cv2.CAP_FFMPEG)

    with pytest.raises(CameraMissingError, match=r"webcam:0 \(HD Webcam\): .* can't be opened"):
        webcam(capture=lambda node: refusing).open()
    assert refusing.released.is_set()


def test_a_webcam_is_called_by_its_number_and_name(webcam):
    with webcam() as camera:
        assert camera.read(WAIT_S).source == "webcam:0 (HD Webcam)"


def test_a_webcam_in_use_is_said_so_and_not_opened(machine, webcam):
    machine.plug_in(2, "Other", port="1-2")
    machine.set_busy(0, True)
    machine.set_busy(2, True)
    opened = []

    with pytest.raises(CameraBusyError, match=r"used by another.*used by another"):
        webcam(capture=opened.append).open()
    assert not opened


def test_auto_passes_over_webcams_that_are_busy_or_give_no_picture(
    machine, webcam, config, device_capture, film, caplog
):
    machine.plug_in(2, "Dark", port="1-2")
    machine.plug_in(4, "Good", port="1-3")
    machine.set_busy(0, True)
    without_picture = DeviceCapture(film, cv2.CAP_FFMPEG)
    without_picture.is_plugged_in = False

    def capture(node):
        return without_picture if node.number == 2 else device_capture

    with webcam(capture=capture) as camera:
        assert camera.name == "webcam:4 (Good)"
    assert "used by another program" in caplog.text
    assert "webcam:2 (Dark): expected a picture, got none" in caplog.text
    assert without_picture.released.is_set()


@pytest.mark.parametrize("device", ["auto", 0, "HD"])
def test_a_webcam_comes_back_under_another_number(machine, webcam, config, film, device):
    captures = []

    def capture(node):
        captures.append(DeviceCapture(film, cv2.CAP_FFMPEG))
        return captures[-1]

    camera = webcam(replace(config, device=device), capture)
    camera.open()
    camera.read(WAIT_S)
    machine.unplug(0)
    captures[-1].is_plugged_in = False
    with pytest.raises(CameraLostError, match="plug it in again"):
        for _ in range(3):
            camera.read(WAIT_S)
    camera.close()
    with pytest.raises(CameraAbsentError, match="expected HD Webcam again"):
        camera.open()

    machine.plug_in(6, port="1-4")
    # As the next camera process does, which knows what was chosen.
    after = webcam(replace(config, device=device), capture, chosen=camera.chosen)
    for each in (camera, after):
        with each:
            assert each.read(WAIT_S).source == "webcam:6 (HD Webcam)"


def test_queued_frames_are_skipped_and_the_next_new_one_is_taken(config, fake_time):
    """Four frames wait in the driver's queue after a pause; the fifth is taken as it comes."""
    queued = QueuedCapture(fake_time, waiting=4)
    capture = WebcamCapture(queued, "webcam:0", config.fps, fake_time.clock)

    taken = [frame[0, 0, 0] for frame in (capture.take() for _ in range(5)) if frame is not None]
    assert taken == [4]


def test_a_driver_that_never_waits_is_read_all_the_same(fake_time):
    queued = QueuedCapture(fake_time, waiting=1000)
    capture = WebcamCapture(queued, "webcam:0", 1e9, fake_time.clock)

    assert sum(capture.take() is not None for _ in range(20)) == 4


def test_torn_frames_are_skipped_and_the_next_whole_one_is_taken(fake_time):
    torn = QueuedCapture(fake_time, waiting=0)
    torn.pictures = [green_below(row) for row in (0, 2, 3)]
    capture = WebcamCapture(torn, "webcam:0", 1e9, fake_time.clock)

    taken = [capture.take() for _ in range(4)]
    assert [frame is None for frame in taken] == [True, True, True, False]


def test_a_webcam_that_gives_green_frames_alone_is_lost_with_what_to_do(fake_time):
    green = QueuedCapture(fake_time, waiting=0)
    green.pictures = [green_below(0)] * 1000
    capture = WebcamCapture(green, "webcam:0", 1e9, fake_time.clock)

    with pytest.raises(CameraLostError, match="found green frames; try a shorter cable"):
        for _ in range(1000):
            capture.take()
    assert fake_time.clock() - 1000 <= 1.1  # before it counts as stalled


def green_below(row: int) -> np.ndarray:
    """Return a picture, as OpenCV gives it, whose rows from `row` on never arrived."""
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    picture[row:] = (0, 154, 0)
    return picture


@pytest.mark.slow
def test_undecodable_frames_are_skipped_and_then_said(webcam, device_capture):
    device_capture.is_decodable = False
    with (
        webcam() as camera,
        pytest.raises(CameraLostError, match="can't be decoded; try a shorter"),
    ):
        camera.read(WAIT_S)


def test_padded_rows_are_cropped(machine, webcam, device_capture):
    machine.nodes[0].in_use = ("YUYV", 160, 2 * 192)
    with webcam() as camera:
        assert camera.read(WAIT_S).pixels.shape == (100, 160, 3)


def test_padded_planes_are_refused(machine, webcam, device_capture):
    machine.nodes[0].in_use = ("NV12", 160, 192)
    with pytest.raises(CameraMissingError, match="multiple of 64"):
        webcam().open()
    assert device_capture.released.wait(WAIT_S)


class QueuedCapture:
    """Gives frames by number: those in its queue at once, others as time passes."""

    def __init__(self, time: FakeTime, waiting: int) -> None:
        self.time, self.waiting, self.count = time, waiting, -1
        self.pictures: list[np.ndarray] = []

    def grab(self):
        self.count += 1
        self.time.sleep(0.03 if self.count >= self.waiting else 0.0005)
        return True

    def retrieve(self):
        if self.pictures:
            return True, self.pictures.pop(0)
        return True, np.full((4, 4, 3), self.count, np.uint8)

    def isOpened(self):  # OpenCV's name
        return True

    def set(self, control, value):
        return True

    def release(self):
        pass


@pytest.mark.slow
def test_a_driver_that_hangs_is_a_lost_camera(webcam, device_capture):
    with webcam() as camera:
        camera.read(WAIT_S)

        device_capture.may_continue.clear()

        with pytest.raises(CameraLostError, match=r"within 0\.2 s"):
            for _ in range(3):
                camera.read(0.2)


def test_closing_releases_the_device(webcam, device_capture):
    camera = webcam()
    camera.open()

    camera.close()

    assert device_capture.released.wait(WAIT_S)


def test_frames_above_the_configured_rate_are_read_but_not_decoded(webcam, config, device_capture):
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

    with webcam(replace(config, fps=10), lambda node: Counting()) as camera:
        for _ in range(3):
            camera.read(WAIT_S)

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


def test_locks_are_requested_in_the_drivers_own_units(webcam):
    capture = ObedientCapture()
    config = CameraConfig(focus=30, exposure_us=8000, gain=2.5, width=640, height=480)

    webcam(config, lambda node: capture).open()

    assert capture.asked[cv2.CAP_PROP_AUTOFOCUS] == 0
    assert capture.asked[cv2.CAP_PROP_FOCUS] == 30
    assert capture.asked[cv2.CAP_PROP_AUTO_EXPOSURE] == 1  # V4L2_EXPOSURE_MANUAL
    assert capture.asked[cv2.CAP_PROP_EXPOSURE] == 80  # V4L2 counts in 100 us
    assert capture.asked[cv2.CAP_PROP_GAIN] == 2.5
    assert capture.asked[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert capture.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 480


def test_automatic_settings_are_left_unchanged(webcam):
    capture = ObedientCapture()

    webcam(CameraConfig(), lambda node: capture).open()

    touched = {cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_GAIN, cv2.CAP_PROP_AUTOFOCUS}
    assert not touched & capture.asked.keys()


def test_a_lock_that_the_webcam_does_not_accept_is_a_warning(webcam, caplog):
    capture = ObedientCapture(cv2.CAP_PROP_FOCUS)

    webcam(CameraConfig(focus=30), lambda node: capture).open()

    assert "doesn't accept focus" in caplog.text
