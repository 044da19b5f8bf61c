"""The service: owns camera, recogniser and bundle, and is the only place where threads meet."""

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from device.bundle.filters import Filters
from device.bundle.manifest import Manifest
from device.bundle.notices import Notices
from device.bundle.pictures import Size
from device.bundle.reader import OpenedBundle
from device.bundle.records import FilterOptions, Record
from device.cameras import CameraSource
from device.config import RecognitionConfig, WatchConfig
from device.errors import BundleMissingError, KioskError
from device.recognition.recogniser import Answer
from device.recognition.sheet.detect import Corner
from device.sd_notify import Notifier
from device.service.capture.autocapture import Attention, Autocapture
from device.service.capture.camera_loop import PAUSES_S, CameraLoop, Preview
from device.service.capture.camera_recovery import CameraRecovery
from device.service.capture.hold_tracker import HeldPrint
from device.service.capture.watcher import Watcher
from device.service.collection.browsing import Browsing
from device.service.collection.bundle_switch import BundleSwitch, WatchedStore
from device.service.collection.open_collection import OpenCollection
from device.service.collection.update_status import UpdateStatus
from device.service.health.latency import LatencyRecorder
from device.service.health.liveness import ANSWERS, EXPECTED, SEARCH, STAND, Liveness
from device.service.health.report import Health
from device.service.health.self_test import SelfTest, fault, finds_itself
from device.service.health.watchdog import WatchdogPinger
from device.service.query.answer_queue import AnswerQueue, Query
from device.service.query.overlay_cache import OverlayCache
from device.service.query.staff_capture import StaffCapture, pull
from device.service.query.stand_query import StandQuery
from device.service.query.upload_query import UploadQueries
from device.service.staff_service import StaffService
from device.service.state import (
    BundleOpened,
    BundleRefused,
    CameraFailed,
    CameraReady,
    KioskState,
    Phase,
)
from device.service.state_store import Snapshot, StateStore

_log = logging.getLogger(__name__)

CameraOpener = Callable[[OpenedBundle | None], CameraSource]


