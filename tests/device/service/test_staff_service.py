"""Visitors' actions are counted, kept over a restart, and name no person."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from failing_disk import FailingFiles
from fake_time import FakeTime
from pluggable_camera import PluggableCamera

from device.bundle.reader import OpenedBundle
from device.config import RecognitionConfig
from device.errors import CameraLostError, StoreError
from device.imaging.encoding import to_jpeg
from device.imaging.frames import Pixels
from device.sd_notify import Notifier
from device.service import (
    Attract,
    CameraSetup,
    HardwareHealth,
    KioskService,
    RecentLog,
    StaffFolders,
    StaffPreferences,
    StaffReport,
    StaffService,
    Storage,
    hours,
    statistics,
)
from device.service.state import Phase
from device.staff.hardware_health import LOW_DISK_BYTES


@contextmanager
def kiosk(bundle: Path, camera: PluggableCamera, staff: StaffService) -> Iterator[KioskService]:
    """Yield a running kiosk with staff."""

    def opener(_: OpenedBundle | None) -> PluggableCamera:
        camera.open()
        return camera

    with KioskService(
        bundle,
        CameraSetup(opener=opener),
        RecognitionConfig(threads=1),
        notifier=Notifier(None),
        staff=staff,
    ) as service:
        until(service, Phase.LOOKING)
        yield service


def until(service: KioskService, phase: Phase) -> None:
    """Wait for a phase."""
    snapshot = service.snapshot()
    for _ in range(100):
        if snapshot.state.phase is phase:
            return
        snapshot = service.snapshot(snapshot.revision, 0.5)
    pytest.fail(f"expected {phase}, found {snapshot.state.phase}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The staff's folder."""
    return tmp_path / "staff"


@pytest.fixture
def open_staff(folder: Path) -> Iterator[Callable[..., StaffService]]:
    """A function that opens a staff service, closed at the end of the test."""
    opened = []

    def open_one(folders: StaffFolders | None = None, **given: object) -> StaffService:
        where = folders or StaffFolders(staff=folder)
        opened.append(StaffService(where, pause_s=90, **given))  # type: ignore[arg-type]  # the test's
        return opened[-1]

    yield open_one
    for staff in opened:
        staff.close()


@pytest.mark.slow
def test_answers_are_counted_by_verdict_and_kept_over_a_restart(
    small_bundle: Path,
    camera: PluggableCamera,
    open_staff: Callable[..., StaffService],
    print_pictures: dict[str, Pixels],
) -> None:
    staff = open_staff()
    with kiosk(small_bundle, camera, staff) as service:
        service.query.look()
        until(service, Phase.FOUND)
        service.query.dismiss()
        service.query.identify(to_jpeg(next(iter(print_pictures.values())), side=640, quality=90))

    counted = statistics.total(open_staff().statistics())

    assert counted["same_print"] == 2
    assert counted["uploads"] == 1


@pytest.mark.slow
def test_unmatched_pictures_are_listed_only_if_staff_have_chosen_that(
    small_bundle: Path,
    camera: PluggableCamera,
    open_staff: Callable[..., StaffService],
    folder: Path,
) -> None:
    camera.pixels = _checkered()
    staff = open_staff()
    with kiosk(small_bundle, camera, staff) as service:
        service.query.look()
        until_answered(service)
        assert staff.unmatched.entries() == ()
        staff.save_preferences(StaffPreferences(keeps_unmatched=True))
        service.query.look()
        until_answered(service)
        staff.flush()

        assert len(staff.unmatched.entries()) == 1
        assert len(open_staff().unmatched.entries()) == 1
        staff.unmatched.clear()
    assert sorted(path.name for path in folder.iterdir() if "statistics" not in path.name) == [
        "choices.json"
    ]


def _checkered() -> Pixels:
    rng = np.random.default_rng(7)
    blocks = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
    return np.ascontiguousarray(blocks.repeat(20, axis=0).repeat(20, axis=1))


def until_answered(service: KioskService) -> None:
    """Wait for an answer that names no print, then dismiss it."""
    for _ in range(100):
        if service.snapshot().state.phase in (Phase.NOT_FOUND, Phase.UNSURE):
            service.query.dismiss()
            until(service, Phase.LOOKING)
            return
        service.snapshot(service.snapshot().revision, 0.1)
    pytest.fail(f"expected no match, found {service.snapshot().state.phase}")


