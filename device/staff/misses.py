"""What visitors held up and the kiosk did not name, for the curator: kept only where staff have asked for it.

A line each: when, what was said, and which records came nearest. No picture, no fingerprint, no details: nothing from which
what was held up could be made again.
"""

import csv
import io
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
from device.store.files import Files, discard, ensure_folder, telling, write_whole

_log = logging.getLogger(__name__)

FILE = "missed.csv"
MOST = 300
NEAREST = 3
HEADER = (
    "time",
    "answer",
    *(f"{w}_{n}" for n in range(1, NEAREST + 1) for w in ("record", "score")),
)
_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One question without a match.

    Attributes:
        time: By the machine's local clock, to the minute, such as `2026-11-23 14:05`.
        verdict: What was said: `similar_only` or `not_in_collection`.
        nearest: Ids of the nearest records, nearest first, and how near their fingerprints are (cosine, -1..1).
    """

    time: str
    verdict: str
    nearest: tuple[tuple[str, float], ...]


class Misses:
    """The newest misses. For any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = datetime.now,
        files: Files | None = None,
    ) -> None:
        """Begin with those that were kept.

        Args:
            folder: The staff's, made when something is written.
            now: The local time.
            files: What changes the disk.
        """
        self._folder = folder
        self._now = now
        self._files = files or Files()
        self._lock = threading.Lock()
        self._misses = deque(_read(folder / FILE), maxlen=MOST)
        self._is_news = False

    def note(self, answer: Answer) -> None:
        """Put an answer on the list, if nothing was found; the oldest goes when the list is full."""
        if answer.verdict in ACCEPTED or not answer.matches:
            return
        nearest = tuple((m.record.record_id, round(m.score, 3)) for m in answer.matches[:NEAREST])
        when = f"{self._now():%Y-%m-%d %H:%M}"
        with self._lock:
            self._misses.append(Miss(time=when, verdict=answer.verdict.value, nearest=nearest))
            self._is_news = True

    def all(self) -> tuple[Miss, ...]:
        """Give the list, oldest first."""
        with self._lock:
            return tuple(self._misses)

    def flush(self) -> None:
        """Write the list, if it is news; raises `StoreError` when the folder can't be written."""
        with self._lock:
            is_news, self._is_news = self._is_news, False
            text = to_csv(self._misses)
        if not is_news:
            return
        try:
            with telling(self._folder, "keep the list of missed matches"):
                ensure_folder(self._files, self._folder)
                write_whole(self._files, self._folder / FILE, text.encode())
        except StoreError:
            self._is_news = True
            raise

    def clear(self) -> None:
        """Forget the list, here and on the disk; raises `StoreError` when the folder can't be written."""
        with self._lock:
            self._misses.clear()
            self._is_news = False
            with telling(self._folder, "clear the list of missed matches"):
                discard(self._files, self._folder / FILE)


def to_csv(misses: Iterable[Miss]) -> str:
    """Give the list as a table with a header."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for miss in misses:
        cells = [cell for record_id, score in miss.nearest for cell in (record_id, f"{score:.3f}")]
        writer.writerow((miss.time, miss.verdict, *cells))
    return out.getvalue()


def _read(path: Path) -> list[Miss]:
    try:
        with path.open("r", encoding="utf-8", newline="") as file:
            lines = list(csv.reader(io.StringIO(file.read(_LIMIT_BYTES)), strict=True))[1:]
        return [_miss(line) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, csv.Error) as error:
        _log.warning("%s: can't be read, and is begun anew: %s", path, error)
        return []


def _miss(line: list[str]) -> Miss:
    when, verdict, *cells = line
    pairs = zip(cells[::2], map(float, cells[1::2]), strict=True)
    return Miss(time=when, verdict=verdict, nearest=tuple(pairs))
