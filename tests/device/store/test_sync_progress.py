"""The progress of a sync is written for staff, rarely, and never makes the sync fail."""

import itertools
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from device.errors import NoRoomError
from device.store import sync_progress
from device.store.sync_progress import SyncStep
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult

NOW = datetime(2026, 11, 23, 10, 30, 15, 999)


def fetched(tell: Callable[[FetchProgress], None]) -> SyncOutcome:
    """Fetch a thousand bytes."""
    for done in range(0, 1001, 10):
        tell(FetchProgress(version=3, done_bytes=done, total_bytes=1000))
    return SyncOutcome(result=SyncResult.INSTALLED, version=3)


def test_the_result_is_written(tmp_path: Path) -> None:
    outcome = sync_progress.record_progress(fetched, tmp_path, "https://x.example", now=lambda: NOW)

    kept = sync_progress.read(tmp_path, is_stick=False)
    assert outcome.version == 3
    assert kept is not None and kept.is_over
    assert (kept.step, kept.version, kept.told) == (SyncStep.INSTALLED, 3, "2026-11-23T10:30:15")
    assert (kept.done_bytes, kept.total_bytes, kept.source) == (1000, 1000, "https://x.example")
    assert sync_progress.read(tmp_path, is_stick=True) is None


def test_progress_is_written_only_at_each_tenth(tmp_path: Path) -> None:
    told: list[int] = []

    def sync(tell: Callable[[FetchProgress], None]) -> SyncOutcome:
        def watched(progress: FetchProgress) -> None:
            tell(progress)
            told.append(sync_progress.progress_path(tmp_path, is_stick=True).stat().st_ino)

        return fetched(watched)

    sync_progress.record_progress(sync, tmp_path, "the stick", is_stick=True)

    changes = sum(a != b for a, b in itertools.pairwise(told))
    assert len(told) == 101
    assert changes == 10


def test_an_error_is_written_with_its_number_and_line(tmp_path: Path) -> None:
    def sync(tell: Callable[[FetchProgress], None]) -> SyncOutcome:
        raise NoRoomError("the disk is full")

    with pytest.raises(NoRoomError):
        sync_progress.record_progress(sync, tmp_path, "the stick", is_stick=True)

    kept = sync_progress.read(tmp_path, is_stick=True)
    assert kept is not None
    assert (kept.step, kept.number, kept.line) == (SyncStep.FAILED, 6, "E6: the disk is full")


def test_a_sync_goes_on_if_its_progress_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where a folder should be")

    assert sync_progress.record_progress(fetched, tmp_path / "store", "the stick").version == 3


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff", b'{"step": "dancing"}', b"[" * 50_000, b'{"step": 1}'],
    ids=lambda data: str(data[:20]),
)
def test_a_damaged_progress_file_is_ignored(tmp_path: Path, data: bytes) -> None:
    sync_progress.progress_path(tmp_path, is_stick=False).write_bytes(data)

    assert sync_progress.read(tmp_path, is_stick=False) is None


def test_a_progress_file_with_an_unknown_step_is_ignored(tmp_path: Path) -> None:
    sync_progress.record_progress(fetched, tmp_path, "x")
    path = sync_progress.progress_path(tmp_path, is_stick=False)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"step": "dancing"}))

    assert sync_progress.read(tmp_path, is_stick=False) is None
