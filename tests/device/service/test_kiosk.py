"""The kiosk as one object, with the real bundle and a camera that a test plugs in and pulls out."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from blocking_notifier import LONG_S, BlockingNotifier
from pluggable_camera import PluggableCamera

from converter.build import bundle_writer
from device.bundle import layout
from device.bundle.filters import Filters
from device.bundle.reader import OpenedBundle, read_manifest, sha256_of
from device.cameras import CameraSource
from device.config import CameraConfig, Config, RecognitionConfig
from device.errors import (
    BundleMissingError,
    BusyError,
    CameraLostError,
    KioskError,
    PictureError,
    UnknownRecordError,
)
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.verdict import Verdict
from device.service import CameraSetup, KioskService, open_kiosk
from device.service.state import KioskState, Phase

CONFIG = RecognitionConfig(threads=1, matches=3, waiting=2)


@contextmanager
def kiosk(
    bundle: Path,
    camera: Callable[[OpenedBundle | None], CameraSource],
    notifier: BlockingNotifier,
) -> Iterator[KioskService]:
    """Give a running kiosk that tries a lost camera again without delay."""
    setup = CameraSetup(opener=camera, pauses_s=(0.01,))
    service = KioskService(bundle, setup, CONFIG, notifier=notifier)
    try:
        yield service
    finally:
        notifier.gate.set()
        service.close()


@pytest.fixture
def service(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> Iterator[KioskService]:
    """A running kiosk with its camera looking at the first print."""
    with kiosk(small_bundle, lambda bundle: opened_camera(camera), notifier) as made:
        until(made, lambda state: state.phase is Phase.LOOKING)
        yield made


def opened_camera(camera: PluggableCamera) -> PluggableCamera:
    """Give a camera, open, as the choice of cameras does."""
    camera.open()
    return camera


def until(service: KioskService, holds: Callable[[KioskState], bool]) -> KioskState:
    """Give the first state from now on of which something holds, or the last one there was."""
    snapshot = service.snapshot()
    while not holds(snapshot.state):
        newer = service.snapshot(after=snapshot.revision, timeout_s=LONG_S)
        assert newer.revision > snapshot.revision, snapshot.state
        snapshot = newer
    return snapshot.state


def upload(pixels: Pixels) -> bytes:
    """Give a picture as a visitor's phone sends it."""
    return frames.to_jpeg(pixels, side=800)


def test_what_lies_at_the_stand_is_found_and_the_answer_comes_in_the_state(
    service: KioskService, print_pictures: dict[str, Pixels]
) -> None:
    service.query.look()
    state = until(service, lambda state: state.answer is not None)

    assert state.phase is Phase.FOUND
    assert state.answer is not None
    assert state.answer.matches[0].record.record_id == next(iter(print_pictures))
    assert len(state.answer.matches) == CONFIG.matches
    assert service.health().answers == 1


def test_an_empty_stand_is_not_found(service: KioskService, camera: PluggableCamera) -> None:
    seen = service.preview(timeout_s=LONG_S)
    camera.pixels = np.full((240, 320, 3), 120, np.uint8)
    assert seen is not None
    assert service.preview(after=seen.number + 5, timeout_s=LONG_S) is not None

    service.query.look()

    assert until(service, lambda state: state.answer is not None).phase is Phase.NOT_FOUND


def test_a_filter_holds_for_the_stand_too(service: KioskService) -> None:
    service.query.look(filters=Filters(words="no such words anywhere"))

    state = until(service, lambda state: state.answer is not None)

    assert state.phase is Phase.NOT_FOUND
    assert state.answer is not None
    assert state.answer.matches == ()


def test_an_answer_for_a_visitor_who_has_gone_is_dropped(
    service: KioskService, notifier: BlockingNotifier, print_pictures: dict[str, Pixels]
) -> None:
    notifier.block()
    service.query.look()
    assert service.snapshot().state.phase is Phase.HOLD_STILL
    service.query.dismiss()
    before = service.snapshot()
    notifier.gate.set()
    service.query.identify(upload(next(iter(print_pictures.values()))))  # answered after it

    assert before.state.phase is Phase.LOOKING
    assert service.snapshot() == before
    assert service.health().answers == 1  # the visitor's who has gone took no turn


