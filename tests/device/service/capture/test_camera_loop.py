"""The camera loop opens a lost camera again after pauses that rise to a limit."""

import threading
from itertools import pairwise

import pytest
from blocking_notifier import LONG_S
from pluggable_camera import PluggableCamera

from device.cameras import CameraSource
from device.errors import CameraMissingError
from device.imaging.frames import Frame
from device.service.capture.camera_loop import PAUSES_S, REDUCED_S, CameraLoop
from device.service.capture.watcher import Observation


class Waits(list[float]):
    """Pauses of zero that record which index the loop has read."""

    def __init__(self, count: int) -> None:
        super().__init__([0.0] * count)
        self.asked: list[int] = []
        self.enough = threading.Event()

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        self.asked.append(place)
        if len(self.asked) == 7:
            self.enough.set()
        return 0.0 if not self.enough.is_set() else LONG_S


def test_pauses_rise_and_stay_at_the_last() -> None:
    waits = Waits(4)

    def missing() -> CameraSource:
        raise CameraMissingError("none")

    stand = CameraLoop(missing, on_ready=lambda: None, on_lost=lambda error: None, pauses_s=waits)
    assert waits.enough.wait(LONG_S)
    stand.close()

    assert waits.asked[:7] == [0, 1, 2, 3, 3, 3, 3]
    assert stand.health().losses >= 7


def test_after_good_frames_the_pauses_start_again(camera: PluggableCamera) -> None:
    waits = Waits(4)
    tries = iter(range(100))

    def choose() -> CameraSource:
        if next(tries) < 3:
            raise CameraMissingError("none yet")
        camera.open()
        return camera

    stand = CameraLoop(
        choose,
        on_ready=camera.unplug,  # as soon as it gives a frame
        on_lost=lambda error: None,
        pauses_s=waits,
    )
    assert waits.enough.wait(LONG_S)
    stand.close()

    assert waits.asked[:6] == [0, 1, 2, 0, 1, 2]


@pytest.mark.slow
def test_with_a_reduced_load_frames_are_skipped(
    camera: PluggableCamera,
) -> None:
    looked_at: list[float] = []
    is_sparing, enough = True, threading.Event()

    def see(frame: Frame) -> Observation:
        looked_at.append(frame.captured_at_s)
        if len(looked_at) == 4:
            enough.set()
        return Observation()

    camera.open()
    stand = CameraLoop(
        lambda: camera,
        on_ready=lambda: None,
        on_lost=lambda error: None,
        observer=see,
        is_load_reduced=lambda: is_sparing,
    )
    assert enough.wait(LONG_S)
    is_sparing = False
    count = len(looked_at)
    spared = [late - early for early, late in pairwise(looked_at[:4])]
    while len(looked_at) < count + 20:
        enough.wait(0.01)
        stand.frame()
    stand.close()

    assert min(spared) >= REDUCED_S
    # A hundred frames a second come from this camera; all are looked at again.
    assert looked_at[count + 19] - looked_at[count] < 20 * REDUCED_S


def test_the_pauses_suit_visitors_and_drivers() -> None:
    assert list(PAUSES_S) == sorted(PAUSES_S)
    assert PAUSES_S[0] == 1
    assert PAUSES_S[-1] == 10  # and 5 s to open it, and it is back within 15


def test_camera_and_button_work_without_an_observer_that_fails(
    camera: PluggableCamera,
) -> None:
    """After an unexpected error of the observer the kiosk works without autocapture."""

    def fail(frame: object) -> Observation:
        raise FloatingPointError("no such sheet")

    camera.open()
    lost: list[str] = []
    stand = CameraLoop(lambda: camera, on_ready=lambda: None, on_lost=lost.append, observer=fail)
    preview = stand.preview(0, LONG_S)
    stand.close()

    assert preview is not None and preview.corners is None
    assert lost == []
