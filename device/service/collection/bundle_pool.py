"""The bundle that answers and the one before it, both open: each is closed when nobody reads from it any more.

A request reads from one bundle from its beginning to its end, however often the kiosk changes over meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from device.bundle.reader import OpenedBundle
from device.errors import BundleMissingError
from device.recognition.recogniser import Recogniser


@dataclass(slots=True, kw_only=True)
class PooledBundle:
    """An open bundle, and how many read from it.

    Attributes:
        recogniser: For the working loop alone; `None` once another bundle answers.
    """

    bundle: OpenedBundle
    recogniser: Recogniser | None
    readers: int = 0
    is_retired: bool = False

    @property
    def bundle_id(self) -> str:
        """The bundle's id."""
        return self.bundle.manifest.bundle_id


class BundlePool:
    """Open bundles, lent to whoever reads from them. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: PooledBundle | None = None
        self._before: PooledBundle | None = None
        self._mine = threading.local()

    @property
    def is_empty(self) -> bool:
        """Whether there is no bundle."""
        return self._now is None

    def put(self, bundle: OpenedBundle, recogniser: Recogniser) -> None:
        """Let another bundle answer; what was asked of the one before is still answered from that."""
        with self._lock:
            old, self._now = self._now, PooledBundle(bundle=bundle, recogniser=recogniser)
            if old is None:
                return
            old.recogniser = None
            gone: PooledBundle | None
            if old.bundle_id == bundle.manifest.bundle_id:  # the same with other notices
                gone = old
            else:
                gone, self._before = self._before, old
        if gone is not None:
            self._retire(gone)

    def begin(self) -> None:
        """Let all that this thread asks until `end` come from the bundle that answers now."""
        with self._lock:
            self._mine.lent = self._now
            if self._now is not None:
                self._now.readers += 1

    def end(self) -> None:
        """Let go of what `begin` took; does nothing where there was no beginning."""
        lent: PooledBundle | None = getattr(self._mine, "lent", None)
        self._mine.lent = None
        if lent is not None:
            self._give_back(lent)

    @contextmanager
    def lend(self, bundle_id: str | None = None) -> Iterator[PooledBundle]:
        """Lend a bundle for the length of a `with` block.

        Args:
            bundle_id: The one asked for, as long as it is here; otherwise, or where `None`, the one that `begin` took,
                or else the one that answers.

        Raises:
            BundleMissingError: When there is none.
        """
        with self._lock:
            lent = self._find(bundle_id)
            if lent is None:
                raise BundleMissingError("there is no bundle yet")
            lent.readers += 1
        try:
            yield lent
        finally:
            self._give_back(lent)

    @contextmanager
    def lend_answering(self) -> Iterator[PooledBundle]:
        """Lend the bundle that answers now, whatever this thread began with."""
        with self._lock:
            lent = self._now
            if lent is None:
                raise BundleMissingError("there is no bundle to answer from")
            lent.readers += 1
        try:
            yield lent
        finally:
            self._give_back(lent)

    def close(self) -> None:
        """Close all bundles, once they are read no more."""
        with self._lock:
            both, self._now, self._before = (self._now, self._before), None, None
        for lent in both:
            if lent is not None:
                self._retire(lent)

    def _find(self, bundle_id: str | None) -> PooledBundle | None:
        mine: PooledBundle | None = getattr(self._mine, "lent", None)
        for lent in (mine, self._now, self._before):
            if lent is not None and lent.bundle_id == bundle_id:
                return lent
        return mine or self._now

    def _retire(self, lent: PooledBundle) -> None:
        with self._lock:
            lent.is_retired = True
            is_idle = not lent.readers
        if is_idle:
            lent.bundle.close()

    def _give_back(self, lent: PooledBundle) -> None:
        with self._lock:
            lent.readers -= 1
            is_last = lent.is_retired and not lent.readers
        if is_last:
            lent.bundle.close()
