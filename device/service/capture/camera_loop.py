"""The camera loop: a thread that keeps the latest frame, and opens a lost camera again.

Each frame goes to the observer first, so that it is always shown together with what was seen in it.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from device.cameras import CameraSource
from device.errors import CameraBusyError, CameraLostError, KioskError
from device.imaging.encoding import to_jpeg
from device.imaging.frames import Frame
from device.recognition.sheet.detect import Corner, Hint
from device.service.capture.camera_health import CameraHealth
from device.service.capture.dark_frames import DarkFrames
from device.service.capture.retry_pauses import PAUSES_S, RetryPauses
from device.service.capture.watcher import Observation

_log = logging.getLogger(__name__)

READ_TIMEOUT_S = 5.0
PREVIEW_SIDE = 640
# Least time between frames on a machine that is too hot: half of the usual rate, which is enough to aim by.
REDUCED_S = 1 / 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The newest frame as a small JPEG, with the sheet and the hint that were seen in it.

    Attributes:
        number: The frame's number.
        jpeg: The frame, scaled down to `PREVIEW_SIDE` pixels on its longer side.
        corners: The sheet's corners in the picture, 0..1; `None` without a sheet.
        hint: What the visitor could do better; `None` for nothing.
        stillness: Progress of a print held still towards its autocapture, 0..1.
        is_known: Whether the print at the stand was looked up already.
    """

    number: int
    jpeg: bytes
    corners: tuple[Corner, ...] | None = None
    hint: Hint | None = None
    stillness: float = 0.0
    is_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _ObservedFrame:
    """A frame and what was seen in it."""

    frame: Frame
    seen: Observation


class FrameObserver(Protocol):
    """Watches the live picture: each frame goes from the camera to the observer."""

    def __call__(self, frame: Frame) -> Observation:
        """Return the observation of a frame, quickly: this runs in the camera loop's thread."""


