"""What there is to say of updates, to whoever has put a stick in and to staff."""

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
    """Time that passes when a test says so."""
    return FakeTime()


def put_in(store: Path, *, is_stick: bool = True) -> None:
    """Let a sync come to its end."""
    done = SyncOutcome(result=SyncResult.UP_TO_DATE, version=7)
    sync_progress.record_progress(lambda tell: done, store, "the source", is_stick=is_stick)


def test_what_was_said_before_the_kiosk_started_is_not_shown_again(
    tmp_path: Path, fake_time: FakeTime
) -> None:
    put_in(tmp_path)

    assert UpdateStatus(tmp_path, fake_time.clock).usb_progress() is None


def test_the_end_is_shown_for_two_minutes(tmp_path: Path, fake_time: FakeTime) -> None:
    updates = UpdateStatus(tmp_path, fake_time.clock)
    assert updates.usb_progress() is None

    put_in(tmp_path)

    shown = updates.usb_progress()
    assert shown is not None and shown.version == 7
    fake_time.sleep(SHOWN_S - 1)
    assert updates.usb_progress() == shown
    fake_time.sleep(1)
    assert updates.usb_progress() is None


def test_a_sync_that_says_nothing_more_is_believed_for_a_quarter_of_an_hour(
    tmp_path: Path, fake_time: FakeTime
) -> None:
    updates = UpdateStatus(tmp_path, fake_time.clock)

    with pytest.raises(KeyboardInterrupt):  # killed: nobody says how it ended
        sync_progress.record_progress(killed, tmp_path, "the stick", is_stick=True)

    shown = updates.usb_progress()
    assert shown is not None and not shown.is_over
    fake_time.sleep(SILENT_S - 1)
    assert updates.usb_progress() == shown
    fake_time.sleep(1)
    assert updates.usb_progress() is None


def killed(tell: object) -> SyncOutcome:
    raise KeyboardInterrupt


def test_a_kiosk_without_a_store_has_nothing_to_say() -> None:
    updates = UpdateStatus(None)

    assert (updates.usb_progress(), updates.report()) == (None, None)


def test_staff_see_the_last_sync_whether_by_stick_or_by_network(tmp_path: Path) -> None:
    updates = UpdateStatus(tmp_path)
    put_in(tmp_path)

    def stopped(tell: object) -> SyncOutcome:
        raise SourceError("https://x.example: can't be reached")

    with pytest.raises(SourceError):
        sync_progress.record_progress(stopped, tmp_path, "https://x.example")

    standing = updates.report()
    assert standing is not None and standing.last_sync is not None
    # Told within the same second or the next: the stick's, or the later one.
    last = sync_progress.read(tmp_path, is_stick=False)
    stick = sync_progress.read(tmp_path, is_stick=True)
    assert last and stick
    assert standing.last_sync == (last if last.told > stick.told else stick)
    assert (last.number, last.line[:3]) == (2, "E2:")


def test_staff_see_bundles_notices_and_what_changed(tmp_path: Path, small_bundle: Path) -> None:
    for name in ("first", "second"):
        shutil.copytree(small_bundle, tmp_path / "releases" / name)
        Bundles(tmp_path).activate(name)
    notices = Notices().with_withdrawn("a", "2026-11-23").with_amended("b", {"title": "T"})
    kept_notices.write(AtomicFiles(), tmp_path, notices)

    standing = UpdateStatus(tmp_path).report()

    assert standing is not None
    assert [each.name for each in standing.bundles] == ["first", "second"]
    assert str(standing.changes) == "0 added, 0 removed, 0 altered"
    assert (standing.notices, standing.withdrawn, standing.amended) == (2, 1, 1)
    assert (standing.last_sync, standing.refused, standing.expires) == (None, (), "")
    assert not standing.is_expiring and not standing.fault


def test_a_memory_that_decayed_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "standing.json").write_text("{")

    standing = UpdateStatus(tmp_path).report()

    assert standing is not None and "can't be read" in standing.fault


def test_progress_is_told_as_it_comes(tmp_path: Path, fake_time: FakeTime) -> None:
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
