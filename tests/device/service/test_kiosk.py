"""The kiosk's life cycle, camera and health, with the real bundle."""

import threading
from pathlib import Path

import pytest
from blocking_notifier import LONG_S, BlockingNotifier
from pluggable_camera import PluggableCamera
from running_kiosk import CONFIG, kiosk, opened_camera, until, upload

from device.bundle.reader import OpenedBundle
from device.cameras import CameraSource
from device.errors import (
    CameraLostError,
    KioskError,
)
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.service import CameraSetup, KioskService
from device.service.state import Phase


def test_a_camera_that_was_pulled_out_is_reported_and_used_again(
    service: KioskService, camera: PluggableCamera
) -> None:
    camera.unplug()
    lost = until(service, lambda state: state.phase is Phase.CAMERA_LOST)

    assert lost.note
    assert not lost.camera_ready
    with pytest.raises(CameraLostError):
        service.query.look()
    assert service.preview(timeout_s=0.0) is None
    assert service.health().well  # an upload can still be answered

    camera.plug_in()
    again = until(service, lambda state: state.phase is Phase.LOOKING)
    assert again.note == ""
    service.query.look()
    until(service, lambda state: state.phase is Phase.FOUND)
    assert service.health().camera_losses >= 1


def test_a_lost_camera_is_opened_again_and_no_other_is_chosen(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> None:
    chosen: list[str] = []

    def choose(bundle: OpenedBundle | None) -> PluggableCamera:
        chosen.append("once")
        return opened_camera(camera)

    with kiosk(small_bundle, choose, notifier) as service:
        until(service, lambda state: state.phase is Phase.LOOKING)
        camera.unplug()
        until(service, lambda state: state.phase is Phase.CAMERA_LOST)
        camera.plug_in()
        until(service, lambda state: state.phase is Phase.LOOKING)

    assert chosen == ["once"]


@pytest.mark.parametrize(
    "surprise", [RuntimeError("a driver's\nbug"), KioskError("no picture to show"), OSError(5, "?")]
)
def test_the_camera_is_opened_again_after_any_error_of_its_driver(
    service: KioskService, camera: PluggableCamera, surprise: Exception
) -> None:
    camera.unexpected_error = surprise
    lost = until(service, lambda state: state.phase is Phase.CAMERA_LOST)
    camera.unexpected_error = None

    assert lost.note
    assert "\n" not in lost.note
    until(service, lambda state: state.phase is Phase.LOOKING)


def test_uploads_are_answered_without_a_camera_and_one_plugged_in_later_is_used(
    small_bundle: Path,
    camera: PluggableCamera,
    notifier: BlockingNotifier,
    print_pictures: dict[str, Pixels],
) -> None:
    camera.unplug()
    with kiosk(small_bundle, lambda bundle: opened_camera(camera), notifier) as service:
        lost = until(service, lambda state: state.phase is Phase.CAMERA_LOST)
        assert lost.note == "pluggable:0: no such camera"
        service.query.identify(upload(next(iter(print_pictures.values()))))

        camera.plug_in()
        until(service, lambda state: state.phase is Phase.LOOKING)


def test_the_replay_is_given_the_open_bundle(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> None:
    given: list[OpenedBundle | None] = []

    def choose(bundle: OpenedBundle | None) -> CameraSource:
        given.append(bundle)
        return opened_camera(camera)

    with kiosk(small_bundle, choose, notifier) as service:
        until(service, lambda state: state.phase is Phase.LOOKING)

    assert given[0] is not None
    assert given[0].manifest.items == 12


def test_closing_leaves_no_thread_and_no_open_camera(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> None:
    before = set(threading.enumerate())
    with kiosk(small_bundle, lambda bundle: opened_camera(camera), notifier) as service:
        until(service, lambda state: state.phase is Phase.LOOKING)
        assert len(set(threading.enumerate()) - before) == 2

    assert set(threading.enumerate()) <= before
    assert not camera.is_open
    assert notifier.messages == ["stopping"]
    assert service.preview(timeout_s=0.0) is None  # no visitor's picture is kept
    with pytest.raises(KioskError):
        service.query.look()


class SlowCamera(PluggableCamera):
    """Delivers one frame, then none until it is closed."""

    was_stopped = False

    def _take(self, timeout_s: float) -> Pixels:
        if self._number:
            with self._changed:
                self.was_stopped = self._changed.wait_for(lambda: not self._is_started, timeout_s)
            raise CameraLostError("pluggable:0: no frame")
        return self.pixels


def test_closing_does_not_wait_for_a_camera_that_gives_no_frame(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> None:
    """The loss of the camera that closing causes is not counted."""
    slow = SlowCamera(camera.pixels)
    with kiosk(small_bundle, lambda bundle: opened_camera(slow), notifier) as service:
        until(service, lambda state: state.phase is Phase.LOOKING)

    assert service.snapshot().state.phase is Phase.LOOKING
    assert service.health().camera_losses == 0
    assert slow.was_stopped  # and did not wait until the time was up


def test_systemd_is_notified_when_the_kiosk_is_ready_and_not_before(
    service: KioskService, notifier: BlockingNotifier
) -> None:
    assert notifier.messages == []

    service.ready()

    assert notifier.messages == ["ready"]


def test_each_start_has_its_own_boot_id(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> None:
    ids = set()
    for _ in range(2):
        with kiosk(small_bundle, lambda bundle: opened_camera(camera), notifier) as service:
            ids.add(service.boot_id)

    assert len(ids) == 2


def test_a_snapshot_waits_for_a_change_until_the_timeout(service: KioskService) -> None:
    now = service.snapshot()

    assert service.snapshot(after=now.revision, timeout_s=0.01) == now
    service.query.look()
    assert service.snapshot(after=now.revision, timeout_s=LONG_S).revision > now.revision


def test_the_preview_is_a_small_jpeg_of_a_newer_frame_each_time(service: KioskService) -> None:
    first = service.preview(timeout_s=LONG_S)
    assert first is not None
    second = service.preview(after=first.number, timeout_s=LONG_S)

    assert second is not None
    assert second.number > first.number
    assert max(decoding.decode(first.jpeg, name="preview").shape) == 640


def test_uptime_is_measured_by_the_kiosks_clock(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> None:
    now = [100.0]
    service = KioskService(
        small_bundle,
        CameraSetup(opener=lambda bundle: opened_camera(camera), pauses_s=(0.01,)),
        CONFIG,
        notifier=notifier,
        clock=lambda: now[0],
    )
    with service:
        now[0] = 142.0
        assert service.health().uptime_s == 42.0
