"""What there is to say of updates: to whoever has put a stick in, and to staff who look after the kiosk.

Reads what syncs and the store have written; changes nothing and fetches nothing.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from device.bundle.changes import Changes
from device.errors import BundleError
from device.store import notices as kept_notices
from device.store import store_state, sync_progress
from device.store.bundles import Bundles, InstalledBundle
from device.store.store_state import StoreState
from device.store.sync_progress import SyncProgress

# So long the screen says how a stick's update ended, and so long it believes one that says nothing more.
SHOWN_S, SILENT_S = 120.0, 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """How a kiosk stands with its updates.

    Attributes:
        bulletin: How the last sync went or goes, of a stick or by network; `None` before any.
        bundles: What is installed, by name.
        changes: What is different in the current bundle from the previous one; `None` without two that can be read.
        refused: Versions that are not taken again.
        notices: Serial of what is withdrawn and amended, which lies over every bundle.
        withdrawn, amended: How many works.
        expires: Until this day updates signed as the last ones were are taken, as YYYY-MM-DD; empty before any.
        is_expiring: Whether that is within 60 days by this machine's clock.
        fault: Why the store's memory can't be read; empty where it can.
    """

    bulletin: SyncProgress | None
    bundles: tuple[InstalledBundle, ...]
    changes: Changes | None
    refused: tuple[str, ...]
    notices: int
    withdrawn: int
    amended: int
    expires: str
    is_expiring: bool
    fault: str


class UpdateStatus:
    """One kiosk's updates. Every method may be called from any thread."""

    def __init__(self, store: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Take what the store says now as known: the screen tells what comes after.

        Args:
            store: The folder of installed bundles; `None` for a kiosk that lives from one bundle alone.
            clock: Monotonic seconds.
        """
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = self._mark()
        self._since_s = clock() - SILENT_S

    def on_screen(self) -> SyncProgress | None:
        """Give what the stand's screen tells of the stick that was put in; `None` for nothing."""
        with self._lock:
            mark = self._mark()
            if mark != self._seen:
                self._seen, self._since_s = mark, self._clock()
            for_s = self._clock() - self._since_s
        if self._store is None or for_s >= SILENT_S:
            return None
        found = sync_progress.read(self._store, is_stick=True)
        return None if found and found.is_over and for_s >= SHOWN_S else found

    def standing(self) -> UpdateReport | None:
        """Give what staff want to know; `None` for a kiosk without a store. Compares two bundles: up to a second."""
        if self._store is None:
            return None
        store, memory, fault = Bundles(self._store), StoreState(), ""
        notices = kept_notices.read(self._store)
        try:
            memory = store_state.read(self._store)
        except BundleError as error:
            fault = str(error)
        return UpdateReport(
            bulletin=_last(self._store),
            bundles=store.list(),
            changes=store.changes(),
            refused=memory.refused,
            notices=notices.serial,
            withdrawn=len(notices.withdrawn),
            amended=len(notices.amended),
            expires=memory.expires,
            is_expiring=memory.is_expiring(date.today()),
            fault=fault,
        )

    def _mark(self) -> tuple[int, int]:
        """Give what tells one stick's bulletin from the next."""
        if self._store is None:
            return (0, 0)
        try:
            found = sync_progress.progress_path(self._store, is_stick=True).stat()
        except OSError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)


def _last(store: Path) -> SyncProgress | None:
    found = [sync_progress.read(store, is_stick=is_stick) for is_stick in (True, False)]
    return max((each for each in found if each), key=lambda each: each.told, default=None)
