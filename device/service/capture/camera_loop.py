"""The camera at the stand: a thread that keeps the latest frame, and opens a lost camera again.

Each frame is shown to whoever watches before it is given to anybody: what was seen in it always goes with it.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from device.cameras import CameraSource
from device.errors import CameraLostError, KioskError
from device.imaging.frames import Frame, to_jpeg
from device.recognition.sheet.detect import Corner, Hint
from device.service.capture.camera_health import CameraHealth
from device.service.capture.dark_frames import DarkFrames
from device.service.capture.watcher import Observation

_log = logging.getLogger(__name__)

READ_TIMEOUT_S = 5.0
# Between attempts to open a camera: doubling, and beginning anew after a spell of good frames. With the last, and the time
# it takes to open, a camera that is plugged in again is back within 15 s.
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 10.0)
PREVIEW_SIDE = 640
# On a machine that is too hot frames are so far apart: half of what a hand is followed with, and enough to aim by.
SPARING_S = 1 / 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The live picture and what was seen in it.

    Attributes:
        number: The frame's.
        jpeg: The frame, made small.
        outline: The sheet's corners as shares of the picture, 0..1; `None` when none is seen.
        hint: What the visitor could do better; `None` for nothing.
        stillness: How far a print that will be looked up by itself has come on the way to it, 0..1.
        is_known: Whether the print that lies there has been looked up already.
    """

    number: int
    jpeg: bytes
    outline: tuple[Corner, ...] | None = None
    hint: Hint | None = None
    stillness: float = 0.0
    is_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A frame, and what was seen in it."""

    frame: Frame
    seen: Observation


class FrameObserver(Protocol):
    """Watches the live picture: each frame goes from the camera to the observer."""

    def __call__(self, frame: Frame) -> Observation:
        """Return what is seen in a frame; runs in the camera loop's thread, so it must be quick."""


