"""The staff's office in a running kiosk: what visitors do is counted, kept over a restart, and tells of nobody."""

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
from device.imaging.frames import Pixels, to_jpeg
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
def kiosk(bundle: Path, camera: PluggableCamera, office: StaffService) -> Iterator[KioskService]:
    """Give a running kiosk with an office."""

    def opener(_: OpenedBundle | None) -> PluggableCamera:
        camera.open()
        return camera

    with KioskService(
        bundle,
        CameraSetup(opener=opener),
        RecognitionConfig(threads=1),
        notifier=Notifier(None),
        staff=office,
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
    """The staff's."""
    return tmp_path / "staff"


@pytest.fixture
def open_office(folder: Path) -> Iterator[Callable[..., StaffService]]:
    """A function that opens an office, closed when the test is over."""
    offices = []

    def open_one(folders: StaffFolders | None = None, **given: object) -> StaffService:
        where = folders or StaffFolders(staff=folder)
        offices.append(StaffService(where, pause_s=90, **given))  # type: ignore[arg-type]  # the test's
        return offices[-1]

    yield open_one
    for office in offices:
        office.close()


def test_answers_are_counted_by_what_was_said_and_kept_over_a_restart(
    small_bundle: Path,
    camera: PluggableCamera,
    open_office: Callable[..., StaffService],
    print_pictures: dict[str, Pixels],
) -> None:
    office = open_office()
    with kiosk(small_bundle, camera, office) as service:
        service.query.look()
        until(service, Phase.FOUND)
        service.query.dismiss()
        service.query.identify(to_jpeg(next(iter(print_pictures.values())), side=640, quality=90))

    counted = statistics.total(open_office().statistics())

    assert counted["same_print"] == 2
    assert counted["uploads"] == 1


def test_what_was_not_found_is_listed_only_once_staff_have_asked_for_it(
    small_bundle: Path,
    camera: PluggableCamera,
    open_office: Callable[..., StaffService],
    folder: Path,
) -> None:
    camera.pixels = _checkered()
    office = open_office()
    with kiosk(small_bundle, camera, office) as service:
        service.query.look()
        until_answered(service)
        assert office.unmatched.entries() == ()
        office.save_preferences(StaffPreferences(keeps_unmatched=True))
        service.query.look()
        until_answered(service)
        office.flush()

        assert len(office.unmatched.entries()) == 1
        assert len(open_office().unmatched.entries()) == 1
        office.unmatched.clear()
    assert sorted(path.name for path in folder.iterdir() if "statistics" not in path.name) == [
        "choices.json"
    ]


def _checkered() -> Pixels:
    rng = np.random.default_rng(7)
    blocks = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
    return np.ascontiguousarray(blocks.repeat(20, axis=0).repeat(20, axis=1))


def until_answered(service: KioskService) -> None:
    """Wait for an answer that names no print, then take it off the screen."""
    for _ in range(100):
        if service.snapshot().state.phase in (Phase.NOT_FOUND, Phase.UNSURE):
            service.query.dismiss()
            until(service, Phase.LOOKING)
            return
        service.snapshot(service.snapshot().revision, 0.1)
    pytest.fail(f"expected no match, found {service.snapshot().state.phase}")


def test_a_proof_says_what_would_be_said_and_counts_nowhere(
    small_bundle: Path, camera: PluggableCamera, open_office: Callable[..., StaffService]
) -> None:
    office = open_office()
    with kiosk(small_bundle, camera, office) as service:
        proof = service.query.capture_for_staff()

        assert proof.answer.verdict == "same_print"
        assert proof.jpeg.startswith(b"\xff\xd8")
        assert min(proof.width, proof.height) > 100
        assert service.snapshot().state.phase is Phase.LOOKING
        assert service.health().answers == 0
        assert office.statistics() == ()
        camera.unplug()
        until(service, Phase.CAMERA_LOST)
        with pytest.raises(CameraLostError):
            service.query.capture_for_staff()


def test_choices_hold_at_once_and_after_a_restart(open_office: Callable[..., StaffService]) -> None:
    chosen = StaffPreferences(
        attract=Attract(enabled=False), opening=hours.parse({"monday": "10:00-18:00"})
    )
    open_office().save_preferences(chosen)

    assert open_office().preferences == chosen


def test_damaged_choices_are_the_defaults_and_said(
    open_office: Callable[..., StaffService], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    (folder / "choices.json").write_text("{")

    assert open_office().preferences == StaffPreferences()
    assert "set them again" in caplog.text


def test_a_folder_that_takes_nothing_costs_no_visitor_anything_and_is_told(
    open_office: Callable[..., StaffService], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file is in the way")
    office = open_office()
    office.note_visitor("de")
    office.flush()
    office.flush()

    assert not office.report().keeps
    assert statistics.total(office.statistics())["visits"] == 1
    assert caplog.text.count("statistics stay in memory") == 1
    with pytest.raises(StoreError):
        office.save_preferences(StaffPreferences(keeps_unmatched=True))
    assert not office.preferences.keeps_unmatched


def test_what_was_counted_is_written_once_an_hour_by_itself(
    open_office: Callable[..., StaffService], folder: Path
) -> None:
    time = FakeTime()
    office = open_office(clock=time.clock, sample_s=0.01)
    office.note_visitor("de")
    time.sleep(3599)
    office.report()
    assert not folder.exists()
    time.sleep(1)

    for _ in range(500):
        if folder.exists() and list(folder.glob("*.csv")):
            return
        sleep(0.01)
    pytest.fail("nothing was written")


def test_on_a_machine_that_is_too_hot_a_kiosk_does_less_and_answers(
    small_bundle: Path,
    camera: PluggableCamera,
    open_office: Callable[..., StaffService],
    tmp_path: Path,
) -> None:
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal")
    (zone / "temp").write_text("81000")
    office = open_office(
        StaffFolders(staff=tmp_path / "staff", sys=tmp_path / "sys"), sample_s=0.01
    )
    while not office.is_strained:
        sleep(0.01)
    with kiosk(small_bundle, camera, office) as service:
        before = service.health().camera.frames
        sleep(1.0)
        frames = service.health().camera.frames - before
        service.query.look()
        until(service, Phase.FOUND)

    assert frames <= 6  # of a hundred
    assert office.report().machine.is_strained


def test_a_disk_that_fails_when_it_is_tried_is_told_of(
    open_office: Callable[..., StaffService], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    office = open_office(sample_s=0.01, files=FailingFiles(0, "EIO", lasting=True))
    while office.report().keeps:
        sleep(0.01)

    assert office.report().storage is Storage.REFUSES
    assert caplog.text.count("the disk was tried") == 1


def test_a_disk_is_said_to_be_what_is_worst_of_it() -> None:
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


def test_the_last_lines_of_the_log_are_kept_and_no_more() -> None:
    kept = RecentLog()
    log = logging.Logger("any")
    log.addHandler(kept)
    for number in range(1500):
        log.warning("line %d", number)

    lines = kept.lines()
    assert len(lines) == 1000
    assert lines[-1].endswith("WARNING any: line 1499")