class CameraLoop:
    """Reads one camera in a thread of its own.

    `close` may be called from any other thread, every other method from any.
    """

    def __init__(
        self,
        open_camera: Callable[[], CameraSource],
        *,
        on_ready: Callable[[], object],
        on_lost: Callable[[KioskError], object],
        observer: FrameObserver | None = None,
        is_load_reduced: Callable[[], bool] = lambda: False,
        on_round: Callable[[], object] = lambda: None,
        pauses_s: Sequence[float] = PAUSES_S,
        snapshot: Callable[[], object] = lambda: None,
    ) -> None:
        """Start the thread.

        Args:
            open_camera: Chooses a camera and returns it opened, or raises `CameraError`. A chosen camera is
                opened again after a loss. Another choice could show the replay's pictures to visitors because
                someone tripped over a cable.
            on_ready: Called when the first frame has come.
            on_lost: Called with the fault when frames stop, and after each failed attempt to open the camera.
            observer: Watches every frame that is shown; `None` for a live picture that is not watched.
            is_load_reduced: Whether to skip frames, at intervals below `REDUCED_S`.
            on_round: Called with every frame and after every attempt: a sign of progress.
            pauses_s: Pauses after the first failure in a row, the second, and so on; the last one is repeated.
            snapshot: Returns a value that changes when a camera is plugged in or out, which ends a pause.
        """
        self._open_camera = open_camera
        self._on_ready = on_ready
        self._on_lost = on_lost
        self._observer = observer
        self._is_load_reduced = is_load_reduced
        self._on_round = on_round
        self._has_observer_failed = False
        self._retries = RetryPauses(pauses_s, snapshot)
        self._camera: CameraSource | None = None
        self._changed = threading.Condition()
        self._latest: _ObservedFrame | None = None
        self._preview: Preview | None = None
        self._count = 0
        self._losses = 0
        self._note = ""
        self._is_busy = False
        self._dark_frames = DarkFrames()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stand", daemon=True)
        self._thread.start()

    def health(self) -> CameraHealth:
        """Return the camera's state and counters."""
        with self._changed:
            camera, latest = self._camera, self._latest
        return CameraHealth(
            name=camera.name if camera else "",
            is_ready=latest is not None,
            note=self._note,
            is_busy=self._is_busy,
            frame_age_s=None if latest is None else self._age_s(latest.frame),
            frames=self._count,
            losses=self._losses,
            reopened=camera.reopened if camera else 0,
            restarted=camera.restarted if camera else 0,
        )

    def _age_s(self, frame: Frame) -> float:
        return max(time.monotonic() - frame.captured_at_s, 0.0)

    def frame(self) -> Frame:
        """Return the latest frame.

        Raises:
            CameraLostError: When there is none.
        """
        with self._changed:
            if self._latest is None:
                raise CameraLostError("the stand's camera gives no picture; see the staff page")
            return self._latest.frame

    def preview(self, after: int, timeout_s: float) -> Preview | None:
        """Return the live picture once its number is above `after`; `None` after the timeout."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._latest is not None and self._count > after, timeout_s
            )
            if self._latest is None or self._count <= after:
                return None
            latest, number, known = self._latest, self._count, self._preview
        if known is not None and known.number == number:
            return known
        made = _preview(latest, number)
        with self._changed:
            if self._count == number and self._latest is not None:
                self._preview = made
        return made

    def close(self) -> None:
        """Release the camera, and forget the last frame."""
        self._stopping.set()
        with self._changed:
            camera = self._camera
        if camera is not None:
            camera.close()  # ends a read that waits
        self._thread.join()
        self._forget_frame()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._retries.note_attempt()
            fault: KioskError
            try:
                self._run_camera()
                return  # closed
            except KioskError as error:
                fault = error
            except Exception as error:  # noqa: BLE001  # whatever a driver raises, go on
                _log.exception("the stand's camera failed unexpectedly")
                why = " ".join(str(error).split()) or type(error).__name__
                fault = CameraLostError(f"camera: {why}")
            if self._has_frame:
                self._retries.note_success()
            self._on_failure(fault)
            self._on_round()
            self._retries.wait(fault, self._stopping)

    def _run_camera(self) -> None:
        camera = self._camera or self._open_camera()
        with camera:  # opens it again after a loss
            with self._changed:
                self._camera = camera
            self._watch(camera)

    def _watch(self, camera: CameraSource) -> None:
        seen = False
        while not self._stopping.is_set():
            frame = camera.read(READ_TIMEOUT_S)
            self._on_round()
            if self._dark_frames.hides(frame) or self._is_too_soon(frame):
                continue
            latest = _ObservedFrame(frame=frame, seen=self._observe(frame))
            with self._changed:
                self._latest = latest
                self._count += 1
                self._changed.notify_all()
            if not seen:
                _log.info(
                    "camera %s gives frames of %dx%d", camera.name, *frame.pixels.shape[1::-1]
                )
                self._on_ready()
                self._note, self._is_busy = "", False
                seen = True

    def _is_too_soon(self, frame: Frame) -> bool:
        last = self._latest
        if last is None or not self._is_load_reduced():
            return False
        return frame.captured_at_s - last.frame.captured_at_s < REDUCED_S

    def _observe(self, frame: Frame) -> Observation:
        if self._observer is None:
            return Observation()
        try:
            seen = self._observer(frame)
        except Exception:  # noqa: BLE001  # the camera works, and so does the button
            if not self._has_observer_failed:  # logged once, not for every frame
                _log.exception("the stand's live picture can't be watched")
            self._has_observer_failed = True
            return Observation()
        self._has_observer_failed = False
        return seen

    @property
    def _has_frame(self) -> bool:
        return self._latest is not None

    def _on_failure(self, error: KioskError) -> None:
        if self._stopping.is_set():
            return  # `close` ended the read
        note = str(error)
        self._is_busy = isinstance(error, CameraBusyError)
        if note != self._note:  # logged once, not every ten seconds for a night
            is_urgent = self._has_frame or self._is_busy
            _log.log(logging.WARNING if is_urgent else logging.INFO, "no camera: %s", note)
        self._note = note
        self._forget_frame()
        self._losses += 1
        self._on_lost(error)

    def _forget_frame(self) -> None:
        with self._changed:
            self._latest = None
            self._preview = None


def _preview(latest: _ObservedFrame, number: int) -> Preview:
    frame, seen = latest.frame, latest.seen
    height, width = frame.pixels.shape[:2]
    return Preview(
        number=number,
        jpeg=to_jpeg(frame.pixels, side=PREVIEW_SIDE, quality=70),
        corners=seen.corners and tuple(Corner(x=c.x / width, y=c.y / height) for c in seen.corners),
        hint=seen.hint,
        stillness=seen.stillness,
        is_known=seen.is_known,
    )
