"""How much the kiosk is used: counts by the hour, and nothing about anybody.

Counted in memory and written once an hour and at the end, a file a month: a line an hour, added at its end, so that the card
lives long; of two lines for one hour the later holds. When the power goes, what was written before is there whole, and what
was counted since the last hour is lost.
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
from device.store.atomic_files import AtomicFiles, add, ensure_folder, telling, write_whole

_log = logging.getLogger(__name__)

VISITS = "visits"
LANGUAGE = "language_"
# Columns that are always there, in this order; each language comes after them.
COLUMNS = (VISITS, "same_print", "same_image", "similar_only", "not_in_collection", "uploads")
_LIMIT_BYTES = 2_000_000
_MONTH = re.compile(r"statistics-(\d{4}-\d\d)\.csv", re.ASCII)
_HOUR = re.compile(r"\d{4}-\d\d-\d\d \d\d:00", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCounts:
    """What was counted in one hour.

    Attributes:
        hour: By the machine's local clock, such as `2026-11-23 14:00`.
        counts: Column to count; what isn't there is 0.
    """

    hour: str
    counts: Mapping[str, int]


class Statistics:
    """Counts. For any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = datetime.now,
        files: AtomicFiles | None = None,
    ) -> None:
        """Begin; nothing is read or written yet.

        Args:
            folder: The staff's, made when something is written.
            now: The local time.
            files: What changes the disk.
        """
        self._folder = folder
        self._now = now
        self._files = files or AtomicFiles()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        # By hour: what was counted since the start, what of it is written, and what the file had before.
        self._counted: dict[str, Counter[str]] = {}
        self._written: dict[str, Counter[str]] = {}
        self._before: dict[str, Counter[str]] = {}

    def count(self, what: str) -> None:
        """Count one of these, in this hour."""
        with self._lock:
            self._counted.setdefault(self._hour(), Counter())[what] += 1

    def flush(self) -> None:
        """Write what was counted since the last time; on failure it stays in memory for the next.

        Raises:
            StoreError: When the folder can't be written.
        """
        with self._writing:
            with self._lock:
                taken = {hour: Counter(counts) for hour, counts in self._counted.items()}
            news = {hour: c for hour, c in taken.items() if c != self._written.get(hour)}
            for month in sorted({hour[:7] for hour in news}):
                self._write(month, {h: c for h, c in news.items() if h.startswith(month)})
            self._forget(taken)

    def hours(self) -> tuple[HourCounts, ...]:
        """Give all that was ever counted, oldest first; what can't be read is left out, and said in the log."""
        with self._writing:
            kept: dict[str, Counter[str]] = {}
            for month in self._months():
                kept |= self._read(month).counts
            with self._lock:
                for hour, counts in self._counted.items():
                    kept[hour] = self._base(hour, kept) + counts
        return tuple(HourCounts(hour=hour, counts=kept[hour]) for hour in sorted(kept))

    def _write(self, month: str, taken: Mapping[str, Counter[str]]) -> None:
        table = self._read(month)
        for hour, counts in taken.items():
            # Remembered, so that what a failing disk took after all is not counted twice.
            self._before[hour] = self._base(hour, table.counts)
            table.counts[hour] = self._before[hour] + counts
        news = [HourCounts(hour=hour, counts=table.counts[hour]) for hour in sorted(taken)]
        with telling(self._folder, "keep the statistics"):
            ensure_folder(self._files, self._folder)
            if table.takes(news):
                rows = _rows(news, table.columns)
                add(self._files, self._path(month), append_log.written(rows).encode())
            else:
                self._keep_damaged(month)
                hours = [HourCounts(hour=h, counts=c) for h, c in sorted(table.counts.items())]
                write_whole(self._files, self._path(month), to_csv(hours).encode())
        self._written |= taken

    def _base(self, hour: str, kept: Mapping[str, Counter[str]]) -> Counter[str]:
        return self._before[hour] if hour in self._before else kept.get(hour, Counter())

    def _forget(self, taken: Mapping[str, Counter[str]]) -> None:
        """Let go of the hours that are over and written."""
        now = self._hour()
        with self._lock:
            for hour, counts in taken.items():
                if hour != now and self._counted[hour] == counts:
                    for remembered in (self._counted, self._written, self._before):
                        del remembered[hour]

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
            _log.warning("statistics of %s can't be read: %s", month, error)
        return _Month(columns=(), counts={}, is_whole=False)

    def _keep_damaged(self, month: str) -> None:
        """Put a file that can't be read aside, for somebody who can: it is never written over."""
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
    """What one month's file holds: its columns, counts by hour, and whether lines may be added to it."""

    columns: tuple[str, ...]
    counts: dict[str, Counter[str]]
    is_whole: bool

    def takes(self, rows: Iterable[HourCounts]) -> bool:
        """Whether these can be added as lines: the file has a column for everything that was counted."""
        return self.is_whole and {name for row in rows for name in row.counts} <= {*self.columns}


def to_csv(rows: Iterable[HourCounts]) -> str:
    """Give counts as a table with a header, one row an hour, for any spreadsheet."""
    rows = list(rows)
    others = sorted({name for row in rows for name in row.counts} - {*COLUMNS})
    columns = (*COLUMNS, *others)
    return append_log.written((("hour", *columns), *_rows(rows, columns)))


def _rows(rows: Iterable[HourCounts], columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    return [(row.hour, *(row.counts.get(name, 0) for name in columns)) for row in rows]


def total(rows: Iterable[HourCounts]) -> Counter[str]:
    """Give the sums over hours."""
    summed: Counter[str] = Counter()
    for row in rows:
        summed.update(row.counts)
    return summed


def _read_month(path: Path) -> _Month:
    """Read a month's file; raises `ValueError` when it isn't such a table."""
    kept = append_log.read(path, _LIMIT_BYTES)
    header, *rows = kept.rows or ([],)
    if header[:1] != ["hour"]:
        raise ValueError(f"{path}: expected a header")
    try:
        counts = dict(_counted(row, header[1:]) for row in rows)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return _Month(columns=tuple(header[1:]), counts=counts, is_whole=kept.is_whole)


def _counted(row: list[str], names: list[str]) -> tuple[str, Counter[str]]:
    hour, *values = row or [""]
    if not _HOUR.fullmatch(hour):
        raise ValueError(f"expected an hour, found {hour[:20]!r}")
    pairs = zip(names, map(int, values), strict=True)
    return hour, Counter({name: count for name, count in pairs if count > 0})
