"""What visitors held up and the kiosk did not name, for the curator: kept only where staff have asked for it.

A line each: when, what was said, and which records came nearest. No picture, no fingerprint, no details: nothing from which
what was held up could be made again.
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
from device.store.atomic_files import AtomicFiles, add, discard, ensure_folder, telling, write_whole

_log = logging.getLogger(__name__)

FILE = "missed.csv"
MOST = 300
# So many lines may lie in the file before it is begun anew with the newest.
_MOST_LINES = 4 * MOST
NEAREST = 3
HEADER = (
    "time",
    "answer",
    *(f"{w}_{n}" for n in range(1, NEAREST + 1) for w in ("record", "score")),
)
_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedPicture:
    """One question without a match.

    Attributes:
        time: By the machine's local clock, to the minute, such as `2026-11-23 14:05`.
        verdict: What was said: `similar_only` or `not_in_collection`.
        nearest: Ids of the nearest records, nearest first, and how near their fingerprints are (cosine, -1..1).
    """

    time: str
    verdict: str
    nearest: tuple[tuple[str, float], ...]


class UnmatchedLog:
    """The newest misses. For any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = datetime.now,
        files: AtomicFiles | None = None,
    ) -> None:
        """Begin with those that were kept.

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
        kept, is_whole = _read(folder / FILE)
        self._misses = deque(kept, maxlen=MOST)
        self._unwritten = 0
        # Lines that may be added to the file; none where it has to be written whole.
        self._room = _MOST_LINES - len(kept) if is_whole else 0

    def note(self, answer: Answer) -> None:
        """Put an answer on the list, if nothing was found; the oldest goes when the list is full."""
        if answer.verdict in ACCEPTED or not answer.matches:
            return
        nearest = tuple((m.record.record_id, round(m.score, 3)) for m in answer.matches[:NEAREST])
        when = f"{self._now():%Y-%m-%d %H:%M}"
        with self._lock:
            self._misses.append(
                UnmatchedPicture(time=when, verdict=answer.verdict.value, nearest=nearest)
            )
            self._unwritten += 1

    def all(self) -> tuple[UnmatchedPicture, ...]:
        """Give the list, oldest first."""
        with self._lock:
            return tuple(self._misses)

    def flush(self) -> None:
        """Write what is new; raises `StoreError` when the folder can't be written."""
        with self._writing:
            with self._lock:
                new, self._unwritten = self._unwritten, 0
                listed = tuple(self._misses)
            if new:
                self._keep(listed, new)

    def clear(self) -> None:
        """Forget the list, here and on the disk; raises `StoreError` when the folder can't be written."""
        with self._writing:
            with self._lock:
                self._misses.clear()
                self._unwritten = 0
            self._room = 0
            with telling(self._folder, "clear the list of missed matches"):
                discard(self._files, self._folder / FILE)

    def _keep(self, listed: tuple[UnmatchedPicture, ...], new: int) -> None:
        try:
            with telling(self._folder, "keep the list of missed matches"):
                ensure_folder(self._files, self._folder)
                self._write(listed, new)
        except StoreError:
            with self._lock:
                self._unwritten += new
            self._room = 0  # nobody knows what of it the disk took
            raise

    def _write(self, listed: tuple[UnmatchedPicture, ...], new: int) -> None:
        path = self._folder / FILE
        if new <= min(self._room, len(listed)) and path.is_file():
            add(self._files, path, append_log.written(map(_row, listed[-new:])).encode())
            self._room -= new
        else:
            write_whole(self._files, path, to_csv(listed).encode())
            self._room = _MOST_LINES - len(listed)


def to_csv(misses: Iterable[UnmatchedPicture]) -> str:
    """Give the list as a table with a header."""
    return append_log.written((HEADER, *map(_row, misses)))


def _row(miss: UnmatchedPicture) -> tuple[str, ...]:
    cells = [cell for record_id, score in miss.nearest for cell in (record_id, f"{score:.3f}")]
    return (miss.time, miss.verdict, *cells)


def _read(path: Path) -> tuple[list[UnmatchedPicture], bool]:
    """Give what is kept, and whether lines may be added to it."""
    try:
        kept = append_log.read(path, _LIMIT_BYTES)
        return [_miss(row) for row in kept.rows[1:]], kept.is_whole
    except FileNotFoundError:
        return [], False
    except (OSError, ValueError) as error:
        _log.warning("%s: can't be read, and is begun anew: %s", path, error)
        return [], False


def _miss(row: list[str]) -> UnmatchedPicture:
    when, verdict, *cells = row
    pairs = zip(cells[::2], map(float, cells[1::2]), strict=True)
    return UnmatchedPicture(time=when, verdict=verdict, nearest=tuple(pairs))
