"""The state of updates on the stand's screen and on the staff's page."""

import shutil
from pathlib import Path

import pytest
from fake_time import FakeTime

from device.bundle.notices import Notices
from device.errors import SourceError
from device.service.collection.update_status import SHOWN_S, SILENT_S, UpdateStatus
from device.store import notices as kept_notices
from device.store import sync_progress
from device.store.atomic_files import AtomicFiles
from device.store.bundles import Bundles
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult


@pytest.fixture
def fake_time() -> FakeTime:
    """A clock that the test sets."""
    return FakeTime()


def finish_sync(store: Path, *, is_stick: bool = True) -> None:
    """Run a sync to its end."""
    done = SyncOutcome(result=SyncResult.UP_TO_DATE, version=7)
    sync_progress.record_progress(lambda tell: done, store, "the source", is_stick=is_stick)


def test_an_update_from_before_the_start_is_not_shown(tmp_path: Path, fake_time: FakeTime) -> None:
    finish_sync(tmp_path)

    assert UpdateStatus(tmp_path, fake_time.clock).usb_progress() is None


def test_the_end_of_an_update_is_shown_for_two_minutes(tmp_path: Path, fake_time: FakeTime) -> None:
    updates = UpdateStatus(tmp_path, fake_time.clock)
    assert updates.usb_progress() is None

    finish_sync(tmp_path)

    shown = updates.usb_progress()
    assert shown is not None and shown.version == 7
    fake_time.sleep(SHOWN_S - 1)
    assert updates.usb_progress() == shown
    fake_time.sleep(1)
    assert updates.usb_progress() is None


def test_a_silent_sync_counts_as_running_for_a_quarter_of_an_hour(
    tmp_path: Path, fake_time: FakeTime
) -> None:
    updates = UpdateStatus(tmp_path, fake_time.clock)

    with pytest.raises(KeyboardInterrupt):  # killed without a last word
        sync_progress.record_progress(killed, tmp_path, "the stick", is_stick=True)

    shown = updates.usb_progress()
    assert shown is not None and not shown.is_over
    fake_time.sleep(SILENT_S - 1)
    assert updates.usb_progress() == shown
    fake_time.sleep(1)
    assert updates.usb_progress() is None


def killed(tell: object) -> SyncOutcome:
    raise KeyboardInterrupt


def test_without_a_store_there_is_no_report() -> None:
    updates = UpdateStatus(None)

    assert (updates.usb_progress(), updates.report()) == (None, None)


def test_staff_see_the_last_sync_by_usb_or_by_network(tmp_path: Path) -> None:
    updates = UpdateStatus(tmp_path)
    finish_sync(tmp_path)

    def stopped(tell: object) -> SyncOutcome:
        raise SourceError("https://x.example: can't be reached")

    with pytest.raises(SourceError):
        sync_progress.record_progress(stopped, tmp_path, "https://x.example")

    report = updates.report()
    assert report is not None and report.last_sync is not None
    # Told within the same second or the next: the stick's, or the later one.
    last = sync_progress.read(tmp_path, is_stick=False)
    stick = sync_progress.read(tmp_path, is_stick=True)
    assert last and stick
    assert report.last_sync == (last if last.told > stick.told else stick)
    assert (last.number, last.line[:3]) == (2, "E2:")


def test_staff_see_bundles_notices_and_changes(tmp_path: Path, small_bundle: Path) -> None:
    for name in ("first", "second"):
        shutil.copytree(small_bundle, tmp_path / "releases" / name)
        Bundles(tmp_path).activate(name)
    notices = Notices().with_withdrawn("a", "2026-11-23").with_amended("b", {"title": "T"})
    kept_notices.write(AtomicFiles(), tmp_path, notices)

    report = UpdateStatus(tmp_path).report()

    assert report is not None
    assert [each.name for each in report.bundles] == ["first", "second"]
    assert str(report.changes) == "0 added, 0 removed, 0 altered"
    assert (report.notices, report.withdrawn, report.amended) == (2, 1, 1)
    assert (report.last_sync, report.refused, report.expires) == (None, (), "")
    assert not report.is_expiring and not report.fault


def test_a_damaged_store_state_is_reported(tmp_path: Path) -> None:
    (tmp_path / "standing.json").write_text("{")

    report = UpdateStatus(tmp_path).report()

    assert report is not None and "can't be read" in report.fault


def test_each_progress_of_a_usb_update_is_shown(tmp_path: Path, fake_time: FakeTime) -> None:
    updates, seen = UpdateStatus(tmp_path, fake_time.clock), []

    def sync(tell: object) -> SyncOutcome:
        assert callable(tell)
        for done in (0, 500, 1000):
            tell(FetchProgress(version=8, done_bytes=done, total_bytes=1000))
            seen.append(updates.usb_progress())
        return SyncOutcome(result=SyncResult.INSTALLED, version=8)

    sync_progress.record_progress(sync, tmp_path, "the stick", is_stick=True)

    assert [(each.step, each.done_bytes) for each in seen if each] == [
        ("fetching", 0),
        ("fetching", 500),
        ("trying", 1000),
    ]
