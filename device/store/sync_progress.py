"""The progress of a sync: one small file in the store, for the screen and for staff.

Nothing depends on the file. It is replaced in one step and never forced to the disk, and a sync goes on if the file
can't be written.
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

# Two files: a scheduled sync must not replace the progress that a person with a stick is watching.
FILE, STICK_FILE = "bulletin.json", "bulletin-stick.json"
_LIMIT_BYTES = 100_000
_log = logging.getLogger(__name__)


class SyncStep(StrEnum):
    """The step that a sync is at, or its result."""

    LOOKING = "looking"
    FETCHING = "fetching"
    TRYING = "trying"
    INSTALLED = "installed"
    UP_TO_DATE = "up_to_date"
    NOTHING_PUBLISHED = "nothing_published"
    FAILED = "failed"


_FINAL_STEPS = {
    SyncResult.INSTALLED: SyncStep.INSTALLED,
    SyncResult.UP_TO_DATE: SyncStep.UP_TO_DATE,
    SyncResult.NOTHING_PUBLISHED: SyncStep.NOTHING_PUBLISHED,
}
_UNFINISHED_STEPS = frozenset({SyncStep.LOOKING, SyncStep.FETCHING, SyncStep.TRYING})


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgress:
    """The progress or the result of the last sync.

    Attributes:
        source: The source's name for staff: an address, a folder or the stick.
        is_stick: Whether the source is a stick just put in, so that a person is waiting.
        told: Time of this report by this kiosk's clock, as YYYY-MM-DDTHH:MM:SS.
        version: The bundle's version; 0 while it is unknown.
        done_bytes, total_bytes: Bytes of the missing files fetched so far, and of all missing files.
        number: The error's number in docs/updates.md; 0 for none.
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
        """Whether the sync reported its end; a killed sync never does."""
        return self.step not in _UNFINISHED_STEPS


def progress_path(store: Path, *, is_stick: bool) -> Path:
    """Return the path of the progress file; syncs from a stick have their own."""
    return store / (STICK_FILE if is_stick else FILE)


def read(store: Path, *, is_stick: bool) -> SyncProgress | None:
    """Return the last sync's progress, or None if there is no readable file."""
    try:
        with progress_path(store, is_stick=is_stick).open("rb") as file:
            data: Any = json.loads(file.read(_LIMIT_BYTES))
        progress: SyncProgress = dataclass_json.from_json(SyncProgress, data, FILE)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        _log.info("%s: the last sync's progress can't be read: %s", store, error)
        return None
    return progress


def record_progress(
    run: Callable[[Callable[[FetchProgress], None]], SyncOutcome],
    store: Path,
    source: str,
    *,
    is_stick: bool = False,
    now: Callable[[], datetime] = datetime.now,
) -> SyncOutcome:
    """Run a sync while its progress and result are written to the progress file.

    Args:
        run: The sync; called with the callback for its progress.
        store: The store's folder.
        source: The source's name for staff.
        is_stick: Whether the source is a stick just put in.
        now: This kiosk's clock.

    Raises:
        SyncError: As the sync raises it.
    """
    file = _ProgressFile(store, source, is_stick, now)
    try:
        outcome = run(file.report)
    except SyncError as error:
        file.write(step=SyncStep.FAILED, number=error.number, line=str(error))
        raise
    file.write(step=_FINAL_STEPS[outcome.result], version=outcome.version)
    return outcome


class _ProgressFile:
    """Writes the progress of one sync to the progress file."""

    def __init__(
        self, store: Path, source: str, is_stick: bool, now: Callable[[], datetime]
    ) -> None:
        self._path = progress_path(store, is_stick=is_stick)
        self._now = now
        self._tenths = -1
        self._progress = SyncProgress(
            step=SyncStep.LOOKING, source=source, is_stick=is_stick, told=""
        )
        self.write()

    def report(self, progress: FetchProgress) -> None:
        """Write the progress at each tenth: a memory card wears out with every write."""
        tenths = progress.done_bytes * 10 // max(progress.total_bytes, 1)
        if tenths > self._tenths:
            self._tenths = tenths
            self.write(
                step=SyncStep.TRYING if tenths >= 10 else SyncStep.FETCHING,
                version=progress.version,
                done_bytes=progress.done_bytes,
                total_bytes=progress.total_bytes,
            )

    def write(self, **changed: Any) -> None:
        """Replace the progress file with these fields changed; a write error is only logged."""
        told = self._now().replace(microsecond=0, tzinfo=None).isoformat()
        self._progress = replace(self._progress, told=told, **changed)
        temporary = self._path.with_name(f".{self._path.name}.new")
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(dataclass_json.to_json(self._progress)), "utf-8")
            temporary.replace(self._path)
        except OSError as error:
            _log.info("%s: can't be written (%s)", self._path, error)
