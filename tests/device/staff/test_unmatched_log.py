"""The list of missed matches: only what the curator needs, the newest first to stay, and gone when cleared."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import pytest
from crashing_disk import Crashes, Disk, RecordingFiles
from failing_disk import FailingFiles

from device.bundle.reader import OpenedBundle
from device.errors import StoreError
from device.recognition.recogniser import Answer, Match
from device.recognition.verdict import Verdict
from device.staff import unmatched_log
from device.staff.unmatched_log import FILE, MOST, UnmatchedLog, UnmatchedPicture

NOW = datetime(2026, 11, 23, 14, 5, 59)


@pytest.fixture
def answer(open_small: OpenedBundle) -> Callable[[Verdict], Answer]:
    """A function that gives an answer which names five records."""

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


def begin(folder: Path) -> UnmatchedLog:
    """Begin as each start does."""
    return UnmatchedLog(folder, now=lambda: NOW)


def test_what_was_not_found_is_listed_with_its_nearest_and_nothing_else(
    tmp_path: Path, answer: Callable[[Verdict], Answer], open_small: OpenedBundle
) -> None:
    kept = begin(tmp_path)
    for verdict in Verdict:
        kept.note(answer(verdict))
    kept.flush()

    ids = [open_small.records.at(n).record_id for n in range(3)]
    nearest = tuple(zip(ids, (0.712, 0.702, 0.692), strict=True))
    expected = tuple(
        UnmatchedPicture(time="2026-11-23 14:05", verdict=verdict, nearest=nearest)
        for verdict in ("similar_only", "not_in_collection")
    )
    assert kept.all() == expected == begin(tmp_path).all()
    assert [field.name for field in fields(UnmatchedPicture)] == ["time", "verdict", "nearest"]
    assert len((tmp_path / FILE).read_bytes()) < 300


def test_the_list_is_bounded_in_memory_and_on_the_disk(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    kept = begin(tmp_path)
    for _ in range(MOST + 50):
        kept.note(answer(Verdict.SIMILAR_ONLY))
    kept.flush()

    assert len(kept.all()) == len(begin(tmp_path).all()) == MOST


def test_what_is_new_is_added_to_the_file_until_it_is_begun_anew_with_the_newest(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    files = RecordingFiles()
    kept = UnmatchedLog(tmp_path, now=lambda: NOW, files=files)
    lengths = []
    for _ in range(5 * MOST // 50):
        for _ in range(50):
            kept.note(answer(Verdict.SIMILAR_ONLY))
        kept.flush()
        lengths.append(len((tmp_path / FILE).read_text().splitlines()) - 1)

    assert lengths == [*range(50, 4 * MOST + 1, 50), MOST, *range(MOST + 50, 2 * MOST, 50)]
    assert begin(tmp_path).all() == kept.all()


def test_a_line_cut_short_is_passed_over_and_written_over(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    first = begin(tmp_path)
    first.note(answer(Verdict.SIMILAR_ONLY))
    first.flush()
    with (tmp_path / FILE).open("ab") as file:
        file.write(b"2026-11-23 14:06,simi")
    second = begin(tmp_path)
    assert len(second.all()) == 1
    second.note(answer(Verdict.NOT_IN_COLLECTION))
    second.flush()

    assert len(begin(tmp_path).all()) == 2
    assert b"simi\n" not in (tmp_path / FILE).read_bytes()


def test_nothing_is_written_when_there_is_no_news(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    kept = begin(tmp_path / "staff")
    kept.note(answer(Verdict.SAME_PRINT))
    kept.flush()
    assert not (tmp_path / "staff").exists()

    kept.note(answer(Verdict.SIMILAR_ONLY))
    kept.flush()
    (tmp_path / "staff" / FILE).unlink()
    kept.flush()
    assert not (tmp_path / "staff" / FILE).exists()


def test_what_is_cleared_is_gone_from_the_disk_too(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    kept = begin(tmp_path)
    kept.note(answer(Verdict.SIMILAR_ONLY))
    kept.flush()
    kept.clear()
    kept.flush()

    assert kept.all() == begin(tmp_path).all() == ()
    assert list(tmp_path.iterdir()) == []
    kept.clear()  # a second time does nothing


def test_what_the_disk_did_not_take_is_tried_again(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    kept = UnmatchedLog(tmp_path, now=lambda: NOW, files=FailingFiles(0, "ENOSPC"))
    kept.note(answer(Verdict.SIMILAR_ONLY))
    with pytest.raises(StoreError, match="make room"):
        kept.flush()
    kept.flush()

    assert len(begin(tmp_path).all()) == 1


def test_whenever_the_power_goes_the_old_list_or_the_new_one_is_there(
    tmp_path: Path, answer: Callable[[Verdict], Answer]
) -> None:
    folder = tmp_path / "staff"
    first = begin(folder)
    first.note(answer(Verdict.SIMILAR_ONLY))
    first.flush()
    before, files = Disk.read(folder), RecordingFiles()
    again = UnmatchedLog(folder, now=lambda: NOW, files=files)
    again.note(answer(Verdict.NOT_IN_COLLECTION))
    again.flush()

    seen = set()
    for number, state in enumerate(Crashes(before, files.log, folder).states()):
        place = tmp_path / f"state-{number}"
        state.disk.write(place)
        seen.add(len(begin(place).all()))
    assert seen == {1, 2}


@pytest.mark.parametrize("content", [b"\xff", b"h\na", b"h\na,b,c", b"h\na,b,c,x", b'h\n"a'])
def test_a_damaged_list_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)

    assert begin(tmp_path).all() == ()


def test_the_table_has_a_header_and_a_row_each() -> None:
    miss = UnmatchedPicture(
        time="2026-11-23 14:05", verdict="similar_only", nearest=(("a,b", 0.5),)
    )

    assert unmatched_log.to_csv([miss]).splitlines() == [
        "time,answer,record_1,score_1,record_2,score_2,record_3,score_3",
        '2026-11-23 14:05,similar_only,"a,b",0.500',
    ]
