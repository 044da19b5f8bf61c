"""What every camera promises, and what all of them share: frame numbers, the clock, the turning.

Knows no driver; a driver knows nothing of rotation, mirror or stand region.
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
    """A camera at the stand, upright frame after upright frame.

    One thread opens and reads; any thread may close, and a `read` that waits then raises. After a
    `CameraLostError`, close and open the same source again: frame numbers go on rising.

    Descendents *must* override `_start`, `_take` and `_stop`. They *may* override nothing else: what is
    done once for all cameras (turning, numbering, refusing to read a closed camera) can't then differ.

    Attributes:
        name: Such as `webcam:0`, `pi:1`, `replay:prints`; each frame's `source`.
        reopened: How often it was opened again by its own process; 0 for a camera that has none.
        restarted: How often that process was replaced.
    """

    def __init__(
        self, config: CameraConfig, *, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self.reopened = self.restarted = 0
        self._config = config
        self._clock = clock
        self._number = 0
        self._is_open = False

    @property
    def is_open(self) -> bool:
        """Whether `read` may give a frame."""
        return self._is_open

    def open(self) -> None:
        """Take the camera into use; does nothing when it is open already.

        Raises:
            CameraMissingError: When there is no such camera, no driver for it, or somebody else has it.
        """
        if self._is_open:
            return
        self._start()
        self._is_open = True
        _log.info("%s: camera opened", self.name)

    def read(self, timeout_s: float) -> Frame:
        """Wait for the next frame, one that nobody has read before.

        Args:
            timeout_s: How long to wait at most.

        Raises:
            CameraLostError: When no frame came in time, the camera was unplugged, or it is closed.
        """
        if not self._is_open:
            raise CameraLostError(f"{self.name}: expected an open camera, found it closed; open it")
        pixels = self._take(timeout_s)
        captured_at_s = self._clock()
        if not self._is_open:
            raise CameraLostError(f"{self.name}: closed while a frame was awaited")
        self._number += 1
        return Frame(
            pixels=orient(pixels, self._config),
            captured_at_s=captured_at_s,
            number=self._number,
            source=self.name,
        )

    def close(self) -> None:
        """Let go of the camera; does nothing when it is closed already."""
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
        """Open the hardware; raise `CameraMissingError`, leaving nothing half open, when it can't be."""

    @abstractmethod
    def _take(self, timeout_s: float) -> Pixels:
        """Give the newest picture not given before, as the sensor sees it: uint8 (H, W, 3), RGB.

        The array is the caller's: nothing writes into it afterwards. Raise `CameraLostError` when none
        came within `timeout_s`, and soon after `_stop` was called by another thread.
        """

    @abstractmethod
    def _stop(self) -> None:
        """Release the hardware, within a second or two even if it hangs, so that `_start` may be called again."""
