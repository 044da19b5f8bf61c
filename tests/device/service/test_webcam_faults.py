"""A webcam in the whole kiosk: unplugged, moved, and used by another program.

The camera's process, its choice and the pauses are real; only the device files are the test's. `make test-cameras` holds the
time to its target without slack.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from blocking_notifier import BlockingNotifier
from fake_v4l2 import FakeV4l2
from PIL import Image
from pluggable_webcam import MACHINE, PRINT, make_webcam

from device.cameras.supervised import SupervisedCamera
from device.config import CameraConfig, RecognitionConfig, WatchConfig
from device.imaging.frames import Pixels
from device.service import CameraSetup, KioskService
from device.service.state import Phase

pytestmark = pytest.mark.slow

BACK_S = 5.0
SLACK = 1.0 if os.environ.get("KIOSK_CAMERAS") == "all" else 5.0
LONG_S = 60.0


@pytest.fixture
def machine(tmp_path: Path, print_pictures: dict[str, Pixels]) -> FakeV4l2:
    """A machine without webcams, in front of one of the twelve prints."""
    shown = next(iter(print_pictures.values()))
    Image.fromarray(shown).resize((640, 480)).save(tmp_path / PRINT)
    return FakeV4l2(tmp_path / MACHINE)


@pytest.fixture
def start(
    small_bundle: Path, machine: FakeV4l2, tmp_path: Path
) -> Iterator[Callable[[], KioskService]]:
    """Yield a function that starts a kiosk on this machine."""
    services: list[KioskService] = []

    def opener(bundle: object) -> SupervisedCamera:
        config = CameraConfig(kind="webcam", replay=tmp_path, fps=20.0)
        source = SupervisedCamera(config, make_webcam)
        source.open()
        return source

    def start_one() -> KioskService:
        setup = CameraSetup(
            opener=opener,
            watch=WatchConfig(enabled=False),
            snapshot=machine.devices.snapshot,
        )
        recognition = RecognitionConfig(threads=1)
        services.append(KioskService(small_bundle, setup, recognition, notifier=BlockingNotifier()))
        return services[-1]

    yield start_one
    for service in services:
        service.close()


def waited_s(holds: Callable[[], bool]) -> float:
    """Return the seconds until a condition is met."""
    start_s = time.monotonic()
    while not holds():
        assert time.monotonic() - start_s < LONG_S, "the condition was never met"
        time.sleep(0.02)
    return time.monotonic() - start_s


def is_looking(service: KioskService) -> bool:
    """Return whether the kiosk waits for a print, with a picture."""
    return service.snapshot().state.phase is Phase.LOOKING


@pytest.mark.parametrize("away_s", [0.3, 20.0], ids=["at once", "after a while"])
def test_an_unplugged_webcam_is_back_under_another_number_and_in_another_port(
    machine: FakeV4l2, start: Callable[[], KioskService], away_s: float
) -> None:
    machine.plug_in(0, "Laptop Camera", port="1-1")
    machine.plug_in(2, "Stand Camera", port="1-2")
    machine.set_busy(0, True)
    service = start()
    waited_s(lambda: is_looking(service))
    assert service.health().camera.name == "webcam:2 (Stand Camera)"

    machine.set_busy(0, False)  # the laptop's own is free now, and still not taken
    machine.unplug(2)
    waited_s(lambda: not service.snapshot().state.camera_ready)
    time.sleep(away_s)
    assert service.snapshot().state.phase is Phase.CAMERA_LOST
    machine.plug_in(5, "Stand Camera", port="1-4")
    back_s = waited_s(lambda: is_looking(service))

    print(f"\nCAMERAS plugged in again after {away_s:4.1f} s   picture back {back_s:5.2f} s")
    assert service.health().camera.name == "webcam:5 (Stand Camera)"
    assert back_s <= BACK_S * SLACK


def test_a_webcam_in_use_is_said_so_and_taken_when_it_is_free(
    machine: FakeV4l2, start: Callable[[], KioskService], caplog: pytest.LogCaptureFixture
) -> None:
    machine.plug_in(0)
    machine.set_busy(0, True)
    service = start()
    waited_s(lambda: service.snapshot().state.phase is Phase.CAMERA_LOST)
    state = service.snapshot().state
    assert state.is_camera_busy and service.health().camera.is_busy
    assert state.note.startswith("webcam:0 (HD Webcam): used by another program")
    (line,) = [each for each in caplog.records if state.note in each.message]  # once, not each time
    assert line.levelname == "WARNING"

    machine.set_busy(0, False)
    back_s = waited_s(lambda: is_looking(service))

    print(f"\nCAMERAS free again   picture back {back_s:5.2f} s")
    assert not service.snapshot().state.is_camera_busy
    assert back_s <= BACK_S * SLACK


def test_a_webcam_that_was_never_there_is_taken_once_it_is_plugged_in(
    machine: FakeV4l2, start: Callable[[], KioskService]
) -> None:
    service = start()
    waited_s(lambda: service.snapshot().state.phase is Phase.CAMERA_LOST)
    assert "expected a webcam, found none" in service.snapshot().state.note

    machine.plug_in(7)
    assert waited_s(lambda: is_looking(service)) <= BACK_S * SLACK
