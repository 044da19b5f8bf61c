"""Read a camera in its own thread, so that callers can wait with a deadline.

A vendor's read may block for ever (https://github.com/opencv/opencv/issues/22677). No vendor allows releasing a camera during
a read that hangs. So one daemon thread opens, reads and releases it. While that thread hangs, no second one is started. Knows
no vendor.
"""

import threading
from collections.abc import Callable
from typing import Protocol

from device.errors import CameraError, CameraLostError, CameraMissingError
from device.imaging.frames import Pixels

_RELEASE_S = 2.0


class VendorCamera(Protocol):
    """An open camera of a vendor's library."""

    def take(self) -> Pixels | None:
        """Wait for a picture: uint8 (H, W, 3), RGB; `None` for one that is skipped.

        Raises:
            CameraLostError: If the camera is gone.
        """

    def release(self) -> None:
        """Release the hardware."""


class ReaderThread:
    """Holds the newest picture of a camera that may hang.

    Args:
        name: Name of the camera in errors; the opener may set a better one.
        opener: Opens the camera; raises `CameraMissingError` if it can't.
    """

    def __init__(self, name: str, opener: Callable[[], VendorCamera]) -> None:
        self.name = name
        self._opener = opener
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_ready = False
        self._is_wanted = False
        self._newest: Pixels | None = None
        self._fault: CameraError | None = None

    def start(self, timeout_s: float) -> None:
        """Open the camera, and wait for that at most `timeout_s` seconds.

        Raises:
            CameraMissingError: If it can't be opened, or an earlier read still hangs.
        """
        if self._thread is not None and self._thread.is_alive():
            raise CameraMissingError(
                f"{self.name}: expected a free camera, found its driver still busy; unplug it and plug it in again"
            )
        self._is_ready, self._is_wanted = False, True
        self._newest = self._fault = None
        self._thread = threading.Thread(target=self._work, name=f"camera {self.name}", daemon=True)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._is_ready or not self._is_wanted, timeout_s)
            if self._is_ready:
                return
            self._is_wanted = (
                False  # once the opening returns, the thread releases the camera and ends
            )
            raise self._fault or CameraMissingError(
                f"{self.name}: expected it to open within {timeout_s:g} s, got no answer; unplug it and plug it in again"
            )

    def newest(self, timeout_s: float) -> Pixels:
        """Wait for a picture newer than the last one returned: uint8 (H, W, 3), RGB.

        Raises:
            CameraLostError: If none arrives within `timeout_s`, the camera is gone, or it was stopped.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest is not None or not self._is_wanted, timeout_s
            )
            if self._fault is not None:
                raise self._fault
            if not self._is_wanted:
                raise CameraLostError(f"{self.name}: closed while waiting for a frame")
            if self._newest is None:
                raise CameraLostError(
                    f"{self.name}: expected a frame within {timeout_s:g} s, got none; check its cable"
                )
            pixels, self._newest = self._newest, None
            return pixels

    def stop(self) -> None:
        """Ask the thread to release the camera, and wait up to two seconds for it."""
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
        finally:  # on any other error, too: no caller may wait for a thread that has ended
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
