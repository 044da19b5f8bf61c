"""The kiosk: camera, queries, collection and staff, their life cycle and health."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from device.bundle.notices import Notices
from device.cameras import CameraSource
from device.config import RecognitionConfig
from device.errors import CameraBusyError, KioskError
from device.imaging.frames import Frame
from device.imaging.picture_decoder import InProcessDecoder, PictureDecoder
from device.recognition.recogniser import Answer
from device.sd_notify import Notifier
from device.service.capture.camera_loop import CameraLoop, Preview
from device.service.capture.camera_setup import CameraSetup
from device.service.collection.bundle_switch import BundleSwitch, WatchedStore
from device.service.collection.collection_service import CollectionService
from device.service.collection.current_bundle import CurrentBundle
from device.service.collection.update_status import UpdateStatus
from device.service.health import probe_query
from device.service.health.idle_self_test import IdleSelfTest
from device.service.health.latency import LatencyRecorder
from device.service.health.liveness import ANSWERS, EXPECTED, SEARCH, STAND, Liveness
from device.service.health.report import Health
from device.service.health.watchdog import WatchdogPinger
from device.service.query.overlay_cache import OverlayCache
from device.service.query.query_queue import QueryQueue
from device.service.query.query_service import QueryService, QuerySettings
from device.service.staff_service import StaffService
from device.service.state import CameraFailed, CameraReady, KioskState, Phase
from device.service.state_store import Snapshot, StateStore


class KioskService:
    """One running kiosk: its camera, queries, bundle and staff.

    Every method may be called from any thread.

    Attributes:
        boot_id: A random id, new at each start.
        query: Looks up the print at the stand and uploaded pictures.
        collection: Records, pictures and filters of the open bundle.
        staff: The staff's service; `None` for a kiosk without staff.
        updates: The state of updates; empty without a store.
        liveness: The proofs of work that a watchdog relies on.
    """

    def __init__(
        self,
        bundles: Path | WatchedStore,
        camera: CameraSetup,
        recognition: RecognitionConfig,
        *,
        notifier: Notifier,
        staff: StaffService | None = None,
        decoder: PictureDecoder | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the bundle and start the camera.

        An invalid bundle or a missing camera is a state, not an error.

        Args:
            bundles: The folder of the one bundle, or the store where bundles and notices arrive at run time.
            camera: How the stand's camera is opened, watched and recovered.
            recognition: Threads, matches, queue.
            notifier: Is notified when the service is ready, and that its threads make progress.
            staff: The staff's service, closed with the kiosk; `None` for a kiosk without staff.
            decoder: Decodes uploads, closed with the kiosk; `None` to decode them in this process.
            clock: Monotonic seconds.
        """
        self.boot_id = uuid.uuid4().hex
        self.staff = staff
        self._decoder = decoder or InProcessDecoder()
        self._notifier = notifier
        self._clock = clock
        self._started_s = clock()
        self._latency = LatencyRecorder()
        self.liveness = Liveness(clock)
        self._watchdog = WatchdogPinger(notifier, self.liveness)
        self._overlays = OverlayCache(clock)
        store = bundles if isinstance(bundles, WatchedStore) else None
        self.updates = UpdateStatus(None if store is None else store.root, clock)
        self._states = StateStore(clock, self._on_change)
        self._current = CurrentBundle(recognition.threads, self._is_load_reduced)
        self._queue = QueryQueue(
            self._current.recognise, waiting=recognition.waiting, on_round=self._on_queue_round
        )
        self.collection = self._new_collection()
        self.query = self._new_query(recognition, camera)
        self._switch: BundleSwitch | None = None
        if isinstance(bundles, WatchedStore):
            self._switch = BundleSwitch(bundles, self.collection)
        else:
            with suppress(KioskError):  # logged already; a state, not an error
                self.collection.change(bundles, Notices())
        self._recovery = camera.recovery
        self._camera = self._new_camera_loop(camera)
        self._self_test = (
            self._start_self_test() if notifier.watchdog_period_s is not None else None
        )

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
        """Stop the camera, answer the queued queries, and close the bundle."""
        self._notifier.stopping()
        if self._switch is not None:
            self._switch.close()
        self._camera.close()
        if self._self_test is not None:
            self._self_test.close()
        self._queue.close()
        self._decoder.close()
        self._watchdog.close()
        self._overlays.clear()
        self._current.close()
        if self.staff is not None:
            self.staff.close()

    def ready(self) -> None:
        """Notify the service manager that visitors can be served: the page's server listens."""
        self._notifier.ready()

    def snapshot(self, after: int = 0, timeout_s: float = 0.0) -> Snapshot:
        """Return the screen's state once its revision is above `after`, or after the timeout."""
        return self._states.snapshot(after, timeout_s)

    def preview(self, after: int = 0, timeout_s: float = 0.5) -> Preview | None:
        """Return the live picture once its number is above `after`; `None` after the timeout."""
        return self._camera.preview(after, timeout_s)

    def health(self) -> Health:
        """Return the health of the service and its camera."""
        state = self.snapshot().state
        manifest = None if self._current.is_empty else self.collection.manifest
        return Health(
            boot_id=self.boot_id,
            well=manifest is not None,
            phase=state.phase,
            note=state.note,
            manifest=manifest,
            camera=self._camera.health(),
            answers=self.query.answers,
            answer_times=self._latency.histogram(),
            uptime_s=self._clock() - self._started_s,
        )

    def _new_collection(self) -> CollectionService:
        return CollectionService(
            self._current,
            self._states,
            passes_self_test=lambda: probe_query.passes(self._current, self._queue),
            on_withdrawn=lambda: self.query.dismiss(),  # made after the collection
        )

    def _new_query(self, recognition: RecognitionConfig, camera: CameraSetup) -> QueryService:
        return QueryService(
            self._states,
            self._queue,
            self._overlays,
            self.collection,
            decoder=self._decoder,
            latest_frame=self._latest_frame,
            on_answer=self._on_answer,
            settings=QuerySettings(matches=recognition.matches, is_hands_free=camera.is_hands_free),
        )

    def _new_camera_loop(self, camera: CameraSetup) -> CameraLoop:
        return CameraLoop(
            lambda: self._opened_camera(camera),
            on_ready=self._on_camera_ready,
            on_lost=self._on_camera_lost,
            observer=self.query.observer,
            is_load_reduced=self._is_load_reduced,
            on_round=lambda: self.liveness.prove(STAND),
            pauses_s=camera.pauses_s,
            snapshot=camera.snapshot,
        )

    def _start_self_test(self) -> IdleSelfTest:
        """Start the idle self-test, and expect every proof of work that the watchdog relies on."""
        for what, within_s in EXPECTED.items():
            self.liveness.expect(what, within_s)
        return IdleSelfTest(lambda: probe_query.failure(self._current, self._queue), self.liveness)

    def _latest_frame(self) -> Frame:
        return self._camera.frame()

    def _is_load_reduced(self) -> bool:
        return self.staff is not None and self.staff.is_strained

    def _opened_camera(self, camera: CameraSetup) -> CameraSource:
        if self._current.is_empty:
            return camera.opener(None)
        with self._current.borrow() as bundle:
            return camera.opener(bundle)

    def _on_camera_ready(self) -> None:
        if self._recovery is not None:
            self._recovery.note_success()
        self._states.apply(CameraReady())

    def _on_camera_lost(self, error: KioskError) -> None:
        is_busy = isinstance(error, CameraBusyError)
        self._states.apply(CameraFailed(note=str(error), is_busy=is_busy))
        # A visitor who is reading an answer must not lose it to a restart.
        if self._recovery is not None and self._states.state.phase is Phase.CAMERA_LOST:
            self._recovery.note_failure(error)

    def _on_answer(self, answer: Answer, *, is_upload: bool = False) -> None:
        self.liveness.prove(SEARCH)
        self._latency.record(sum(answer.timings_ms.values()) / 1000)
        if self.staff is not None:
            self.staff.note_answer(answer, is_upload=is_upload)

    def _on_change(self, state: KioskState) -> None:
        if state.answer is None:
            self._overlays.set_stand(None)

    def _on_queue_round(self) -> None:
        self.liveness.prove(ANSWERS)
        self._watchdog.ping()
        self._overlays.remove_expired()
