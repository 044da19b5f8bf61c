"""A list of the queries without a match, for the curator.

It is kept only if staff have enabled it.
Each line has the time, the verdict and the nearest records. It has no picture, fingerprint or local features, so that
the print that a visitor showed can't be reconstructed.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.errors import StoreError
from device.recognition.recogniser import Answer
from device.recognition.verdict import ACCEPTED
from device.staff import append_log
from device.store.atomic_files import (
    AtomicFiles,
    append_bytes,
    discard,
    ensure_folder,
    translate_disk_errors,
    write_atomically,
)

_log = logging.getLogger(__name__)

FILE = "missed.csv"
MAX_ENTRIES = 300
# Lines in the file at which it is rewritten with the newest entries only.
_MAX_LINES = 4 * MAX_ENTRIES
NEAREST = 3
HEADER = (
    "time",
    "answer",
    *(f"{name}_{n}" for n in range(1, NEAREST + 1) for name in ("record", "score")),
)
_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedPicture:
    """A query without a match.

    Attributes:
        time: Local time to the minute, such as `2026-11-23 14:05`.
        verdict: `similar_only` or `not_in_collection`.
        nearest: Ids and scores (cosine, -1..1) of the nearest records, nearest first.
    """

    time: str
    verdict: str
    nearest: tuple[tuple[str, float], ...]


class UnmatchedLog:
    """The newest queries without a match, in memory and in the staff folder. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = datetime.now,
        files: AtomicFiles | None = None,
    ) -> None:
        """Load the stored entries.

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
        stored, is_whole = _read(folder / FILE)
        self._entries = deque(stored, maxlen=MAX_ENTRIES)
        self._unwritten = 0
        # Lines that can be appended to the file; 0 if it must be rewritten.
        self._lines_left = _MAX_LINES - len(stored) if is_whole else 0

    def add_if_unmatched(self, answer: Answer) -> None:
        """Add an answer without a match; a full list drops its oldest entry."""
        if answer.verdict in ACCEPTED or not answer.matches:
            return
        nearest = tuple((m.record.record_id, round(m.score, 3)) for m in answer.matches[:NEAREST])
        when = f"{self._now():%Y-%m-%d %H:%M}"
        with self._lock:
            self._entries.append(
                UnmatchedPicture(time=when, verdict=answer.verdict.value, nearest=nearest)
            )
            self._unwritten += 1

    def entries(self) -> tuple[UnmatchedPicture, ...]:
        """Return the entries, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def flush(self) -> None:
        """Write the new entries.

        Raises:
            StoreError: When the folder can't be written; the entries are kept for the next call.
        """
        with self._writing:
            with self._lock:
                new, self._unwritten = self._unwritten, 0
                listed = tuple(self._entries)
            if new:
                self._try_write(listed, new)

    def clear(self) -> None:
        """Delete all entries, in memory and on the disk.

        Raises:
            StoreError: When the folder can't be written.
        """
        with self._writing:
            with self._lock:
                self._entries.clear()
                self._unwritten = 0
            self._lines_left = 0
            with translate_disk_errors(self._folder, "delete the list of unmatched prints"):
                discard(self._files, self._folder / FILE)

    def _try_write(self, listed: tuple[UnmatchedPicture, ...], new: int) -> None:
        try:
            with translate_disk_errors(self._folder, "write the list of unmatched prints"):
                ensure_folder(self._files, self._folder)
                self._write(listed, new)
        except StoreError:
            with self._lock:
                self._unwritten += new
            self._lines_left = 0  # how much of it the disk has written is unknown
            raise

    def _write(self, listed: tuple[UnmatchedPicture, ...], new: int) -> None:
        path = self._folder / FILE
        if new <= min(self._lines_left, len(listed)) and path.is_file():
            append_bytes(
                self._files, path, append_log.to_csv_lines(map(_row, listed[-new:])).encode()
            )
            self._lines_left -= new
        else:
            write_atomically(self._files, path, to_csv(listed).encode())
            self._lines_left = _MAX_LINES - len(listed)


def to_csv(entries: Iterable[UnmatchedPicture]) -> str:
    """Return entries as CSV with a header."""
    return append_log.to_csv_lines((HEADER, *map(_row, entries)))


def _row(entry: UnmatchedPicture) -> tuple[str, ...]:
    cells = [cell for record_id, score in entry.nearest for cell in (record_id, f"{score:.3f}")]
    return (entry.time, entry.verdict, *cells)


def _read(path: Path) -> tuple[list[UnmatchedPicture], bool]:
    """Return the stored entries, and whether lines can be appended to the file."""
    try:
        log = append_log.read(path, _LIMIT_BYTES)
        return [_parse_row(row) for row in log.rows[1:]], log.is_whole
    except FileNotFoundError:
        return [], False
    except (OSError, ValueError) as error:
        _log.warning("%s: can't be read and is replaced by an empty list: %s", path, error)
        return [], False


def _parse_row(row: list[str]) -> UnmatchedPicture:
    when, verdict, *cells = row
    pairs = zip(cells[::2], map(float, cells[1::2]), strict=True)
    return UnmatchedPicture(time=when, verdict=verdict, nearest=tuple(pairs))