def test_asking_twice_is_asking_once(service: KioskService, notifier: BlockingNotifier) -> None:
    notifier.block()
    service.query.look()
    service.query.look()
    notifier.gate.set()

    until(service, lambda state: state.phase is Phase.FOUND)
    assert service.health().answers == 1


def test_the_next_visitor_may_ask_with_the_answer_still_shown(service: KioskService) -> None:
    service.query.look()
    until(service, lambda state: state.phase is Phase.FOUND)

    service.query.look()
    until(service, lambda state: state.phase is Phase.HOLD_STILL or state.answer is not None)
    until(service, lambda state: state.phase is Phase.FOUND)
    service.query.dismiss()

    assert service.snapshot().state.phase is Phase.LOOKING


def test_uploads_are_answered_from_many_threads(
    service: KioskService, print_pictures: dict[str, Pixels]
) -> None:
    def ask(pixels: Pixels) -> str:
        return service.query.identify(upload(pixels), count=1).matches[0].record.record_id

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, print_pictures.values())) == list(print_pictures)
    assert service.snapshot().state.phase is Phase.LOOKING


def test_too_many_uploads_are_asked_to_come_back_and_the_stand_is_not(
    service: KioskService, notifier: BlockingNotifier, print_pictures: dict[str, Pixels]
) -> None:
    picture = upload(next(iter(print_pictures.values())))
    busy = threading.Event()

    def ask() -> bool:
        try:
            service.query.identify(picture)
        except BusyError:
            busy.set()
            return False
        return True

    notifier.block()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(ask) for _ in range(3)]
        assert busy.wait(LONG_S)
        service.query.look()
        assert service.snapshot().state.phase is Phase.HOLD_STILL
        notifier.gate.set()
        assert sorted(future.result() for future in asked) == [False, True, True]
    until(service, lambda state: state.phase is Phase.FOUND)


def test_an_upload_that_is_no_picture_is_refused_and_the_next_is_answered(
    service: KioskService, print_pictures: dict[str, Pixels]
) -> None:
    for data in (b"", b"no picture", upload(next(iter(print_pictures.values())))[:500]):
        with pytest.raises(PictureError, match="upload"):
            service.query.identify(data)

    answer = service.query.identify(upload(next(iter(print_pictures.values()))))
    assert answer.verdict is Verdict.SAME_PRINT


