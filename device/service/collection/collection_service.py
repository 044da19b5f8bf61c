"""Records, pictures, lists and filters of the current bundle, for the page and the API.

Knows nothing of cameras and queries.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from device.bundle.filters import Filters
from device.bundle.manifest import Manifest
from device.bundle.notices import Notices
from device.bundle.pictures import Size
from device.bundle.records import FilterOptions, Record
from device.errors import BundleMissingError, KioskError, UnknownRecordError
from device.recognition.recogniser import Answer
from device.service.collection.current_bundle import CurrentBundle
from device.service.collection.record_lists import RecordLists
from device.service.collection.related_works import RelatedWorks, find_related_works
from device.service.state import BundleOpened, BundleRefused
from device.service.state_store import StateStore

_log = logging.getLogger(__name__)


class CollectionService:
    """Reads and replaces the open bundle. Every method may be called from any thread.

    Attributes:
        lists: Lists of records, for browsing without a camera.
    """

    def __init__(
        self,
        current: CurrentBundle,
        states: StateStore,
        *,
        passes_self_test: Callable[[], bool],
        on_withdrawn: Callable[[], None],
    ) -> None:
        """Start with the current bundle, or without one.

        Args:
            current: The bundle that answers.
            states: Is notified of bundles that were opened or refused.
            passes_self_test: Queries a probe print of the bundle, and returns whether it was found.
            on_withdrawn: Called when the answer on the screen names a work that has just been withdrawn.
        """
        self.lists = RecordLists(current)
        self._current = current
        self._states = states
        self._passes_self_test = passes_self_test
        self._on_withdrawn = on_withdrawn

    def begin_request(self) -> None:
        """Answer all calls of this thread until `end_request` from the bundle that is current now."""
        self._current.begin_request()

    def end_request(self) -> None:
        """Release the bundle that `begin_request` took."""
        self._current.end_request()

    def record(self, record_id: str, bundle_id: str | None = None) -> Record:
        """Return the record with an id, from the current bundle or the one that answered.

        Args:
            record_id: The record's id.
            bundle_id: The bundle that answered, while it is still open; `None` for the current one.

        Raises:
            UnknownRecordError: When it is not in the bundle, or was withdrawn.
        """
        self._require_shown(record_id)
        with self._current.borrow(bundle_id) as bundle:
            return bundle.records.get(record_id)

    def picture(
        self, record_id: str, size: Size, bundle_id: str | None = None, position: int = 0
    ) -> bytes:
        """Return a record's picture as WebP, from the current bundle or the one that answered.

        Args:
            record_id: The record's id.
            size: The picture's size.
            bundle_id: The bundle that answered, while it is still open; `None` for the current one.
            position: Which of the record's pictures; 0 is its first.

        Raises:
            UnknownRecordError: When there is none, its licence keeps it from being shown, or it was withdrawn.
        """
        self._require_shown(record_id)
        with self._current.borrow(bundle_id) as bundle:
            return bundle.pictures.get(record_id, size, position)

    def related_works(self, record_id: str, count: int) -> RelatedWorks:
        """Return the works related to a record, and at most `count` similar ones.

        Raises:
            UnknownRecordError: When the record is not in the bundle, or was withdrawn.
        """
        return find_related_works(self._current, record_id, count)

    def options(self, filters: Filters) -> FilterOptions:
        """Return the values a search can be filtered by, and the number of records that remain."""
        self.require_bundle()
        with self._current.borrow() as bundle:
            return bundle.records.options(filters)

    @property
    def manifest(self) -> Manifest:
        """The open bundle's manifest as visitors see it; raises `BundleMissingError` without one."""
        self.require_bundle()
        with self._current.borrow() as bundle:
            return bundle.visible_manifest

    def change(self, bundle: Path, notices: Notices) -> None:
        """Open a bundle and answer from it; running requests go on with the previous one.

        Raises:
            KioskError: When it can't be opened; the previous one stays.
        """
        try:
            manifest = self._current.change(bundle, notices)
        except KioskError as error:
            if self._current.is_empty:
                _log.error("no bundle: %s", error)
                self._states.apply(BundleRefused(note=str(error)))
            raise
        self._states.apply(BundleOpened(bundle_id=manifest.bundle_id))
        answer = self._states.snapshot().state.answer
        if answer is not None and self.is_withdrawn(answer):
            self._on_withdrawn()

    def faults(self) -> int:
        """Return how often a query failed because of the bundle."""
        return self._current.faults

    def passes_self_test(self) -> bool:
        """Query a probe print of the bundle, in its turn, and return whether it was found.

        Raises:
            BusyError: When too many queries are waiting.
        """
        return self._passes_self_test()

    def require_bundle(self) -> None:
        """Raise `BundleMissingError` when there is no bundle."""
        if self._current.is_empty:
            raise BundleMissingError(self._states.snapshot().state.note or "there is no bundle yet")

    def is_withdrawn(self, answer: Answer) -> bool:
        """Return whether an answer names a work that was withdrawn after the answer."""
        withdrawn = self._current.withdrawn
        return any(match.record.record_id in withdrawn for match in answer.matches)

    def _require_shown(self, record_id: str) -> None:
        self.require_bundle()
        if record_id in self._current.withdrawn:  # also for the previous bundle
            raise UnknownRecordError(f"record {record_id!r} is not in this collection")