@pytest.mark.slow
def test_a_staff_capture_has_the_answer_and_is_not_counted(
    small_bundle: Path, camera: PluggableCamera, open_staff: Callable[..., StaffService]
) -> None:
    staff = open_staff()
    with kiosk(small_bundle, camera, staff) as service:
        capture = service.query.capture_for_staff()

        assert capture.answer.verdict == "same_print"
        assert capture.jpeg.startswith(b"\xff\xd8")
        assert min(capture.width, capture.height) > 100
        assert service.snapshot().state.phase is Phase.LOOKING
        assert service.health().answers == 0
        assert staff.statistics() == ()
        camera.unplug()
        until(service, Phase.CAMERA_LOST)
        with pytest.raises(CameraLostError):
            service.query.capture_for_staff()


def test_preferences_apply_at_once_and_after_a_restart(
    open_staff: Callable[..., StaffService],
) -> None:
    chosen = StaffPreferences(
        attract=Attract(enabled=False), opening=hours.parse({"monday": "10:00-18:00"})
    )
    open_staff().save_preferences(chosen)

    assert open_staff().preferences == chosen


def test_damaged_preferences_are_replaced_by_the_defaults_and_logged(
    open_staff: Callable[..., StaffService], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    (folder / "choices.json").write_text("{")

    assert open_staff().preferences == StaffPreferences()
    assert "set them again" in caplog.text


def test_a_folder_that_refuses_writes_is_reported_and_visitors_are_still_counted(
    open_staff: Callable[..., StaffService], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file is in the way")
    staff = open_staff()
    staff.note_visitor("de")
    staff.flush()
    staff.flush()

    assert not staff.report().keeps
    assert statistics.total(staff.statistics())["visits"] == 1
    assert caplog.text.count("statistics stay in memory") == 1
    with pytest.raises(StoreError):
        staff.save_preferences(StaffPreferences(keeps_unmatched=True))
    assert not staff.preferences.keeps_unmatched


def test_counts_are_written_once_an_hour(
    open_staff: Callable[..., StaffService], folder: Path
) -> None:
    time = FakeTime()
    staff = open_staff(clock=time.clock, sample_s=0.01)
    staff.note_visitor("de")
    time.sleep(3599)
    staff.report()
    assert not folder.exists()
    time.sleep(1)

    for _ in range(500):
        if folder.exists() and list(folder.glob("*.csv")):
            return
        sleep(0.01)
    pytest.fail("nothing was written")


@pytest.mark.slow
def test_a_kiosk_on_a_hot_machine_reduces_its_load_and_still_answers(
    small_bundle: Path,
    camera: PluggableCamera,
    open_staff: Callable[..., StaffService],
    tmp_path: Path,
) -> None:
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal")
    (zone / "temp").write_text("81000")
    staff = open_staff(StaffFolders(staff=tmp_path / "staff", sys=tmp_path / "sys"), sample_s=0.01)
    while not staff.is_strained:
        sleep(0.01)
    with kiosk(small_bundle, camera, staff) as service:
        before = service.health().camera.frames
        sleep(1.0)
        frames = service.health().camera.frames - before
        service.query.look()
        until(service, Phase.FOUND)

    assert frames <= 6  # of a hundred
    assert staff.report().machine.is_strained


def test_a_failed_disk_check_is_reported(
    open_staff: Callable[..., StaffService], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    staff = open_staff(sample_s=0.01, files=FailingFiles(0, "EIO", lasting=True))
    while staff.report().keeps:
        sleep(0.01)

    assert staff.report().storage is Storage.REFUSES
    assert caplog.text.count("the disk check failed") == 1


def test_the_disks_state_is_its_worst_fault() -> None:
    well = HardwareHealth(
        temperature_c=None,
        is_throttled=None,
        is_strained=False,
        had_under_voltage=None,
        free_bytes=LOW_DISK_BYTES,
        total_bytes=None,
        is_read_only=False,
        disk_errors=0,
        has_clock=True,
    )
    little = replace(well, free_bytes=LOW_DISK_BYTES - 1)
    errors = replace(little, disk_errors=1)
    lost = replace(errors, is_read_only=True)

    assert [
        StaffReport(machine=each, keeps=True).storage for each in (well, little, errors, lost)
    ] == [
        Storage.GOOD,
        Storage.LITTLE,
        Storage.ERRORS,
        Storage.READ_ONLY,
    ]
    assert StaffReport(machine=errors, keeps=False).storage is Storage.REFUSES


def test_only_the_last_lines_of_the_log_are_kept() -> None:
    kept = RecentLog()
    log = logging.Logger("any")
    log.addHandler(kept)
    for number in range(1500):
        log.warning("line %d", number)

    lines = kept.lines()
    assert len(lines) == 1000
    assert lines[-1].endswith("WARNING any: line 1499")
