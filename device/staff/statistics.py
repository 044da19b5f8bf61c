"""Hourly counts of how the kiosk is used, without any data about a person.

Counts are kept in memory and written once an hour and at the end. There is one file a month and one line an hour, appended
to spare the card. If an hour has several lines, the last one counts. A power cut loses the counts since the last write, and
nothing that was written before.
"""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.staff import append_log
from device.store.atomic_files import (
    AtomicFiles,
    append_bytes,
    ensure_folder,
    translate_disk_errors,
    write_atomically,
)

_log = logging.getLogger(__name__)

VISITS = "visits"
LANGUAGE = "language_"
# Columns of every file, in this order; columns of languages follow.
COLUMNS = (VISITS, "same_print", "same_image", "similar_only", "not_in_collection", "uploads")
_LIMIT_BYTES = 2_000_000
_MONTH = re.compile(r"statistics-(\d{4}-\d\d)\.csv", re.ASCII)
_HOUR = re.compile(r"\d{4}-\d\d-\d\d \d\d:00", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCounts:
    """The counts of one hour.

    Attributes:
        hour: Start of the hour in local time, such as `2026-11-23 14:00`.
        counts: Count by column; a missing column counts 0.
    """

    hour: str
    counts: Mapping[str, int]


class Statistics:
    """Counts events by the hour and keeps the counts in the staff folder. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = datetime.now,
        files: AtomicFiles | None = None,
    ) -> None:
        """Start counting; nothing is read or written yet.

        Args:
            folder: The staff folder; created at the first write.
            now: Returns the local time.
            files: The operations that change the disk.
        """
        self._folder = folder
        self._now = now
        self._files = files or AtomicFiles()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        # By hour: counts since the start, those of them that are written, and counts from before the start.
        self._counted: dict[str, Counter[str]] = {}
        self._written: dict[str, Counter[str]] = {}
        self._before: dict[str, Counter[str]] = {}

    def count(self, column: str) -> None:
        """Add one to a column of the current hour."""
        with self._lock:
            self._counted.setdefault(self._hour(), Counter())[column] += 1

    def flush(self) -> None:
        """Write the counts that have changed since the last write.

        After a failure they are written by the next call.

        Raises:
            StoreError: When the folder can't be written.
        """
        with self._writing:
            with self._lock:
                taken = {hour: Counter(counts) for hour, counts in self._counted.items()}
            changed = {hour: c for hour, c in taken.items() if c != self._written.get(hour)}
            for month in sorted({hour[:7] for hour in changed}):
                self._write(month, {h: c for h, c in changed.items() if h.startswith(month)})
            self._drop_finished_hours(taken)

    def hourly_counts(self) -> tuple[HourCounts, ...]:
        """Return all counts, oldest first; a file that can't be read is logged and left out."""
        with self._writing:
            kept: dict[str, Counter[str]] = {}
            for month in self._months():
                kept |= self._read(month).counts
            with self._lock:
                for hour, counts in self._counted.items():
                    kept[hour] = self._count_before_start(hour, kept) + counts
        return tuple(HourCounts(hour=hour, counts=kept[hour]) for hour in sorted(kept))

    def _write(self, month: str, taken: Mapping[str, Counter[str]]) -> None:
        table = self._read(month)
        for hour, counts in taken.items():
            # Kept, so that a line is not counted twice if a failing disk has written it after all.
            self._before[hour] = self._count_before_start(hour, table.counts)
            table.counts[hour] = self._before[hour] + counts
        changed = [HourCounts(hour=hour, counts=table.counts[hour]) for hour in sorted(taken)]
        with translate_disk_errors(self._folder, "write the statistics"):
            ensure_folder(self._files, self._folder)
            if table.has_columns_for(changed):
                rows = _rows(changed, table.columns)
                append_bytes(self._files, self._path(month), append_log.to_csv_lines(rows).encode())
            else:
                self._set_damaged_aside(month)
                hours = [HourCounts(hour=h, counts=c) for h, c in sorted(table.counts.items())]
                write_atomically(self._files, self._path(month), to_csv(hours).encode())
        self._written |= taken

    def _count_before_start(self, hour: str, kept: Mapping[str, Counter[str]]) -> Counter[str]:
        return self._before[hour] if hour in self._before else kept.get(hour, Counter())

    def _drop_finished_hours(self, taken: Mapping[str, Counter[str]]) -> None:
        """Drop past hours from memory once they are written."""
        now = self._hour()
        with self._lock:
            for hour, counts in taken.items():
                if hour != now and self._counted[hour] == counts:
                    for by_hour in (self._counted, self._written, self._before):
                        del by_hour[hour]

    def _hour(self) -> str:
        return f"{self._now():%Y-%m-%d %H}:00"

    def _months(self) -> list[str]:
        try:
            found = [_MONTH.fullmatch(path.name) for path in self._folder.iterdir()]
        except OSError:
            return []
        return sorted(match[1] for match in found if match)

    def _path(self, month: str) -> Path:
        return self._folder / f"statistics-{month}.csv"

    def _read(self, month: str) -> "_Month":
        try:
            return _read_month(self._path(month))
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            _log.warning("statistics of %s can't be read and are left out: %s", month, error)
        return _Month(columns=(), counts={}, is_whole=False)

    def _set_damaged_aside(self, month: str) -> None:
        """Rename a file that can't be parsed, so that it is never overwritten."""
        path = self._path(month)
        try:
            _read_month(path)
        except FileNotFoundError:
            return
        except ValueError:
            number = len(list(self._folder.glob(f"{path.name}.damaged-*"))) + 1
            self._files.rename(path, path.with_name(f"{path.name}.damaged-{number}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """One month's file: its columns, counts by hour, and whether lines can be appended."""

    columns: tuple[str, ...]
    counts: dict[str, Counter[str]]
    is_whole: bool

    def has_columns_for(self, rows: Iterable[HourCounts]) -> bool:
        """Whether rows can be appended: the file has a column for each of their counts."""
        return self.is_whole and {name for row in rows for name in row.counts} <= {*self.columns}


def to_csv(rows: Iterable[HourCounts]) -> str:
    """Return counts as CSV with a header and one row for each hour."""
    rows = list(rows)
    others = sorted({name for row in rows for name in row.counts} - {*COLUMNS})
    columns = (*COLUMNS, *others)
    return append_log.to_csv_lines((("hour", *columns), *_rows(rows, columns)))


def _rows(rows: Iterable[HourCounts], columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    return [(row.hour, *(row.counts.get(name, 0) for name in columns)) for row in rows]


def total(rows: Iterable[HourCounts]) -> Counter[str]:
    """Return the sum of each column over all hours."""
    summed: Counter[str] = Counter()
    for row in rows:
        summed.update(row.counts)
    return summed


def _read_month(path: Path) -> _Month:
    """Read a month's file.

    Raises:
        OSError: When it can't be read.
        ValueError: When it is not a table of hourly counts.
    """
    log = append_log.read(path, _LIMIT_BYTES)
    header, *rows = log.rows or ([],)
    if header[:1] != ["hour"]:
        raise ValueError(f"{path}: expected a header that starts with 'hour'")
    try:
        counts = dict(_parse_row(row, header[1:]) for row in rows)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return _Month(columns=tuple(header[1:]), counts=counts, is_whole=log.is_whole)


def _parse_row(row: list[str], names: list[str]) -> tuple[str, Counter[str]]:
    hour, *values = row or [""]
    if not _HOUR.fullmatch(hour):
        raise ValueError(f"expected an hour such as '2026-11-23 14:00', found {hour[:20]!r}")
    pairs = zip(names, map(int, values), strict=True)
    return hour, Counter({name: count for name, count in pairs if count > 0})
