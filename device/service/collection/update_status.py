"""The state of updates, for the stand's screen during a USB update and for staff.

Reads the files that syncs and the store have written; changes nothing and fetches nothing.
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

# How long the screen shows the end of a USB update, and how long a silent one counts as running.
SHOWN_S, SILENT_S = 120.0, 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """A kiosk's updates, as the staff's page shows them.

    Attributes:
        last_sync: Progress or result of the last sync, by USB or by network; `None` before the first.
        bundles: The installed bundles, by name.
        changes: Differences of the current bundle from the previous one; `None` unless both can be read.
        refused: Names of the releases that are not installed again.
        notices: Serial number of the notices that apply to every bundle.
        withdrawn, amended: Number of works in the notices.
        expires: Last day on which the present signatures are valid, as YYYY-MM-DD; empty before the first update.
        is_expiring: Whether `expires` is within 60 days by this machine's clock.
        fault: Why the store's state can't be read; empty when it can.
    """

    last_sync: SyncProgress | None
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
    """Reports on one kiosk's updates. Every method may be called from any thread."""

    def __init__(self, store: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the present state of the store as known; the screen shows only later USB updates.

        Args:
            store: The folder of installed bundles; `None` for a kiosk with one fixed bundle.
            clock: Monotonic seconds.
        """
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = self._stamp()
        self._since_s = clock() - SILENT_S

    def usb_progress(self) -> SyncProgress | None:
        """Return the USB update's progress while the stand's screen shows it, else `None`."""
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen, self._since_s = stamp, self._clock()
            for_s = self._clock() - self._since_s
        if self._store is None or for_s >= SILENT_S:
            return None
        found = sync_progress.read(self._store, is_stick=True)
        return None if found and found.is_over and for_s >= SHOWN_S else found

    def report(self) -> UpdateReport | None:
        """Return the report on updates for the staff's page; `None` without a store.

        Takes up to a second, as two bundles are compared.
        """
        if self._store is None:
            return None
        store, state, fault = Bundles(self._store), StoreState(), ""
        notices = kept_notices.read(self._store)
        try:
            state = store_state.read(self._store)
        except BundleError as error:
            fault = str(error)
        return UpdateReport(
            last_sync=_last_sync(self._store),
            bundles=store.list(),
            changes=store.changes(),
            refused=state.refused,
            notices=notices.serial,
            withdrawn=len(notices.withdrawn),
            amended=len(notices.amended),
            expires=state.expires,
            is_expiring=state.is_expiring(date.today()),
            fault=fault,
        )

    def _stamp(self) -> tuple[int, int]:
        """Return a value that changes whenever a USB update reports progress."""
        if self._store is None:
            return (0, 0)
        try:
            found = sync_progress.progress_path(self._store, is_stick=True).stat()
        except OSError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)


def _last_sync(store: Path) -> SyncProgress | None:
    found = [sync_progress.read(store, is_stick=is_stick) for is_stick in (True, False)]
    return max((each for each in found if each), key=lambda each: each.told, default=None)
