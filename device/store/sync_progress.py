"""What a sync tells of itself while it goes: one small file in the store, for the stand's screen and for staff.

Nothing depends on it: it is replaced in one step and never forced to the disk, and a disk that won't take it is no reason
for an update to fail.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from device.bundle import dataclass_json
from device.errors import SyncError
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult

# A night's sync must not take the words away that somebody with a stick is waiting for.
FILE, STICK_FILE = "bulletin.json", "bulletin-stick.json"
_LIMIT_BYTES = 100_000
_log = logging.getLogger(__name__)


class SyncStep(StrEnum):
    """How far a sync has come, or how it ended."""

    LOOKING = "looking"
    FETCHING = "fetching"
    TRYING = "trying"
    INSTALLED = "installed"
    UP_TO_DATE = "up_to_date"
    NOTHING_PUBLISHED = "nothing_published"
    FAILED = "failed"


_ENDS = {
    SyncResult.INSTALLED: SyncStep.INSTALLED,
    SyncResult.UP_TO_DATE: SyncStep.UP_TO_DATE,
    SyncResult.NOTHING_PUBLISHED: SyncStep.NOTHING_PUBLISHED,
}
_GOES_ON = frozenset({SyncStep.LOOKING, SyncStep.FETCHING, SyncStep.TRYING})


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgress:
    """How the last sync goes, or went.

    Attributes:
        source: Where it looks: an address, a folder, or the stick.
        is_stick: Whether somebody has put a stick in, and waits for it.
        told: When this was written, by this machine's clock, as YYYY-MM-DDTHH:MM:SS.
        version: Of the bundle; 0 while none is known.
        done_bytes, total_bytes: Of what has to be fetched.
        number: Of the error, as docs/updates.md lists them; 0 for none.
        line: The error's line; empty for none.
    """

    step: SyncStep
    source: str
    is_stick: bool
    told: str
    version: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    number: int = 0
    line: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the sync has ended; one that was killed has not said so."""
        return self.step not in _GOES_ON


def path_of(store: Path, *, is_stick: bool) -> Path:
    """Give where a store's bulletin lies: sticks have their own."""
    return store / (STICK_FILE if is_stick else FILE)


def read(store: Path, *, is_stick: bool) -> SyncProgress | None:
    """Give the last bulletin; `None` where there is none that can be read."""
    try:
        with path_of(store, is_stick=is_stick).open("rb") as file:
            data: Any = json.loads(file.read(_LIMIT_BYTES))
        bulletin: SyncProgress = dataclass_json.from_json(SyncProgress, data, FILE)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        _log.info("%s: no bulletin of the last update: %s", store, error)
        return None
    return bulletin


def announced(
    run: Callable[[Callable[[FetchProgress], None]], SyncOutcome],
    store: Path,
    source: str,
    *,
    is_stick: bool = False,
    now: Callable[[], datetime] = datetime.now,
) -> SyncOutcome:
    """Run a sync and let its bulletin say how it goes.

    Args:
        run: The sync; it is given whom to tell how far it has come.
        store: The folder of installed bundles.
        source: Where it looks, as staff know it.
        is_stick: Whether somebody has put a stick in.
        now: This machine's clock.

    Raises:
        SyncError: As the sync does.
    """
    board = _Board(store, source, is_stick, now)
    try:
        outcome = run(board.tell)
    except SyncError as error:
        board.put(step=SyncStep.FAILED, number=error.number, line=str(error))
        raise
    board.put(step=_ENDS[outcome.result], version=outcome.version)
    return outcome


class _Board:
    """Where the bulletin hangs."""

    def __init__(
        self, store: Path, source: str, is_stick: bool, now: Callable[[], datetime]
    ) -> None:
        self._path = path_of(store, is_stick=is_stick)
        self._now = now
        self._tenths = -1
        self._bulletin = SyncProgress(
            step=SyncStep.LOOKING, source=source, is_stick=is_stick, told=""
        )
        self.put()

    def tell(self, progress: FetchProgress) -> None:
        """Say how far it has come: at each tenth, for a memory card counts its writes."""
        tenths = progress.done_bytes * 10 // max(progress.total_bytes, 1)
        if tenths > self._tenths:
            self._tenths = tenths
            self.put(
                step=SyncStep.TRYING if tenths >= 10 else SyncStep.FETCHING,
                version=progress.version,
                done_bytes=progress.done_bytes,
                total_bytes=progress.total_bytes,
            )

    def put(self, **changed: Any) -> None:
        """Hang up a bulletin in the place of the one before."""
        told = self._now().replace(microsecond=0, tzinfo=None).isoformat()
        self._bulletin = replace(self._bulletin, told=told, **changed)
        beside = self._path.with_name(f".{self._path.name}.new")
        try:
            beside.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(dataclass_json.to_json(self._bulletin)), "utf-8")
            beside.replace(self._path)
        except OSError as error:
            _log.info("%s: can't be written (%s)", self._path, error)
