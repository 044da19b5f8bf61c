"""Statistics survive restarts, power cuts and failing disks, and are written rarely."""

import csv
import io
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from crash_simulator import CrashSimulator, Disk, RecordingFiles
from failing_disk import FAULTS, FailingFiles
from hypothesis import given
from hypothesis import strategies as some

from device.errors import StoreError
from device.staff import statistics
from device.staff.statistics import HourCounts, Statistics, to_csv, total


class Clock:
    """A local time that the test advances."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 30, 22, 10)

    def now(self) -> datetime:
        return self.time

    def advance(self, **time: float) -> None:
        self.time += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    """Ten past ten, on the last evening of a month."""
    return Clock()


@pytest.fixture
def start(tmp_path: Path, clock: Clock) -> Callable[[], Statistics]:
    """A function that opens the statistics, as each start of the service does."""
    return lambda: Statistics(tmp_path / "staff", now=clock.now)


def counts_by_hour(counts: Statistics) -> dict[str, dict[str, int]]:
    """Return the counts by hour."""
    return {each.hour: dict(each.counts) for each in counts.hourly_counts()}


def test_counts_are_kept_by_the_hour_over_months_and_restarts(
    start: Callable[[], Statistics], clock: Clock, tmp_path: Path
) -> None:
    first = start()
    first.count("visits")
    first.count("visits")
    clock.advance(hours=1)
    first.count("same_print")
    first.flush()
    clock.advance(hours=1)  # December
    first.count("visits")
    first.flush()
    second = start()
    second.count("visits")

    assert counts_by_hour(second) == {
        "2026-11-30 22:00": {"visits": 2},
        "2026-11-30 23:00": {"same_print": 1},
        "2026-12-01 00:00": {"visits": 2},
    }
    assert sorted(path.name for path in (tmp_path / "staff").iterdir()) == [
        "statistics-2026-11.csv",
        "statistics-2026-12.csv",
    ]


def test_counting_does_not_write_and_flushing_without_counts_does_not_either(
    start: Callable[[], Statistics], tmp_path: Path
) -> None:
    counts = start()
    counts.flush()
    counts.count("visits")

    assert not (tmp_path / "staff").exists()


@pytest.mark.slow
def test_a_busy_day_writes_less_than_a_kilobyte(tmp_path: Path, clock: Clock) -> None:
    clock.time = datetime(2026, 11, 1, 10)
    files = RecordingFiles()
    counts = Statistics(tmp_path, now=clock.now, files=files)
    for day in range(30):
        before = len(files.log)
        for _ in range(8):
            for column in (*statistics.COLUMNS, "language_de", "language_en"):
                for _ in range(500):
                    counts.count(column)
            clock.advance(hours=1)
            counts.flush()
        written = sum(len(step.data) for step in files.log[before:])
        assert written < 1_000, day
        clock.advance(hours=16)


def test_the_csv_has_a_header_and_a_zero_for_each_missing_count() -> None:
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
def test_any_counts_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, counted: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    clock = Clock()
    counts = Statistics(folder, now=clock.now)
    for minutes, column in counted:
        clock.advance(minutes=minutes)
        counts.count(column)
    before = counts_by_hour(counts)

    counts.flush()

    assert counts_by_hour(counts) == before == counts_by_hour(Statistics(folder, now=clock.now))


def test_a_power_cut_leaves_the_old_month_or_the_new_one_complete(
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
    for number, state in enumerate(CrashSimulator(before, files.log, folder).states()):
        place = tmp_path / f"state-{number}"
        state.disk.write(place)
        seen.add(total(Statistics(place, now=clock.now).hourly_counts())["visits"])
    assert seen == {1, 2}


def test_a_partial_line_is_skipped_and_the_rest_stays(
    start: Callable[[], Statistics], clock: Clock, tmp_path: Path
) -> None:
    first = start()
    first.count("visits")
    first.flush()
    path = tmp_path / "staff/statistics-2026-11.csv"
    with path.open("ab") as file:
        file.write(b"2026-11-30 23:0")
    second = start()
    clock.advance(hours=1)
    second.count("visits")
    second.flush()

    assert counts_by_hour(start()) == {
        "2026-11-30 22:00": {"visits": 1},
        "2026-11-30 23:00": {"visits": 1},
    }
    assert [path.name for path in path.parent.iterdir()] == [path.name]


def test_a_new_counter_gets_a_column_and_the_rest_stays(
    start: Callable[[], Statistics], tmp_path: Path
) -> None:
    first = start()
    for language in ("language_de", "language_fr", "language_de"):
        first.count(language)
        first.flush()

    assert counts_by_hour(start()) == {"2026-11-30 22:00": {"language_de": 2, "language_fr": 1}}
    path = tmp_path / "staff/statistics-2026-11.csv"
    assert [len(line.split(",")) for line in path.read_text().splitlines()] == [9, 9, 9]


@pytest.mark.parametrize("fault", FAULTS)
def test_counts_that_a_failing_disk_refused_are_neither_lost_nor_doubled(
    tmp_path: Path, clock: Clock, fault: str
) -> None:
    for fails_at in range(12):
        folder = tmp_path / str(fails_at)
        counts = Statistics(folder, now=clock.now, files=FailingFiles(fails_at, fault))
        counts.count("visits")
        with suppress(StoreError):
            counts.flush()
        assert total(counts.hourly_counts())["visits"] == 1
        counts.count("visits")
        for _ in range(2):
            with suppress(StoreError):
                counts.flush()
        assert total(counts.hourly_counts())["visits"] == 2
        assert total(Statistics(folder, now=clock.now).hourly_counts())["visits"] == 2


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
def test_a_damaged_month_is_renamed_and_never_overwritten(
    start: Callable[[], Statistics], tmp_path: Path, content: bytes
) -> None:
    folder = tmp_path / "staff"
    folder.mkdir()
    (folder / "statistics-2026-11.csv").write_bytes(content)
    counts = start()
    counts.count("visits")
    counts.flush()

    assert total(start().hourly_counts())["visits"] == 1
    assert (folder / "statistics-2026-11.csv.damaged-1").read_bytes() == content


def test_concurrent_counts_are_not_lost(start: Callable[[], Statistics]) -> None:
    counts = start()

    def work() -> None:
        for _ in range(200):
            counts.count("visits")

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for _ in range(20):
        counts.flush()
    for worker in workers:
        worker.join()
    counts.flush()

    assert total(start().hourly_counts())["visits"] == 800