class CameraLoop:
    """Watches the camera; every method may be called from any thread."""

    def __init__(
        self,
        open_camera: Callable[[], CameraSource],
        *,
        on_ready: Callable[[], object],
        on_lost: Callable[[KioskError], object],
        observer: FrameObserver | None = None,
        is_sparing: Callable[[], bool] = lambda: False,
        on_round: Callable[[], object] = lambda: None,
        pauses_s: Sequence[float] = PAUSES_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start watching.

        Args:
            open_camera: Chooses a camera and gives it opened, or raises `CameraError`. Once one was chosen it
                is closed and opened again after a loss: choosing anew could put the replay's pictures
                before a visitor because somebody tripped over a cable.
            on_ready: Called when frames begin to come.
            on_lost: Called with what is wrong when they stop, and after each attempt to bring them back.
            observer: Watches every frame that is shown; `None` for a live picture that is not watched.
            is_sparing: Whether only so many frames are to be looked at as are needed to aim by; the others are let pass.
            on_round: Called with every frame and after every attempt: proof that the thread lives.
            pauses_s: After the first failure in a row, the second, and so on; the last one from then on.
            clock: Monotonic seconds, those of the frames.
        """
        self._open_camera = open_camera
        self._on_ready = on_ready
        self._on_lost = on_lost
        self._observer = observer
        self._is_sparing = is_sparing
        self._on_round = on_round
        self._is_blind = False
        self._pauses_s = pauses_s
        self._clock = clock
        self._camera: CameraSource | None = None
        self._changed = threading.Condition()
        self._shown: _Shown | None = None
        self._preview: Preview | None = None
        self._count = 0
        self._losses = 0
        self._note = ""
        self._darkness = DarkFrames()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stand", daemon=True)
        self._thread.start()

    def health(self) -> CameraHealth:
        """Give how the camera is."""
        with self._changed:
            camera, shown = self._camera, self._shown
        return CameraHealth(
            name=camera.name if camera else "",
            is_ready=shown is not None,
            note=self._note,
            frame_age_s=None if shown is None else self._age_s(shown.frame),
            frames=self._count,
            losses=self._losses,
            reopened=camera.reopened if camera else 0,
            restarted=camera.restarted if camera else 0,
        )

    def _age_s(self, frame: Frame) -> float:
        return max(self._clock() - frame.captured_at_s, 0.0)

    def frame(self) -> Frame:
        """Give the latest frame.

        Raises:
            CameraLostError: When there is none.
        """
        with self._changed:
            if self._shown is None:
                raise CameraLostError("the stand's camera gives no picture; see the staff page")
            return self._shown.frame

    def preview(self, after: int, timeout_s: float) -> Preview | None:
        """Give the live picture once it is newer than `after`; `None` when none comes in time."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._shown is not None and self._count > after, timeout_s
            )
            if self._shown is None or self._count <= after:
                return None
            shown, number, known = self._shown, self._count, self._preview
        if known is not None and known.number == number:
            return known
        made = _preview(shown, number)
        with self._changed:
            if self._count == number and self._shown is not None:
                self._preview = made
        return made

    def close(self) -> None:
        """Let the camera go; the last frame is forgotten."""
        self._stopping.set()
        with self._changed:
            camera = self._camera
        if camera is not None:
            camera.close()  # so that a read that waits comes back
        self._thread.join()
        self._forget()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._attend()
            except KioskError as error:
                failures = 1 if self._is_watching else failures + 1
                self._lose(error)
            except Exception as error:  # noqa: BLE001  # a driver's surprise must not end the stand
                _log.exception("the stand's camera failed in a way nobody foresaw")
                failures = 1 if self._is_watching else failures + 1
                why = " ".join(str(error).split()) or type(error).__name__
                self._lose(CameraLostError(f"camera: {why}"))
            self._on_round()
            self._stopping.wait(self._pauses_s[min(failures, len(self._pauses_s)) - 1])

    def _attend(self) -> None:
        camera = self._camera or self._open_camera()
        with camera:  # opens it again when it was lost
            with self._changed:
                self._camera = camera
            self._watch(camera)

    def _watch(self, camera: CameraSource) -> None:
        seen = False
        while not self._stopping.is_set():
            frame = camera.read(READ_TIMEOUT_S)
            self._on_round()
            if self._darkness.hides(frame) or self._is_too_soon(frame):
                continue
            shown = _Shown(frame=frame, seen=self._seen_in(frame))
            with self._changed:
                self._shown = shown
                self._count += 1
                self._changed.notify_all()
            if not seen:
                _log.info(
                    "camera %s gives frames of %dx%d", camera.name, *frame.pixels.shape[1::-1]
                )
                self._on_ready()
                self._note = ""
                seen = True

    def _is_too_soon(self, frame: Frame) -> bool:
        last = self._shown
        if last is None or not self._is_sparing():
            return False
        return frame.captured_at_s - last.frame.captured_at_s < SPARING_S

    def _seen_in(self, frame: Frame) -> Observation:
        if self._observer is None:
            return Observation()
        try:
            seen = self._observer(frame)
        except Exception:  # noqa: BLE001  # the camera is well, and the button works without
            if not self._is_blind:  # said once, not with every frame
                _log.exception("the stand's live picture can't be watched")
            self._is_blind = True
            return Observation()
        self._is_blind = False
        return seen

    @property
    def _is_watching(self) -> bool:
        return self._shown is not None

    def _lose(self, error: KioskError) -> None:
        if self._stopping.is_set():
            return  # closed under the read, by us
        note = str(error)
        if note != self._note:  # said once, not every ten seconds for a night
            _log.log(logging.WARNING if self._is_watching else logging.INFO, "no camera: %s", note)
        self._note = note
        self._forget()
        self._losses += 1
        self._on_lost(error)

    def _forget(self) -> None:
        with self._changed:
            self._shown = None
            self._preview = None


def _preview(shown: _Shown, number: int) -> Preview:
    frame, seen = shown.frame, shown.seen
    height, width = frame.pixels.shape[:2]
    return Preview(
        number=number,
        jpeg=to_jpeg(frame.pixels, side=PREVIEW_SIDE, quality=70),
        outline=seen.corners and tuple(Corner(x=c.x / width, y=c.y / height) for c in seen.corners),
        hint=seen.hint,
        stillness=seen.stillness,
        is_known=seen.is_known,
    )
