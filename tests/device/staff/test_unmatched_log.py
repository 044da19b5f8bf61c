"""The unmatched log holds only what the curator needs, is bounded, and can be cleared."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest
from crash_simulator import CrashSimulator, Disk, RecordingFiles
from failing_disk import FailingFiles

from device.bundle.reader import OpenedBundle
from device.errors import StoreError
from device.recognition.recogniser import Answer, Match
from device.recognition.verdict import Verdict
from device.staff import unmatched_log
from device.staff.unmatched_log import FILE, MAX_ENTRIES, UnmatchedLog, UnmatchedPicture

NOW = datetime(2026, 11, 23, 14, 5, 59)


@pytest.fixture
def answer(open_small: OpenedBundle) -> Callable[[Verdict], Answer]:
    """A function that makes an answer with five matches."""

    def make(verdict: Verdict) -> Answer:
        matches = [
            Match(record=open_small.records.at(n), score=0.71234 - n / 100) for n in range(5)
        ]
        return Answer(
            bundle_id="0" * 16,
            verdict=verdict,
            matches=tuple(matches),
            sheet=None,
            turn_deg=0,
            mirrored=False,
            hint=None,
            timings_ms={},
        )

    return make


def load(folder: Path) -> UnmatchedLog:
    """Load the log, as each start of the service does."""
    return UnmatchedLog(folder, now=lambda: NOW)


def test_an_unmatched_query_is_listed_with_its_nearest_records_and_nothing_else(
    tmp_path: Path, answer: Callable[[Verdict], Answer], open_small: OpenedBundle
) -> None:
    log = load(tmp_path)
    for verdict in Verdict:
        log.add_if_unmatched(answer(verdict))
    log.flush()

    ids = [open_small.records.at(n).record_id for n in range(3)]
    nearest = tuple(zip(ids, (0.712, 0.702, 0.692), strict=True))
    expected = tuple(
        UnmatchedPicture(time="2026-11-23 14:05", verdict=verdict, nearest=nearest)
        for verdict in ("similar_only", "not_in_collection")
    )
    assert log.entries() == expected == load(tmp_path).entries()
    assert [field.name for field in fields(UnmatchedPicture)] == ["time", "verdict", "nearest"]
    assert len((tmp_path / FILE).read_bytes()) < 300


def test_the_log_is_bounded_in_memory_and_on_the_disk(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    log = load(tmp_path)
    for _ in range(MAX_ENTRIES + 50):
        log.add_if_unmatched(answer(Verdict.SIMILAR_ONLY))
    log.flush()

    assert len(log.entries()) == len(load(tmp_path).entries()) == MAX_ENTRIES


def test_entries_are_appended_until_the_file_is_rewritten_with_the_newest(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    files = RecordingFiles()
    log = UnmatchedLog(tmp_path, now=lambda: NOW, files=files)
    lengths = []
    for _ in range(5 * MAX_ENTRIES // 50):
        for _ in range(50):
            log.add_if_unmatched(answer(Verdict.SIMILAR_ONLY))
        log.flush()
        lengths.append(len((tmp_path / FILE).read_text().splitlines()) - 1)

    assert lengths == [
        *range(50, 4 * MAX_ENTRIES + 1, 50),
        MAX_ENTRIES,
        *range(MAX_ENTRIES + 50, 2 * MAX_ENTRIES, 50),
    ]
    assert load(tmp_path).entries() == log.entries()


def test_a_partial_line_is_skipped_and_overwritten(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    first = load(tmp_path)
    first.add_if_unmatched(answer(Verdict.SIMILAR_ONLY))
    first.flush()
    with (tmp_path / FILE).open("ab") as file:
        file.write(b"2026-11-23 14:06,simi")
    second = load(tmp_path)
    assert len(second.entries()) == 1
    second.add_if_unmatched(answer(Verdict.NOT_IN_COLLECTION))
    second.flush()

    assert len(load(tmp_path).entries()) == 2
    assert b"simi\n" not in (tmp_path / FILE).read_bytes()


def test_nothing_is_written_without_a_new_entry(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    log = load(tmp_path / "staff")
    log.add_if_unmatched(answer(Verdict.SAME_PRINT))
    log.flush()
    assert not (tmp_path / "staff").exists()

    log.add_if_unmatched(answer(Verdict.SIMILAR_ONLY))
    log.flush()
    (tmp_path / "staff" / FILE).unlink()
    log.flush()
    assert not (tmp_path / "staff" / FILE).exists()


def test_clearing_deletes_the_file_too(tmp_path: Path, answer: Callable[[Verdict], Answer]) -> None:
    log = load(tmp_path)
    log.add_if_unmatched(answer(Verdict.SIMILAR_ONLY))
    log.flush()
    log.clear()
    log.flush()

    assert log.entries() == load(tmp_path).entries() == ()
    assert list(tmp_path.iterdir()) == []
    log.clear()  # a second time has no effect


def test_entries_that_the_disk_refused_are_written_next_time(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    log = UnmatchedLog(tmp_path, now=lambda: NOW, files=FailingFiles(0, "ENOSPC"))
    log.add_if_unmatched(answer(Verdict.SIMILAR_ONLY))
    with pytest.raises(StoreError, match="free some space"):
        log.flush()
    log.flush()

    assert len(load(tmp_path).entries()) == 1


def test_a_power_cut_leaves_the_old_log_or_the_new_one(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    folder = tmp_path / "staff"
    first = load(folder)
    first.add_if_unmatched(answer(Verdict.SIMILAR_ONLY))
    first.flush()
    before, files = Disk.read(folder), RecordingFiles()
    again = UnmatchedLog(folder, now=lambda: NOW, files=files)
    again.add_if_unmatched(answer(Verdict.NOT_IN_COLLECTION))
    again.flush()

    seen = set()
    for number, state in enumerate(CrashSimulator(before, files.log, folder).states()):
        place = tmp_path / f"state-{number}"
        state.disk.write(place)
        seen.add(len(load(place).entries()))
    assert seen == {1, 2}


@pytest.mark.parametrize("content", [b"\xff", b"h\na", b"h\na,b,c", b"h\na,b,c,x", b'h\n"a'])
def test_a_damaged_log_is_replaced_by_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)

    assert load(tmp_path).entries() == ()


def test_the_csv_has_a_header_and_one_row_for_each_entry() -> None:
    entry = UnmatchedPicture(
        time="2026-11-23 14:05", verdict="similar_only", nearest=(("a,b", 0.5),)
    )

    assert unmatched_log.to_csv([entry]).splitlines() == [
        "time,answer,record_1,score_1,record_2,score_2,record_3,score_3",
        '2026-11-23 14:05,similar_only,"a,b",0.500',
    ]
