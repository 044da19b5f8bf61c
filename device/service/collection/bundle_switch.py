"""Watches the store and lets the running kiosk change over: to another bundle, to new notices, and back again.

A bundle on trial that can't be opened, can't answer, or doesn't find its own print when asked, is given up at once; one
that has answered for a while is kept. Where a kept one can't be opened any more, as on a card that decays, the one before it
answers meanwhile. Knows nothing of requests.
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

# How often the store is looked at: a switch there is seen within this.
LOOK_S = 2.0
# So long a bundle on trial must serve without a fault.
TRIAL_S = 180.0


class BundleUser(Protocol):
    """What changes over."""

    def change(self, bundle: Path, notices: Notices) -> None:
        """Open a bundle and answer from it; raises `KioskError`, and then goes on as before."""

    def faults(self) -> int:
        """Give how often the bundle that answers could not answer."""

    def passes_self_test(self) -> bool:
        """Ask the bundle that answers for a print of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFingerprint:
    """What a store looked like.

    Attributes:
        bundle: The folder that `current` leads to.
        notices: What tells one notices file from another.
    """

    bundle: Path
    notices: tuple[int, ...]


class WatchedStore:
    """The store a kiosk lives from."""

    def __init__(self, root: Path, *, look_s: float = LOOK_S) -> None:
        """Look at a store.

        Args:
            root: Its folder.
            look_s: How long a change there may stay unseen.
        """
        self.root = root
        self.look_s = look_s
        self.bundles = Bundles(root)

    def mark(self) -> StoreFingerprint:
        """Give what the store looks like just now."""
        try:
            found = (self.root / kept_notices.FILE).stat()
            notices: tuple[int, ...] = (found.st_ino, found.st_mtime_ns, found.st_size)
        except OSError:
            notices = ()
        return StoreFingerprint(bundle=self.bundles.current.resolve(), notices=notices)

    def notices(self) -> Notices:
        """Give the newest notices."""
        return kept_notices.read(self.root)

    def is_on_trial(self) -> bool:
        """Whether the current bundle has yet to prove itself."""
        try:
            return bool(self.bundles.trial)
        except BundleError:
            return False


class BundleSwitch:
    """A thread that brings a kiosk and its store together."""

    def __init__(
        self,
        store: WatchedStore,
        kiosk: BundleUser,
        *,
        trial_s: float = TRIAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open what the store holds, then begin to watch it; a bundle that can't be opened is a state, not an error.

        Args:
            store: Where bundles and notices arrive.
            kiosk: What changes over.
            trial_s: How long a trial takes.
            clock: Monotonic seconds.
        """
        self._store = store
        self._kiosk = kiosk
        self._trial_s = trial_s
        self._clock = clock
        self._seen: StoreFingerprint | None = None
        self._since_s = clock()
        self._faults = 0
        self._stopping = threading.Event()
        self._begin()
        self._thread = threading.Thread(target=self._run, name="changeover", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Change over if the store has changed, and judge a bundle on trial."""
        mark = self._store.mark()
        if mark != self._seen:
            self._change(mark)
        elif self._store.is_on_trial():
            self._judge()

    def _begin(self) -> None:
        try:
            self._store.bundles.count_start()
        except (KioskError, OSError) as error:
            _log.warning("%s", error)
        is_open = self._change(self._store.mark())
        if self._store.mark() != self._seen:  # given up: the one before
            is_open = self._change(self._store.mark())
        if not is_open:
            self._fall_back()

    def _run(self) -> None:
        while not self._stopping.wait(self._store.look_s):
            try:
                self.look()
            except (StoreBusyError, BusyError) as error:  # next time
                _log.info("%s", error)
            except (KioskError, OSError) as error:
                _log.error("%s", error)

    def _change(self, mark: StoreFingerprint) -> bool:
        self._seen = mark
        try:
            self._kiosk.change(mark.bundle, self._store.notices())
        except KioskError as error:
            self._give_up(str(error))
            return False
        self._since_s, self._faults = self._clock(), self._kiosk.faults()
        return True

    def _fall_back(self) -> None:
        """Answer from the bundle before, where there is one; the links stay, so that staff see what is wrong."""
        previous = self._store.bundles.previous
        if not previous.is_dir():
            return
        try:
            self._kiosk.change(previous.resolve(), self._store.notices())
        except KioskError as error:
            _log.error("the bundle before can't be opened either: %s", error)
        else:
            _log.error("the bundle before answers until another one is installed")

    def _judge(self) -> None:
        if self._kiosk.faults() > self._faults:
            self._give_up("it could not answer")
        elif self._clock() - self._since_s >= self._trial_s:
            if self._kiosk.passes_self_test():
                self._store.bundles.confirm()
                _log.info("the bundle has proved itself")
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
