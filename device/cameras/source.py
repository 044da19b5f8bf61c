"""The contract of all cameras, with frame numbers, timestamps and orientation.

Knows no driver; a driver knows nothing of rotation, mirror or the stand's region.
"""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self

from device.cameras.orientation import orient
from device.config import CameraConfig
from device.errors import CameraLostError
from device.imaging.frames import Frame, Pixels

_log = logging.getLogger(__name__)


class CameraSource(ABC):
    """A camera at the stand that returns upright frames.

    One thread opens and reads. Any thread may close; a waiting `read` then raises. After a `CameraLostError`, close and
    reopen the same source: frame numbers keep rising.

    Subclasses *must* override `_start`, `_take` and `_stop`. They *may* override nothing else, so that orientation, frame
    numbers and the refusal to read a closed camera are the same for all cameras.

    Attributes:
        name: Such as `webcam:0 (HD Webcam)`, `pi:1`, `replay:prints`; each frame's `source`. Opening may refine it.
        chosen: Text by which the factory of the next process finds this hardware again; empty if it needs none.
        reopened: How often its own process has reopened the camera; 0 without such a process.
        restarted: How often that process was replaced.
    """

    def __init__(
        self, config: CameraConfig, *, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.chosen = ""
        self.reopened = self.restarted = 0
        self._config = config
        self._clock = clock
        self._number = 0
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Return whether the camera is open, so that `read` may return a frame."""
        return self._is_open

    def open(self) -> None:
        """Open the camera; do nothing if it is open already.

        Raises:
            CameraMissingError: If the camera or its driver is missing, or another program uses it.
        """
        if self._is_open:
            return
        self._start()
        self._is_open = True
        _log.info("%s: camera opened", self.name)

    def read(self, timeout_s: float) -> Frame:
        """Wait for the next new frame.

        Args:
            timeout_s: Maximum wait in seconds.

        Raises:
            CameraLostError: If no frame arrives in time, the camera is unplugged, or it is closed.
        """
        if not self._is_open:
            raise CameraLostError(f"{self.name}: expected an open camera, found it closed; open it")
        pixels = self._take(timeout_s)
        captured_at_s = self._clock()
        if not self._is_open:
            raise CameraLostError(f"{self.name}: closed while waiting for a frame")
        self._number += 1
        return Frame(
            pixels=orient(pixels, self._config),
            captured_at_s=captured_at_s,
            number=self._number,
            source=self.name,
        )

    def close(self) -> None:
        """Release the camera; do nothing if it is closed already."""
        if not self._is_open:
            return
        self._is_open = False
        self._stop()
        _log.info("%s: camera closed", self.name)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def _start(self) -> None:
        """Open the hardware, or raise `CameraMissingError` with everything closed again."""

    @abstractmethod
    def _take(self, timeout_s: float) -> Pixels:
        """Return the newest picture not yet returned, as the sensor sees it: uint8 (H, W, 3), RGB.

        The caller owns the array, so nothing may write to it later. Raise `CameraLostError` if no picture arrives within
        `timeout_s`, and soon after another thread has called `_stop`.
        """

    @abstractmethod
    def _stop(self) -> None:
        """Release the hardware within two seconds, even if it hangs, so that `_start` works again."""
