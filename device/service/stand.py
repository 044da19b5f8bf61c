"""The camera at the stand: a thread that keeps the latest frame, and opens a lost camera again."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from device.cameras import CameraSource
from device.errors import CameraError, CameraLostError
from device.recognition.frames import Frame, to_jpeg

_log = logging.getLogger(__name__)

READ_TIMEOUT_S = 5.0
# Back-off between attempts to open a camera: doubling from the first to the last.
FIRST_PAUSE_S = 2.0
LAST_PAUSE_S = 20.0
PREVIEW_SIDE = 640


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The live picture: a JPEG of a frame's number."""

    number: int
    jpeg: bytes


class Stand:
    """Watches the camera; every method may be called from any thread."""

    def __init__(
        self,
        open_camera: Callable[[], CameraSource],
        *,
        on_ready: Callable[[], None],
        on_lost: Callable[[str], None],
    ) -> None:
        """Start watching.

        Args:
            open_camera: Chooses a camera and gives it opened, or raises `CameraError`. Once one was chosen it
                is closed and opened again after a loss: choosing anew could put the replay's pictures
                before a visitor because somebody tripped over a cable.
            on_ready: Called when frames begin to come.
            on_lost: Called with one line on what is wrong when they stop.
        """
        self._open_camera = open_camera
        self._on_ready = on_ready
        self._on_lost = on_lost
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._preview: Preview | None = None
        self._count = 0
        self._losses = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stand", daemon=True)
        self._thread.start()

    @property
    def losses(self) -> int:
        """How often a camera was lost or could not be opened."""
        return self._losses

    def frame(self) -> Frame:
        """Give the latest frame.

        Raises:
            CameraLostError: When there is none.
        """
        with self._changed:
            if self._frame is None:
                raise CameraLostError("the stand's camera gives no picture; see the staff page")
            return self._frame

    def preview(self, after: int, timeout_s: float) -> Preview | None:
        """Give the live picture once it is newer than `after`; `None` when none comes in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None and self._count > after, timeout_s)
            if self._frame is None or self._count <= after:
                return None
            frame, number, known = self._frame, self._count, self._preview
        if known is not None and known.number == number:
            return known
        made = Preview(number=number, jpeg=to_jpeg(frame.pixels, side=PREVIEW_SIDE, quality=70))
        with self._changed:
            self._preview = made
        return made

    def close(self) -> None:
        """Let the camera go; the last frame is forgotten."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        camera: CameraSource | None = None
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                camera = camera or self._open_camera()
                with camera:  # opens it again when it was lost
                    self._watch(camera)
            except CameraError as error:
                # After a spell of good frames the wait begins anew.
                pause_s = FIRST_PAUSE_S if self._is_watching else min(pause_s * 2, LAST_PAUSE_S)
                self._lose(error)
            self._stopping.wait(pause_s)

    def _watch(self, camera: CameraSource) -> None:
        seen = False
        while not self._stopping.is_set():
            frame = camera.read(READ_TIMEOUT_S)
            with self._changed:
                self._frame = frame
                self._count += 1
                self._changed.notify_all()
            if not seen:
                _log.info("camera %s gives frames of %dx%d", camera.name, *frame.pixels.shape[1::-1])
                self._on_ready()
                seen = True

    @property
    def _is_watching(self) -> bool:
        return self._frame is not None

    def _lose(self, error: CameraError) -> None:
        _log.log(logging.WARNING if self._is_watching else logging.INFO, "no camera: %s", error)
        with self._changed:
            self._frame = None
            self._preview = None
        self._losses += 1
        self._on_lost(str(error))
