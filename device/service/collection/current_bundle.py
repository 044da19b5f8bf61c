"""The bundle that the kiosk answers from, with its recogniser and the newest notices.

Knows nothing of cameras, visitors or the screen. The bundle may be switched at any time.
"""

import logging
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from device.bundle.manifest import Manifest
from device.bundle.notices import Notices
from device.bundle.reader import OpenedBundle, open_bundle
from device.bundle.records import Record
from device.errors import BundleError, BundleMissingError, ModelError
from device.imaging import decoding, frames
from device.imaging.frames import Frame
from device.recognition.embedding.fingerprint import choose_threads
from device.recognition.recogniser import Answer, Recogniser
from device.service.collection.bundle_pool import BundlePool
from device.service.query import malloc_trim
from device.service.query.query_queue import Query

_log = logging.getLogger(__name__)


class CurrentBundle:
    """The bundle that one kiosk answers from; it may be switched at any time.

    Every method but `recognise` may be called from any thread.
    """

    def __init__(self, threads: int, is_load_reduced: Callable[[], bool] = lambda: False) -> None:
        """Start without a bundle.

        Args:
            threads: Threads of one model call; 0 for one per core, at most 4.
            is_load_reduced: Asked before each answer: whether to use half of the threads.
        """
        self._threads = choose_threads(threads)
        self._pool = BundlePool()
        self._notices = Notices()
        self._is_load_reduced = is_load_reduced
        self.faults = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is no bundle."""
        return self._pool.is_empty

    def change(self, path: Path, notices: Notices) -> Manifest:
        """Open a bundle and make it current; readers of the previous one go on with it.

        Raises:
            KioskError: When it can't be opened; the previous one stays current.
        """
        with ExitStack() as on_failure:
            bundle = open_bundle(path, notices)
            on_failure.callback(bundle.close)
            recogniser = Recogniser(bundle, threads=self._threads)
            on_failure.pop_all()
        self._notices = notices
        self._pool.switch_to(bundle, recogniser)
        malloc_trim.trim()
        _log.info("bundle %s open: %d prints", bundle.manifest.title, bundle.visible_manifest.items)
        return bundle.manifest

    def close(self) -> None:
        """Close all open bundles."""
        self._pool.close()

    def begin_request(self) -> None:
        """Answer all calls of this thread until `end_request` from the bundle that is current now."""
        self._pool.begin_request()

    def end_request(self) -> None:
        """Release the bundle that `begin_request` took."""
        self._pool.end_request()

    def recognise(self, query: Query) -> Answer:
        """Answer a query, in the queue's thread: the only one that may use the interpreter.

        Raises:
            BundleMissingError: When there is no bundle.
            KioskError: As `Recogniser.recognise` does.
        """
        with self._pool.borrow_current() as pooled:
            recogniser = pooled.recogniser
            if recogniser is None:  # switched between these two lines
                raise BundleMissingError("the bundle was just changed; ask again")
            try:
                recogniser.set_threads(max(self._threads // (1 + self._is_load_reduced()), 1))
                return recogniser.recognise(
                    query.frame,
                    filters=query.filters,
                    corners=query.corners,
                    count=query.count,
                )
            except (BundleError, ModelError):
                self.faults += 1
                raise

    def similar(self, record_id: str, count: int) -> tuple[Record, ...]:
        """Return at most `count` records most similar to a record, nearest first.

        Empty when the bundle that the request reads from is no longer current.
        """
        with self._pool.borrow() as pooled:
            item = pooled.bundle.records.get(record_id).item
            recogniser = pooled.recogniser
            return tuple(recogniser.similar_to(item, count)) if recogniser is not None else ()

    @property
    def withdrawn(self) -> Container[str]:
        """The ids of withdrawn records."""
        return self._notices.withdrawn

    def probe(self) -> tuple[str, Frame] | None:
        """Return the id and the picture of the first probe print; `None` if there is none."""
        with self.borrow() as bundle:
            for record_id in bundle.visible_manifest.probes:
                pixels = decoding.decode(bundle.pictures.get(record_id, "screen"), name=record_id)
                return record_id, frames.frame(pixels, source="probe")
        return None

    @contextmanager
    def borrow(self, bundle_id: str | None = None) -> Iterator[OpenedBundle]:
        """Keep a bundle open for a `with` block; raises `BundleMissingError` without one."""
        with self._pool.borrow(bundle_id) as pooled:
            yield pooled.bundle
