"""Queries of visitors and staff: the print at the stand, and uploaded pictures.

Knows nothing of cameras, bundles or pages: it gets the latest frame, and asks the queue.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from device.bundle.filters import Filters
from device.imaging.frames import Frame
from device.imaging.picture_decoder import PictureDecoder
from device.recognition.recogniser import Answer
from device.recognition.sheet.detect import Corner
from device.service.capture.autocapture import Attention, Autocapture
from device.service.capture.camera_loop import FrameObserver
from device.service.capture.hold_tracker import HeldPrint
from device.service.capture.watcher import Watcher
from device.service.query.overlay_cache import OverlayCache
from device.service.query.query_queue import Query, QueryQueue
from device.service.query.staff_capture import StaffCapture, capture
from device.service.query.stand_query import StandQuery
from device.service.query.upload_query import UploadQueries
from device.service.state_store import StateStore


class SearchedCollection(Protocol):
    """The part of `CollectionService` that queries use. Safe for any thread."""

    def require_bundle(self) -> None:
        """Raise `BundleMissingError` when there is no bundle."""

    def is_withdrawn(self, answer: Answer) -> bool:
        """Return whether an answer names a work that was withdrawn after the answer."""


class AnswerObserver(Protocol):
    """A callback that is notified of each answer that a visitor was given."""

    def __call__(self, answer: Answer, *, is_upload: bool = False) -> None:
        """Record an answer, in the thread that gave it; `is_upload` if it is about an upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySettings:
    """Settings of all queries: the number of matches, and whether autocapture is on.

    Attributes:
        matches: Most matches an answer names, unless the caller asks for another number.
        is_hands_free: Whether a print held still is looked up without a press of the button.
    """

    matches: int
    is_hands_free: bool = False


class QueryService:
    """Answers queries of visitors and staff. Every method may be called from any thread.

    Attributes:
        overlays: Visitors' prints that may be compared with their record now.
        observer: Watches the live picture and queries a print held still; `None` without autocapture.
    """

    def __init__(
        self,
        states: StateStore,
        queue: QueryQueue,
        overlays: OverlayCache,
        collection: SearchedCollection,
        *,
        decoder: PictureDecoder,
        latest_frame: Callable[[], Frame],
        on_answer: AnswerObserver,
        settings: QuerySettings,
    ) -> None:
        """Start without a query.

        Args:
            states: Where the stand's answer is shown.
            queue: Answers one query at a time.
            overlays: Where the overlays of answers are kept.
            collection: The open collection.
            decoder: Decodes uploads; the caller closes it.
            latest_frame: Returns the newest frame of the stand's camera or raises `CameraLostError`.
            on_answer: Called with every answer that a visitor was given.
            settings: How queries are made.
        """
        self.overlays = overlays
        self._states = states
        self._queue = queue
        self._collection = collection
        self._latest_frame = latest_frame
        self._matches = settings.matches
        self._uploads = UploadQueries(
            queue, overlays, decoder, lambda answer: on_answer(answer, is_upload=True)
        )
        self._stand = StandQuery(
            states, queue, overlays, is_withdrawn=collection.is_withdrawn, on_answer=on_answer
        )
        self._autocapture = self._new_autocapture() if settings.is_hands_free else None
        self.observer: FrameObserver | None = (
            None if self._autocapture is None else self._autocapture.observe
        )

    @property
    def is_hands_free(self) -> bool:
        """Whether a print held still at the stand is looked up without a press of the button."""
        return self._autocapture is not None

    @property
    def answers(self) -> int:
        """The number of answers given to visitors since the service was started."""
        return self._stand.answers + self._uploads.answers

    def attend(self, attention: Attention) -> None:
        """Pass to autocapture the visitor's filters, and whether the visitor is busy elsewhere."""
        if self._autocapture is not None:
            self._autocapture.attend(attention)

    def identify(
        self,
        data: bytes,
        *,
        filters: Filters | None = None,
        corners: tuple[Corner, ...] | None = None,
        count: int | None = None,
        is_shown: bool = False,
    ) -> Answer:
        """Return the answer about an uploaded picture; waits for its turn.

        Args:
            data: A JPEG, PNG or WebP; kept in memory only.
            filters: The conditions that matched records must meet; `None` for all records.
            corners: The sheet's corners in the upright picture, 0..1; `None` to detect the sheet.
            count: Most matches; `None` for the configured number.
            is_shown: Whether the answer is put on a screen, where it may be compared with the picture.

        Raises:
            PictureError: When the data is no such picture.
            BusyError: When too many queries are waiting, or pictures can't be decoded now.
            BundleError: When there is no bundle.
            FilterError: When the filters can't be applied.
        """
        self._collection.require_bundle()
        return self._uploads.identify(
            data,
            filters=filters,
            corners=corners,
            count=count or self._matches,
            is_shown=is_shown,
        )

    def look(self, *, filters: Filters | None = None) -> None:
        """Query the print at the stand; the answer arrives in the state.

        Args:
            filters: The conditions that matched records must meet; `None` for all records.

        Raises:
            CameraLostError: When the camera gives no picture.
            BundleError: When there is no bundle.
        """
        self._collection.require_bundle()
        frame = self._latest_frame()
        if self._autocapture is not None:
            self._autocapture.note_manual_query()
        self._stand.ask(Query(frame=frame, filters=filters, count=self._matches))

    def dismiss(self) -> None:
        """Take the answer off the screen, and drop a pending query, for the next visitor."""
        self._stand.drop()

    def capture_for_staff(self) -> StaffCapture:
        """Return the print at the stand with its answer, neither shown to visitors nor counted.

        Raises:
            CameraLostError: When the camera gives no picture.
            BundleError: When there is no bundle.
        """
        self._collection.require_bundle()
        return capture(self._latest_frame(), self._queue)

    def _new_autocapture(self) -> Autocapture:
        return Autocapture(
            Watcher(), phase=lambda: self._states.state.phase, sink=self._ask_held_print
        )

    def _ask_held_print(self, held: HeldPrint, filters: Filters | None) -> None:
        self._stand.ask(
            Query(frame=held.frame, filters=filters, corners=held.corners, count=self._matches)
        )
