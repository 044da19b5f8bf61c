"""The current and the previous bundle, both open: each is closed after its last reader.

A request reads from one bundle from its start to its end, however often the kiosk switches in the meantime.
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
    """An open bundle and the number of its readers.

    Attributes:
        recogniser: For the queue's thread alone; `None` once the bundle is not current.
        is_retired: Whether it is to be closed after its last reader.
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
    """Shares the open bundles between readers. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: PooledBundle | None = None
        self._previous: PooledBundle | None = None
        self._of_thread = threading.local()

    @property
    def is_empty(self) -> bool:
        """Whether there is no bundle."""
        return self._current is None

    def switch_to(self, bundle: OpenedBundle, recogniser: Recogniser) -> None:
        """Make a bundle the current one; readers of the previous one go on with it."""
        with self._lock:
            old, self._current = self._current, PooledBundle(bundle=bundle, recogniser=recogniser)
            if old is None:
                return
            old.recogniser = None
            gone: PooledBundle | None
            if old.bundle_id == bundle.manifest.bundle_id:  # the same bundle with other notices
                gone = old
            else:
                gone, self._previous = self._previous, old
        if gone is not None:
            self._retire(gone)

    def begin_request(self) -> None:
        """Let this thread borrow the current bundle until `end_request`, even after a switch."""
        with self._lock:
            self._of_thread.bundle = self._current
            if self._current is not None:
                self._current.readers += 1

    def end_request(self) -> None:
        """Release the bundle of `begin_request`; does nothing without one."""
        pooled: PooledBundle | None = getattr(self._of_thread, "bundle", None)
        self._of_thread.bundle = None
        if pooled is not None:
            self._release(pooled)

    @contextmanager
    def borrow(self, bundle_id: str | None = None) -> Iterator[PooledBundle]:
        """Keep a bundle open for the length of a `with` block.

        Args:
            bundle_id: The wanted bundle. When it is `None` or not open: the bundle of `begin_request`, or else
                the current one.

        Raises:
            BundleMissingError: When there is no bundle.
        """
        with self._lock:
            pooled = self._find(bundle_id)
            if pooled is None:
                raise BundleMissingError("there is no bundle yet")
            pooled.readers += 1
        try:
            yield pooled
        finally:
            self._release(pooled)

    @contextmanager
    def borrow_current(self) -> Iterator[PooledBundle]:
        """Keep the current bundle open for a `with` block, even in a request."""
        with self._lock:
            pooled = self._current
            if pooled is None:
                raise BundleMissingError("there is no bundle to answer from")
            pooled.readers += 1
        try:
            yield pooled
        finally:
            self._release(pooled)

    def close(self) -> None:
        """Close the pool: each bundle is closed as soon as its last reader has finished."""
        with self._lock:
            both, self._current, self._previous = (self._current, self._previous), None, None
        for pooled in both:
            if pooled is not None:
                self._retire(pooled)

    def _find(self, bundle_id: str | None) -> PooledBundle | None:
        requested: PooledBundle | None = getattr(self._of_thread, "bundle", None)
        for pooled in (requested, self._current, self._previous):
            if pooled is not None and pooled.bundle_id == bundle_id:
                return pooled
        return requested or self._current

    def _retire(self, pooled: PooledBundle) -> None:
        with self._lock:
            pooled.is_retired = True
            is_idle = not pooled.readers
        if is_idle:
            pooled.bundle.close()

    def _release(self, pooled: PooledBundle) -> None:
        with self._lock:
            pooled.readers -= 1
            is_last = pooled.is_retired and not pooled.readers
        if is_last:
            pooled.bundle.close()