def test_an_upload_leaves_no_file_behind(
    service: KioskService,
    small_bundle: Path,
    print_pictures: dict[str, Pixels],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = sorted(path.name for path in small_bundle.rglob("*"))

    service.query.identify(upload(next(iter(print_pictures.values()))))
    service.query.look()
    until(service, lambda state: state.phase is Phase.FOUND)

    assert list(tmp_path.iterdir()) == []
    assert sorted(path.name for path in small_bundle.rglob("*")) == before


def test_a_camera_that_is_pulled_out_is_told_and_taken_up_again(
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


def test_a_camera_lost_is_the_one_opened_again_and_none_chosen_anew(
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
def test_whatever_a_driver_does_the_stand_tries_again(
    service: KioskService, camera: PluggableCamera, surprise: Exception
) -> None:
    camera.unexpected_error = surprise
    lost = until(service, lambda state: state.phase is Phase.CAMERA_LOST)
    camera.unexpected_error = None

    assert lost.note
    assert "\n" not in lost.note
    until(service, lambda state: state.phase is Phase.LOOKING)


def test_without_a_camera_uploads_are_answered_and_one_plugged_in_later_is_taken(
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


def damage(bundle: Path) -> None:
    """Cut the model short."""
    path = bundle / layout.MODEL
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1])


@pytest.mark.parametrize("is_damaged", [True, False], ids=["damaged", "missing"])
def test_without_a_bundle_the_kiosk_lives_and_says_what_is_wrong(
    bundle_copy: Path, camera: PluggableCamera, notifier: BlockingNotifier, is_damaged: bool
) -> None:
    damage(bundle_copy)
    path = bundle_copy if is_damaged else bundle_copy / "nowhere"
    with kiosk(path, lambda bundle: opened_camera(camera), notifier) as service:
        state = until(service, lambda state: state.phase is Phase.NO_BUNDLE and state.camera_ready)
        wrong = "model.tflite is" if is_damaged else "found no manifest.json"

        assert wrong in state.note
        calls: list[Callable[[], object]] = [
            service.query.look,
            lambda: service.query.identify(b""),
            lambda: service.collection.record("a"),
            lambda: service.collection.picture("a", "thumb"),
            lambda: service.collection.options(Filters()),
            lambda: service.collection.manifest,
        ]
        for call in calls:
            with pytest.raises(BundleMissingError, match=wrong):
                call()
        health = service.health()
        assert not health.well
        assert health.manifest is None
        for _ in range(2):
            assert notifier.pings.acquire(timeout=LONG_S)  # systemd still sees it alive


def test_a_model_that_cannot_be_loaded_is_a_state_too(
    bundle_copy: Path,
    change_manifest: Callable[..., object],
    camera: PluggableCamera,
    notifier: BlockingNotifier,
) -> None:
    path = bundle_copy / layout.MODEL
    path.unlink()
    path.write_bytes(b"no model")
    sha256 = sha256_of(path)
    was = read_manifest(bundle_copy)
    change_manifest(
        bundle_copy,
        files=bundle_writer.entries(bundle_copy),
        model=replace(was.model, sha256=sha256),
        index=replace(was.index, model_sha256=sha256),
    )

    with kiosk(bundle_copy, lambda bundle: opened_camera(camera), notifier) as service:
        assert "can't be loaded" in service.snapshot().state.note
        held = [os.path.realpath(file) for file in Path("/proc/self/fd").iterdir()]
        assert not [path for path in held if path.startswith(str(bundle_copy))]  # all is let go


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
    """Gives one frame, then none until it is closed."""

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
    """And the loss that closing causes is nobody's news."""
    slow = SlowCamera(camera.pixels)
    with kiosk(small_bundle, lambda bundle: opened_camera(slow), notifier) as service:
        until(service, lambda state: state.phase is Phase.LOOKING)

    assert service.snapshot().state.phase is Phase.LOOKING
    assert service.health().camera_losses == 0
    assert slow.was_stopped  # and did not wait until the time was up


def test_ready_is_told_when_asked_to_and_not_before(
    service: KioskService, notifier: BlockingNotifier
) -> None:
    assert notifier.messages == []

    service.ready()

    assert notifier.messages == ["ready"]


def test_each_start_has_an_id_of_its_own(
    small_bundle: Path, camera: PluggableCamera, notifier: BlockingNotifier
) -> None:
    ids = set()
    for _ in range(2):
        with kiosk(small_bundle, lambda bundle: opened_camera(camera), notifier) as service:
            ids.add(service.boot_id)

    assert len(ids) == 2


def test_a_snapshot_waits_for_news_and_only_so_long(service: KioskService) -> None:
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
    assert max(frames.decode(first.jpeg, name="preview").shape) == 640


def test_records_pictures_and_options_come_from_the_bundle(service: KioskService) -> None:
    record = service.collection.record(service.collection.manifest.probes[0])

    assert service.collection.picture(record.record_id, "thumb")[8:12] == b"WEBP"
    assert service.collection.options(Filters()).remaining == 12
    with pytest.raises(UnknownRecordError):
        service.collection.record("nobody")


def test_time_is_the_clocks(
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


def test_the_configured_kiosk_replays_the_bundles_own_prints(small_bundle: Path) -> None:
    config = Config(
        bundle=small_bundle, camera=CameraConfig(kind="replay", fps=50), recognition=CONFIG
    )
    with open_kiosk(config, {}) as service:
        until(service, lambda state: state.phase is Phase.LOOKING)
        service.query.look()
        state = until(service, lambda state: state.answer is not None)

    assert state.phase is Phase.FOUND
    assert state.answer is not None
    assert state.answer.matches[0].score > 0.95


def test_the_configured_kiosk_looks_into_its_store_for_a_bundle(tmp_path: Path) -> None:
    config = Config(store=tmp_path, camera=CameraConfig(kind="none"), recognition=CONFIG)
    with open_kiosk(config, {}) as service:
        state = service.snapshot().state

    assert state.phase is Phase.NO_BUNDLE
    assert str(tmp_path / "current") in state.note


def test_a_camera_switched_off_is_told_as_such(small_bundle: Path) -> None:
    config = Config(bundle=small_bundle, camera=CameraConfig(kind="none"), recognition=CONFIG)
    with open_kiosk(config, {}) as service:
        assert "switched off" in until(service, lambda s: s.phase is Phase.CAMERA_LOST).note
