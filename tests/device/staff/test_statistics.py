"""Statistics: what is counted is there again after a restart, nothing tells of anybody, and writes are few and whole."""

import csv
import io
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from crashing_disk import Crashes, Disk, RecordingFiles
from failing_disk import FAULTS, FailingFiles
from fake_time import FakeTime
from hypothesis import given
from hypothesis import strategies as some

from device.errors import StoreError
from device.staff import statistics
from device.staff.sessions import SessionTracker
from device.staff.statistics import HourCounts, Statistics, to_csv, total


class Clock:
    """The local time, in a test's hands."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 30, 22, 10)

    def now(self) -> datetime:
        return self.time

    def pass_by(self, **time: float) -> None:
        self.time += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    """Half past ten, the last evening of a month."""
    return Clock()


@pytest.fixture
def begin(tmp_path: Path, clock: Clock) -> Callable[[], Statistics]:
    """A function that starts counting, as the service does at each start."""
    return lambda: Statistics(tmp_path / "staff", now=clock.now)


def shown(kept: Statistics) -> dict[str, dict[str, int]]:
    """Give the counts by hour."""
    return {each.hour: dict(each.counts) for each in kept.hours()}


def test_counts_are_kept_by_the_hour_over_months_and_restarts(
    begin: Callable[[], Statistics], clock: Clock, tmp_path: Path
) -> None:
    first = begin()
    first.count("visits")
    first.count("visits")
    clock.pass_by(hours=1)
    first.count("same_print")
    first.flush()
    clock.pass_by(hours=1)  # December
    first.count("visits")
    first.flush()
    second = begin()
    second.count("visits")

    assert shown(second) == {
        "2026-11-30 22:00": {"visits": 2},
        "2026-11-30 23:00": {"same_print": 1},
        "2026-12-01 00:00": {"visits": 2},
    }
    assert sorted(path.name for path in (tmp_path / "staff").iterdir()) == [
        "statistics-2026-11.csv",
        "statistics-2026-12.csv",
    ]


def test_nothing_is_written_before_it_is_time_and_nothing_when_nothing_was_counted(
    begin: Callable[[], Statistics], tmp_path: Path
) -> None:
    kept = begin()
    kept.flush()
    kept.count("visits")

    assert not (tmp_path / "staff").exists()


def test_a_day_in_a_busy_gallery_is_a_few_lines_of_writing(tmp_path: Path, clock: Clock) -> None:
    clock.time = datetime(2026, 11, 1, 10)
    files = RecordingFiles()
    kept = Statistics(tmp_path, now=clock.now, files=files)
    for day in range(30):
        before = len(files.log)
        for _ in range(8):
            for what in (*statistics.COLUMNS, "language_de", "language_en"):
                for _ in range(500):
                    kept.count(what)
            clock.pass_by(hours=1)
            kept.flush()
        written = sum(len(step.data) for step in files.log[before:])
        assert written < 1_000, day
        clock.pass_by(hours=16)


def test_the_table_opens_in_a_spreadsheet() -> None:
    rows = [HourCounts(hour="2026-11-23 10:00", counts={"visits": 3, "language_de": 2})]

    table = list(csv.DictReader(io.StringIO(to_csv(rows))))

    assert table[0]["hour"] == "2026-11-23 10:00"
    assert table[0]["visits"] == "3"
    assert table[0]["same_print"] == "0"
    assert table[0]["language_de"] == "2"
    assert total([*rows, *rows])["visits"] == 6


@given(
    counted=some.lists(
        some.tuples(some.integers(0, 50), some.sampled_from(("visits", "language_fr", "x"))),
        max_size=30,
    )
)
def test_whatever_was_counted_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, counted: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    clock = Clock()
    kept = Statistics(folder, now=clock.now)
    for minutes, what in counted:
        clock.pass_by(minutes=minutes)
        kept.count(what)
    before = shown(kept)

    kept.flush()

    assert shown(kept) == before == shown(Statistics(folder, now=clock.now))


def test_whenever_the_power_goes_the_old_month_or_the_new_one_is_there_whole(
    tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "staff"
    first = Statistics(folder, now=clock.now)
    first.count("visits")
    first.flush()
    before, files = Disk.read(folder), RecordingFiles()
    again = Statistics(folder, now=clock.now, files=files)
    again.count("visits")
    again.flush()

    seen = set()
    for number, state in enumerate(Crashes(before, files.log, folder).states()):
        place = tmp_path / f"state-{number}"
        state.disk.write(place)
        seen.add(total(Statistics(place, now=clock.now).hours())["visits"])
    assert seen == {1, 2}


def test_a_line_cut_short_is_passed_over_and_the_rest_stays(
    begin: Callable[[], Statistics], clock: Clock, tmp_path: Path
) -> None:
    first = begin()
    first.count("visits")
    first.flush()
    path = tmp_path / "staff/statistics-2026-11.csv"
    with path.open("ab") as file:
        file.write(b"2026-11-30 23:0")
    second = begin()
    clock.pass_by(hours=1)
    second.count("visits")
    second.flush()

    assert shown(begin()) == {"2026-11-30 22:00": {"visits": 1}, "2026-11-30 23:00": {"visits": 1}}
    assert [path.name for path in path.parent.iterdir()] == [path.name]


def test_what_was_never_counted_before_gets_a_column_and_the_rest_stays(
    begin: Callable[[], Statistics], tmp_path: Path
) -> None:
    first = begin()
    for language in ("language_de", "language_fr", "language_de"):
        first.count(language)
        first.flush()

    assert shown(begin()) == {"2026-11-30 22:00": {"language_de": 2, "language_fr": 1}}
    path = tmp_path / "staff/statistics-2026-11.csv"
    assert [len(line.split(",")) for line in path.read_text().splitlines()] == [9, 9, 9]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_failing_disk_did_not_take_is_counted_once_all_the_same(
    tmp_path: Path, clock: Clock, fault: str
) -> None:
    for fails_at in range(12):
        folder = tmp_path / str(fails_at)
        kept = Statistics(folder, now=clock.now, files=FailingFiles(fails_at, fault))
        kept.count("visits")
        with suppress(StoreError):
            kept.flush()
        assert total(kept.hours())["visits"] == 1
        kept.count("visits")
        for _ in range(2):
            with suppress(StoreError):
                kept.flush()
        assert total(kept.hours())["visits"] == 2
        assert total(Statistics(folder, now=clock.now).hours())["visits"] == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense\n",
        b"\xff\n",
        b"hour,visits\nx,1\n",
        b"hour,visits\n2026-11-30 22:00,many\n",
        b"hour,visits\n2026-11-30 22:00\n",
    ],
)
def test_a_damaged_month_is_put_aside_and_never_written_over(
    begin: Callable[[], Statistics], tmp_path: Path, content: bytes
) -> None:
    folder = tmp_path / "staff"
    folder.mkdir()
    (folder / "statistics-2026-11.csv").write_bytes(content)
    kept = begin()
    kept.count("visits")
    kept.flush()

    assert total(begin().hours())["visits"] == 1
    assert (folder / "statistics-2026-11.csv.damaged-1").read_bytes() == content


def test_nothing_is_lost_when_all_count_at_once(begin: Callable[[], Statistics]) -> None:
    kept = begin()

    def work() -> None:
        for _ in range(200):
            kept.count("visits")

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for _ in range(20):
        kept.flush()
    for worker in workers:
        worker.join()
    kept.flush()

    assert total(begin().hours())["visits"] == 800


def test_whoever_comes_after_a_pause_is_another_visitor_and_each_language_counts_once() -> None:
    time = FakeTime()
    visits = SessionTracker(90, time.clock)

    assert visits.note("de") == ("visits", "language_de")
    time.sleep(90)
    assert visits.note("de") == ()
    assert visits.note("fr") == ("language_fr",)
    time.sleep(90.1)
    assert visits.note("de") == ("visits", "language_de")
