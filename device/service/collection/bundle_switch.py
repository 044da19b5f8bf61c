"""Watches the store, and switches the running kiosk to new bundles and notices.

A bundle on trial is given up at once when it can't be opened, can't answer, or fails its self-test. It is kept when it
has answered for a while. A kept bundle may become unreadable, as on a failing memory card; then the previous one answers.
Knows nothing of requests.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from device.bundle.notices import Notices
from device.errors import BundleError, BusyError, KioskError, StoreBusyError
from device.store import notices as kept_notices
from device.store.bundles import Bundles

_log = logging.getLogger(__name__)

# Pause between two looks at the store: a switch there is noticed within this time.
POLL_S = 2.0
# How long a bundle on trial must answer without a fault.
TRIAL_S = 180.0


class BundleUser(Protocol):
    """Answers from a bundle that can be switched. Its methods run in the switch's thread."""

    def change(self, bundle: Path, notices: Notices) -> None:
        """Open a bundle under its notices and answer from it; on `KioskError` the last one stays."""

    def faults(self) -> int:
        """Return how often a query failed because of the bundle."""

    def passes_self_test(self) -> bool:
        """Query a probe print of the current bundle, and return whether it was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStamp:
    """The state of a store at one moment, to detect changes.

    Attributes:
        bundle: The folder that `current` leads to.
        notices: Inode, modification time and size of the notices file; empty without one.
    """

    bundle: Path
    notices: tuple[int, ...]


class WatchedStore:
    """The store whose current bundle a kiosk answers from.

    It keeps no state in memory, so every method may be called from any thread.
    """

    def __init__(self, root: Path, *, poll_s: float = POLL_S) -> None:
        """Open a store.

        Args:
            root: Its folder.
            poll_s: Pause between two looks at the store.
        """
        self.root = root
        self.poll_s = poll_s
        self.bundles = Bundles(root)

    def stamp(self) -> StoreStamp:
        """Return the store's stamp: its current bundle's folder, and its notices file's state."""
        try:
            found = (self.root / kept_notices.FILE).stat()
            notices: tuple[int, ...] = (found.st_ino, found.st_mtime_ns, found.st_size)
        except OSError:
            notices = ()
        return StoreStamp(bundle=self.bundles.current.resolve(), notices=notices)

    def notices(self) -> Notices:
        """Return the newest notices."""
        return kept_notices.read(self.root)

    def is_on_trial(self) -> bool:
        """Return whether the current bundle is still on trial."""
        try:
            return bool(self.bundles.trial)
        except BundleError:
            return False


class BundleSwitch:
    """Follows a store in a thread of its own: opens its current bundle, and ends trials.

    `poll` is for that thread, `close` for any other.
    """

    def __init__(
        self,
        store: WatchedStore,
        kiosk: BundleUser,
        *,
        trial_s: float = TRIAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the store's current bundle, then start to watch the store.

        An invalid bundle is a state, not an error.

        Args:
            store: Where bundles and notices arrive.
            kiosk: Answers from the bundle.
            trial_s: Length of a trial.
            clock: Monotonic seconds.
        """
        self._store = store
        self._kiosk = kiosk
        self._trial_s = trial_s
        self._clock = clock
        self._seen_stamp: StoreStamp | None = None
        self._since_s = clock()
        self._faults = 0
        self._stopping = threading.Event()
        self._open_current()
        self._thread = threading.Thread(target=self._run, name="bundle-switch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching the store."""
        self._stopping.set()
        self._thread.join()

    def poll(self) -> None:
        """Switch if the store has changed, and check a bundle on trial."""
        stamp = self._store.stamp()
        if stamp != self._seen_stamp:
            self._change(stamp)
        elif self._store.is_on_trial():
            self._check_trial()

    def _open_current(self) -> None:
        try:
            self._store.bundles.count_start()
        except (KioskError, OSError) as error:
            _log.warning("%s", error)
        is_open = self._change(self._store.stamp())
        if self._store.stamp() != self._seen_stamp:  # given up: open the previous one
            is_open = self._change(self._store.stamp())
        if not is_open:
            self._fall_back()

    def _run(self) -> None:
        while not self._stopping.wait(self._store.poll_s):
            try:
                self.poll()
            except (StoreBusyError, BusyError) as error:  # tried again at the next poll
                _log.info("%s", error)
            except (KioskError, OSError) as error:
                _log.error("%s", error)

    def _change(self, stamp: StoreStamp) -> bool:
        self._seen_stamp = stamp
        try:
            self._kiosk.change(stamp.bundle, self._store.notices())
        except KioskError as error:
            self._give_up(str(error))
            return False
        self._since_s, self._faults = self._clock(), self._kiosk.faults()
        return True

    def _fall_back(self) -> None:
        """Answer from the previous bundle, if any; the links stay, so that staff see the fault."""
        previous = self._store.bundles.previous
        if not previous.is_dir():
            return
        try:
            self._kiosk.change(previous.resolve(), self._store.notices())
        except KioskError as error:
            _log.error("the previous bundle can't be opened either: %s", error)
        else:
            _log.error("the previous bundle answers until another one is installed")

    def _check_trial(self) -> None:
        if self._kiosk.faults() > self._faults:
            self._give_up("it failed to answer a query")
        elif self._clock() - self._since_s >= self._trial_s:
            if self._kiosk.passes_self_test():
                self._store.bundles.confirm()
                _log.info("the bundle has passed its trial")
            else:
                self._give_up("a print of its own was not found")

    def _give_up(self, reason: str) -> None:
        if not self._store.is_on_trial():
            _log.error("%s", reason)
            return
        _log.error("the bundle on trial is given up: %s", reason)
        try:
            self._store.bundles.reject()
        except (KioskError, OSError) as error:
            _log.error("%s", error)
