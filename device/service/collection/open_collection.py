"""What is shown: the open bundle under the newest notices, and all that can be asked of it.

Knows nothing of cameras, visitors or the screen; bundles may change under it at any time.
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
from device.imaging import frames
from device.imaging.frames import Frame
from device.recognition.embedding.fingerprint import choose_threads
from device.recognition.recogniser import Answer, Recogniser
from device.service.collection.bundle_pool import BundlePool
from device.service.query import malloc_trim
from device.service.query.answer_queue import Query

_log = logging.getLogger(__name__)


class OpenCollection:
    """One kiosk's bundle. Every method but `recognise` may be called from any thread."""

    def __init__(self, threads: int, is_sparing: Callable[[], bool] = lambda: False) -> None:
        """Begin with nothing to show.

        Args:
            threads: For one model call; 0 takes one a core, at most 4.
            is_sparing: Says before each answer whether half of them are to do.
        """
        self._threads = choose_threads(threads)
        self._shelf = BundlePool()
        self._notices = Notices()
        self._is_sparing = is_sparing
        self.faults = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is no bundle."""
        return self._shelf.is_empty

    def change(self, path: Path, notices: Notices) -> Manifest:
        """Open a bundle and show it from now on, under these notices; whoever reads the one before reads on.

        Raises:
            KioskError: When it can't be opened; the one before goes on.
        """
        with ExitStack() as on_failure:
            bundle = open_bundle(path, notices)
            on_failure.callback(bundle.close)
            recogniser = Recogniser(bundle, threads=self._threads)
            on_failure.pop_all()
        self._notices = notices
        self._shelf.put(bundle, recogniser)
        malloc_trim.trim()
        _log.info("bundle %s open: %d prints", bundle.manifest.title, bundle.visible_manifest.items)
        return bundle.manifest

    def close(self) -> None:
        """Close what is open."""
        self._shelf.close()

    def begin_request(self) -> None:
        """Let all that this thread asks until `end_request` come from the bundle that answers now."""
        self._shelf.begin()

    def end_request(self) -> None:
        """Let go of that bundle."""
        self._shelf.end()

    def recognise(self, question: Query) -> Answer:
        """Answer in the working loop's thread: the only one that may use the interpreter.

        Raises:
            BundleMissingError: When there is no bundle.
            KioskError: As `Recogniser.recognise` says.
        """
        with self._shelf.lend_answering() as lent:
            recogniser = lent.recogniser
            if recogniser is None:  # changed between two steps of ours
                raise BundleMissingError("the bundle was just changed; ask again")
            try:
                recogniser.set_threads(max(self._threads // (1 + self._is_sparing()), 1))
                return recogniser.recognise(
                    question.frame,
                    filters=question.filters,
                    corners=question.corners,
                    count=question.count,
                )
            except (BundleError, ModelError):
                self.faults += 1
                raise

    def alike(self, record_id: str, count: int) -> tuple[Record, ...]:
        """Give what looks most like a record; nothing where its bundle was just changed for another."""
        with self._shelf.lend() as lent:
            item = lent.bundle.records.get(record_id).item
            recogniser = lent.recogniser
            return tuple(recogniser.similar_to(item, count)) if recogniser is not None else ()

    @property
    def withdrawn(self) -> Container[str]:
        """The ids of the records that visitors may see no more."""
        return self._notices.withdrawn

    def probe(self) -> tuple[str, Frame] | None:
        """Give a print of the bundle's own and its picture, which must find it; `None` where there is none."""
        with self.lent() as bundle:
            for record_id in bundle.visible_manifest.probes:
                pixels = frames.decode(bundle.pictures.get(record_id, "screen"), name=record_id)
                return record_id, frames.frame(pixels, source="probe")
        return None

    @contextmanager
    def lent(self, bundle_id: str | None = None) -> Iterator[OpenedBundle]:
        """Lend a bundle for the length of a `with` block; raises `BundleMissingError` when there is none."""
        with self._shelf.lend(bundle_id) as lent:
            yield lent.bundle