class KioskService:
    """The kiosk as one object. Every method may be called from any thread.

    Attributes:
        boot_id: Another one at each start.
        browsing: The collection, to be walked through without a camera.
        office: The staff's; `None` for a kiosk without.
        progress: What proves that the kiosk works; kept to where a watchdog counts the signs of life.
        comparisons: Visitors' prints that may be compared with the record now.
        updates: What there is to say of them; nothing where there is no store.
    """

    def __init__(
        self,
        bundle: Path,
        open_camera: CameraOpener,
        recognition: RecognitionConfig,
        *,
        notifier: Notifier,
        watch: WatchConfig | None = None,
        store: WatchedStore | None = None,
        office: StaffService | None = None,
        ladder: CameraRecovery | None = None,
        clock: Callable[[], float] = time.monotonic,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        """Open the bundle and start the camera; a bad bundle or a missing camera is a state, not an error.

        Args:
            bundle: The bundle's folder; not looked at where there is a store.
            open_camera: Gives an opened camera or raises `CameraError`; called in the stand's thread, with
                the bundle whose pictures a replay may show.
            recognition: Threads, matches, queue.
            notifier: Told when the service is ready and that its working loop lives.
            watch: How the live picture is watched; `None`: not at all.
            store: Where bundles and notices arrive while the kiosk runs; `None` for the one bundle alone.
            office: The staff's; closed with the kiosk. `None` for a kiosk without staff.
            ladder: Says when the service is to end for a camera's sake; `None` where nobody would start it anew.
            clock: Monotonic seconds.
            pauses_s: Between attempts to open a camera that is lost.
        """
        self.boot_id = uuid.uuid4().hex
        self.office = office
        self._recognition = recognition
        self._notifier = notifier
        self._clock = clock
        self._started_s = clock()
        self._stopwatch = LatencyRecorder()
        self.progress = Liveness(clock)
        self._signs = WatchdogPinger(notifier, self.progress)
        self.comparisons = OverlayCache(clock)
        self.updates = UpdateStatus(None if store is None else store.root, clock)
        self._display = StateStore(clock, self._on_change)
        self._shown = OpenCollection(recognition.threads, self._is_sparing)
        self.browsing = Browsing(self._shown)
        self._queue = AnswerQueue(
            self._shown.recognise, waiting=recognition.waiting, on_round=self._come_round
        )
        self._uploads = UploadQueries(
            self._queue, self.comparisons, lambda answer: self._count(answer, is_upload=True)
        )
        self._inquiry = StandQuery(
            self._display,
            self._queue,
            self.comparisons,
            is_withdrawn=self._shown.is_withdrawn,
            on_answer=self._count,
        )
        self._changeover: BundleSwitch | None = None
        if store is None:
            with suppress(KioskError):  # said already; a state, not an error
                self.change(bundle, Notices())
        else:
            self._changeover = BundleSwitch(store, self)
        self._attendant = self._make_attendant() if watch is not None and watch.enabled else None
        self._ladder = ladder
        self._stand = CameraLoop(
            lambda: self._opened_camera(open_camera),
            on_ready=self._see_again,
            on_lost=self._lose_sight,
            see=self._attendant.see if self._attendant is not None else None,
            is_sparing=self._is_sparing,
            on_round=lambda: self.progress.prove(STAND),
            pauses_s=pauses_s,
        )
        self._self_search = self._watched() if notifier.watchdog_period_s is not None else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the camera, answer what is queued, close the bundle."""
        self._notifier.stopping()
        if self._changeover is not None:
            self._changeover.close()
        self._stand.close()
        if self._self_search is not None:
            self._self_search.close()
        self._queue.close()
        self._signs.close()
        self.comparisons.clear()
        self._shown.close()
        if self.office is not None:
            self.office.close()

    def ready(self) -> None:
        """Tell the service manager that visitors can be served: called once the page is listened for."""
        self._notifier.ready()

    @property
    def is_hands_free(self) -> bool:
        """Whether a print held still at the stand is looked up without anybody pressing."""
        return self._attendant is not None

    def attend(self, attention: Attention) -> None:
        """Take what the stand's page tells of the visitor: it holds for what is looked up unbidden."""
        if self._attendant is not None:
            self._attendant.attend(attention)

    def identify(
        self,
        data: bytes,
        *,
        filters: Filters | None = None,
        corners: tuple[Corner, ...] | None = None,
        count: int | None = None,
        is_shown: bool = False,
    ) -> Answer:
        """Say which print a handed-in picture shows; waits for its turn.

        Args:
            data: A JPEG, PNG or WebP; kept in memory only.
            filters: Which records may be answered with.
            corners: The sheet's, as shares of the upright picture, 0..1; `None` where it is to be found.
            count: At most so many matches; `None` for the configured number.
            is_shown: Whether the answer is put on a screen, where it may be compared with the picture.

        Raises:
            PictureError: When it is no such picture.
            BusyError: When too many are waiting.
            BundleError: When there is no bundle.
            FilterError: When the filters can't be applied.
        """
        self._require_bundle()
        return self._uploads.identify(
            data,
            filters=filters,
            corners=corners,
            count=count or self._recognition.matches,
            is_shown=is_shown,
        )

    def look(self, *, filters: Filters | None = None) -> None:
        """Look at what lies at the stand; the answer arrives in the state.

        Args:
            filters: Which records may be answered with.

        Raises:
            CameraLostError: When the camera gives no picture.
            BundleError: When there is no bundle.
        """
        self._require_bundle()
        frame = self._stand.frame()
        if self._attendant is not None:
            self._attendant.was_asked()
        self._inquiry.ask(Query(frame=frame, filters=filters, count=self._recognition.matches))

    def proof(self) -> StaffCapture:
        """Look at what lies at the stand for staff; nothing of it is shown to visitors, or counted.

        Raises:
            CameraLostError: When the camera gives no picture.
            BundleError: When there is no bundle.
        """
        self._require_bundle()
        return pull(self._stand.frame(), self._queue)

    def dismiss(self) -> None:
        """Take the answer off the screen: the next visitor begins anew."""
        self._inquiry.drop()

    def snapshot(self, after: int = 0, timeout_s: float = 0.0) -> Snapshot:
        """Give the state once its revision is above `after`, or as it is when the time is up."""
        return self._display.snapshot(after, timeout_s)

    def preview(self, after: int = 0, timeout_s: float = 0.5) -> Preview | None:
        """Give the live picture once it is newer than `after`; `None` when none comes in time."""
        return self._stand.preview(after, timeout_s)

    def begin_request(self) -> None:
        """Let all that this thread asks until `end_request` come from one bundle, the one that answers now."""
        self._shown.begin_request()

    def end_request(self) -> None:
        """Let go of that bundle."""
        self._shown.end_request()

    def record(self, record_id: str, bundle_id: str | None = None) -> Record:
        """Give one record.

        Args:
            record_id: The record's.
            bundle_id: The bundle that answered, as long as it is still here; `None` for the one that answers now.

        Raises:
            UnknownRecordError: When it is not in the bundle, or was withdrawn.
        """
        self._require_bundle()
        return self._shown.record(record_id, bundle_id)

    def picture(self, record_id: str, size: Size, bundle_id: str | None = None) -> bytes:
        """Give one record's picture as WebP.

        Args:
            record_id: The record's.
            size: Which picture.
            bundle_id: The bundle that answered, as long as it is still here; `None` for the one that answers now.

        Raises:
            UnknownRecordError: When there is none, its licence keeps it from being shown, or it was withdrawn.
        """
        self._require_bundle()
        return self._shown.picture(record_id, size, bundle_id)

    def options(self, filters: Filters) -> FilterOptions:
        """Give what a search can be narrowed to, and how many records remain."""
        self._require_bundle()
        return self._shown.options(filters)

    @property
    def manifest(self) -> Manifest:
        """The open bundle's manifest as visitors see it; raises `BundleMissingError` when there is none."""
        self._require_bundle()
        return self._shown.manifest

    def change(self, bundle: Path, notices: Notices) -> None:
        """Open a bundle and answer from it; whoever asked before is answered from the one before.

        Raises:
            KioskError: When it can't be opened; the one before goes on.
        """
        try:
            manifest = self._shown.change(bundle, notices)
        except KioskError as error:
            if self._shown.is_empty:
                _log.error("no bundle: %s", error)
                self._display.apply(BundleRefused(note=str(error)))
            raise
        self._display.apply(BundleOpened(bundle_id=manifest.bundle_id))
        answer = self.snapshot().state.answer
        if answer is not None and self._shown.is_withdrawn(answer):
            self.dismiss()

    def faults(self) -> int:
        """Give how often there was no answer for a reason that lies in the bundle."""
        return self._shown.faults

    def finds_itself(self) -> bool:
        """Ask for a print of the bundle's own, when it is its turn; whether it was found.

        Raises:
            BusyError: When too many are waiting.
        """
        return finds_itself(self._shown, self._queue)

    def health(self) -> Health:
        """Give how the kiosk is."""
        state = self.snapshot().state
        manifest = None if self._shown.is_empty else self._shown.manifest
        return Health(
            boot_id=self.boot_id,
            well=manifest is not None,
            phase=state.phase,
            note=state.note,
            manifest=manifest,
            camera=self._stand.health(),
            answers=self._inquiry.answers + self._uploads.answers,
            answer_times=self._stopwatch.times(),
            uptime_s=self._clock() - self._started_s,
        )

    def _is_sparing(self) -> bool:
        return self.office is not None and self.office.is_strained

    def _see_again(self) -> None:
        if self._ladder is not None:
            self._ladder.saw()
        self._display.apply(CameraReady())

    def _lose_sight(self, error: KioskError) -> None:
        self._display.apply(CameraFailed(note=str(error)))
        # Who reads an answer is not to lose it.
        if self._ladder is not None and self._display.state.phase is Phase.CAMERA_LOST:
            self._ladder.failed(error)

    def _opened_camera(self, open_camera: CameraOpener) -> CameraSource:
        if self._shown.is_empty:
            return open_camera(None)
        with self._shown.lent() as bundle:
            return open_camera(bundle)

    def _watched(self) -> SelfTest:
        """Keep to what a watchdog is to see."""
        for what, within_s in EXPECTED.items():
            self.progress.expect(what, within_s)
        return SelfTest(lambda: fault(self._shown, self._queue), self.progress)

    def _make_attendant(self) -> Autocapture:
        def ask(capture: HeldPrint, filters: Filters | None) -> None:
            count = self._recognition.matches
            frame, corners = capture.frame, capture.corners
            self._inquiry.ask(Query(frame=frame, filters=filters, corners=corners, count=count))

        return Autocapture(Watcher(), phase=lambda: self._display.state.phase, ask=ask)

    def _count(self, answer: Answer, *, is_upload: bool = False) -> None:
        self.progress.prove(SEARCH)
        self._stopwatch.note(sum(answer.timings_ms.values()) / 1000)
        if self.office is not None:
            self.office.note_answer(answer, is_upload=is_upload)

    def _on_change(self, state: KioskState) -> None:
        if state.answer is None:
            self.comparisons.show_at_stand(None)

    def _come_round(self) -> None:
        self.progress.prove(ANSWERS)
        self._signs.give()
        self.comparisons.forget_old()

    def _require_bundle(self) -> None:
        if self._shown.is_empty:
            raise BundleMissingError(self.snapshot().state.note or "there is no bundle yet")
