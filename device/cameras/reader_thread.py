"""A thread that waits for a camera, so that nobody else has to.

A vendor's read may block for ever (https://github.com/opencv/opencv/issues/22677). Opening, reading and
releasing all happen in one daemon thread, since no vendor allows releasing under a read that hangs; callers wait with a
deadline. Knows no vendor. A thread that never comes back is refused a successor rather than multiplied.
"""

import threading
from collections.abc import Callable
from typing import Protocol

from device.errors import CameraError, CameraLostError, CameraMissingError
from device.imaging.frames import Pixels

_RELEASE_S = 2.0


class VendorCamera(Protocol):
    """A vendor's camera that is open and gives pictures."""

    def take(self) -> Pixels | None:
        """Wait for a picture: uint8 (H, W, 3), RGB; `None` for one that isn't wanted.

        Raises:
            CameraLostError: When the camera has gone.
        """

    def release(self) -> None:
        """Let go of the hardware."""


class ReaderThread:
    """The newest picture of a camera that may hang.

    Args:
        name: The camera's, for errors.
        opener: Opens the camera; raises `CameraMissingError` when it can't.
    """

    def __init__(self, name: str, opener: Callable[[], VendorCamera]) -> None:
        self._name = name
        self._opener = opener
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_ready = False
        self._is_wanted = False
        self._newest: Pixels | None = None
        self._fault: CameraError | None = None

    def start(self, timeout_s: float) -> None:
        """Open the camera, waiting at most so long.

        Raises:
            CameraMissingError: When it can't be opened, or an earlier read of it still hangs.
        """
        if self._thread is not None and self._thread.is_alive():
            raise CameraMissingError(
                f"{self._name}: expected a free camera, found its driver still busy; unplug it and plug it in again"
            )
        self._is_ready, self._is_wanted = False, True
        self._newest = self._fault = None
        self._thread = threading.Thread(target=self._work, name=f"camera {self._name}", daemon=True)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._is_ready or not self._is_wanted, timeout_s)
            if self._is_ready:
                return
            self._is_wanted = False  # whenever the opening comes back, the thread releases and ends
            raise self._fault or CameraMissingError(
                f"{self._name}: expected it to open within {timeout_s:g} s, got no answer; unplug it and plug it in again"
            )

    def newest(self, timeout_s: float) -> Pixels:
        """Wait for a picture newer than the one given last: uint8 (H, W, 3), RGB.

        Raises:
            CameraLostError: When none came in time, the camera has gone, or it was stopped.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest is not None or not self._is_wanted, timeout_s
            )
            if self._fault is not None:
                raise self._fault
            if not self._is_wanted:
                raise CameraLostError(f"{self._name}: closed while a frame was awaited")
            if self._newest is None:
                raise CameraLostError(
                    f"{self._name}: expected a frame within {timeout_s:g} s, got none; check its cable"
                )
            pixels, self._newest = self._newest, None
            return pixels

    def stop(self) -> None:
        """Ask the thread to release the camera, and wait a moment for it."""
        with self._changed:
            self._is_wanted = False
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_RELEASE_S)

    def _work(self) -> None:
        try:
            self._serve()
        except CameraError as error:
            self._fault = error
        finally:  # whatever else it was, nobody must wait for a thread that has ended
            with self._changed:
                self._is_wanted = False
                self._changed.notify_all()

    def _serve(self) -> None:
        capture = self._opener()
        try:
            self._announce()
            while self._is_wanted:
                self._keep(capture.take())
        finally:
            capture.release()

    def _announce(self) -> None:
        with self._changed:
            self._is_ready = True
            self._changed.notify_all()

    def _keep(self, pixels: Pixels | None) -> None:
        if pixels is None:
            return
        with self._changed:
            self._newest = pixels
            self._changed.notify_all()
