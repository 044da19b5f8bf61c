"""Cameras to test: each shows the same card, and can be unplugged.

Only hardware has stand-ins. The webcam is a real `cv2.VideoCapture` on a file, slowed to a device's rate. The Pi's camera is
a small picamera2 that refuses what picamera2 refuses. Real cameras are tested, too, if they are plugged in.
"""

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import pytest
from colour_card import make_card, quarter_names, write_video
from fake_time import FakeTime
from fake_v4l2 import FakeV4l2
from faulty_camera import make_faulty, set_fault
from picamera2_standin import PiHardware
from PIL import Image
from webcam_standin import FPS, DeviceCapture

from device.cameras.pi import PiCamera
from device.cameras.replay import ReplayCamera, ReplayPicture
from device.cameras.source import CameraSource
from device.cameras.supervised import SupervisedCamera
from device.cameras.v4l2 import VideoDevices, VideoNode
from device.cameras.webcam import WebcamCamera
from device.config import CameraConfig
from device.errors import PictureError
from device.imaging.frames import Pixels

HOLD_S = 0.5


@dataclass(frozen=True)
class Rig:
    """A camera under test, and what a test can do to it.

    Attributes:
        make: Returns the camera, closed.
        unplug: Unplugs the camera; `None` for real hardware, which a test can't unplug.
        shows_card: Whether the camera shows the card.
    """

    make: Callable[[CameraConfig], CameraSource]
    unplug: Callable[[], None] | None
    shows_card: bool = True


def _folder_rig(tmp_path: Path) -> Rig:
    folder = tmp_path / "prints"
    folder.mkdir()
    Image.fromarray(make_card()).save(folder / "card.png")
    return Rig(
        make=lambda config: ReplayCamera(replace(config, replay=folder), hold_s=HOLD_S),
        unplug=lambda: shutil.rmtree(folder),
    )


def _pictures_rig(tmp_path: Path) -> Rig:
    there = [True]

    def load() -> Pixels:
        if not there[0]:
            raise PictureError("card: gone")
        return make_card()

    picture = ReplayPicture(name="card", load=load)
    return Rig(
        make=lambda config: ReplayCamera(config, pictures=[picture], hold_s=HOLD_S),
        unplug=lambda: there.__setitem__(0, False),
    )


def _video_rig(tmp_path: Path) -> Rig:
    film = tmp_path / "card.avi"
    write_video(film)
    return Rig(
        make=lambda config: ReplayCamera(replace(config, replay=film)),
        unplug=lambda: film.unlink(),
    )


def _webcam_rig(folder: Path, file: Path, backend: int) -> Rig:
    opened: list[DeviceCapture] = []
    machine = FakeV4l2(folder / "machine")
    machine.plug_in(0)

    def open_one(node: VideoNode) -> DeviceCapture:
        opened.append(DeviceCapture(file, backend))
        return opened[-1]

    return Rig(
        make=lambda config: WebcamCamera(config, devices=machine.devices, capture=open_one),
        unplug=lambda: setattr(opened[-1], "is_plugged_in", False),
    )


def _webcam_video_rig(tmp_path: Path) -> Rig:
    write_video(tmp_path / "card.avi")
    return _webcam_rig(tmp_path, tmp_path / "card.avi", cv2.CAP_FFMPEG)


def _webcam_sequence_rig(tmp_path: Path) -> Rig:
    for number in range(3):
        Image.fromarray(make_card()).save(tmp_path / f"{number:03}.png")
    return _webcam_rig(tmp_path, tmp_path / "%03d.png", cv2.CAP_IMAGES)


def _pi_rig(tmp_path: Path) -> Rig:
    hardware = PiHardware()
    return Rig(
        make=lambda config: PiCamera(config, vendor=hardware.module),
        unplug=lambda: setattr(hardware, "is_plugged_in", False),
    )


def _supervised_rig(tmp_path: Path) -> Rig:
    return Rig(
        make=lambda config: SupervisedCamera(replace(config, replay=tmp_path), make_faulty),
        unplug=lambda: set_fault(tmp_path, "lost"),
    )


def _real_webcam_rig(tmp_path: Path) -> Rig:
    if not any(node.is_capture for node in VideoDevices().nodes()):
        pytest.skip("no webcam: /sys/class/video4linux has no node that captures")
    return Rig(make=WebcamCamera, unplug=None, shows_card=False)


def _real_pi_rig(tmp_path: Path) -> Rig:
    if importlib.util.find_spec("picamera2") is None:
        pytest.skip("no Pi camera: picamera2 isn't installed")
    from picamera2 import Picamera2

    if not Picamera2.global_camera_info():
        pytest.skip("no Pi camera: picamera2 finds none")
    return Rig(make=PiCamera, unplug=None, shows_card=False)


RIGS = {
    "replay folder": _folder_rig,
    "replay pictures": _pictures_rig,
    "replay video": _video_rig,
    "webcam on a video": _webcam_video_rig,
    "webcam on a sequence": _webcam_sequence_rig,
    "pi on a stand-in": _pi_rig,
    "in a process of its own": _supervised_rig,
    "real webcam": _real_webcam_rig,
    "real pi": _real_pi_rig,
}


@pytest.fixture(params=RIGS.values(), ids=RIGS.keys())
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    """Return every camera in turn."""
    return request.param(tmp_path)  # type: ignore[no-any-return]


@pytest.fixture
def card_rig(rig: Rig) -> Rig:
    """Return every camera that shows the card in turn."""
    if not rig.shows_card:
        pytest.skip("real hardware doesn't show the card")
    return rig


@pytest.fixture
def config() -> CameraConfig:
    """Return a configuration with a high frame rate, for fast tests."""
    return CameraConfig(fps=FPS)


@pytest.fixture
def opened(config: CameraConfig) -> Iterator[Callable[..., CameraSource]]:
    """Yield a function that opens a rig's camera with changed settings; close it afterwards."""
    sources: list[CameraSource] = []

    def open_one(rig: Rig, **changes: Any) -> CameraSource:
        source = rig.make(replace(config, **changes))
        sources.append(source)
        source.open()
        return source

    yield open_one
    for source in sources:
        source.close()


@pytest.fixture
def pi_hardware() -> PiHardware:
    """Return a Pi with one autofocus camera."""
    return PiHardware()


@pytest.fixture
def card() -> Pixels:
    """Return the card that all cameras show."""
    return make_card()


@pytest.fixture
def quarters() -> Callable[[Pixels], list[str]]:
    """Return a function that names the colours of a card's quarters."""
    return quarter_names


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Return a video of the card with twenty frames."""
    write_video(tmp_path / "film.avi", 20)
    return tmp_path / "film.avi"


@pytest.fixture
def device_capture(film: Path) -> Iterator[DeviceCapture]:
    """Yield a webcam that can be unplugged or made to hang, and end the hang afterwards."""
    capture = DeviceCapture(film, cv2.CAP_FFMPEG)
    yield capture
    capture.may_continue.set()


@pytest.fixture
def machine(tmp_path: Path) -> FakeV4l2:
    """Return a machine without webcams, into which a test plugs some."""
    return FakeV4l2(tmp_path / "machine")


@pytest.fixture
def fake_time() -> FakeTime:
    """Return a clock that the test controls."""
    return FakeTime()
