"""A camera for a process of its own, whose faults a test sets through a file in a folder.

It shows the colour card, or the print in the folder, at least ten times a second. `FAULTS` lists its faults.
"""

import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np
from colour_card import make_card

from device.cameras import CameraSource
from device.config import CameraConfig
from device.errors import (
    CameraAbsentError,
    CameraBusyError,
    CameraLostError,
    CameraMissingError,
)
from device.imaging import decoding
from device.imaging.frames import Pixels

FAULT, PRINT = "fault", "print.png"
# Each lasts until the test takes it back.
FAULTS = (
    "absent",
    "busy",
    "lost",
    "stalled",
    "black",
    "torn",
    "wrong size",
    "wrong format",
    "exception",
    "killed",
    "stopped",
)


def set_fault(folder: Path, fault: str) -> None:
    """Set the fault of this folder's camera; an empty string ends it."""
    scratch = folder / "next"
    scratch.write_text(fault, "ascii")
    scratch.replace(folder / FAULT)


def make_faulty(config: CameraConfig, chosen: str = "") -> "FaultyCamera":
    """Return the camera whose folder is `config.replay`; it counts its openings in `chosen`."""
    camera = FaultyCamera(config)
    camera.chosen = f"{chosen}|"
    return camera


class FaultyCamera(CameraSource):
    """Shows the fault that its folder's file names."""

    def __init__(self, config: CameraConfig) -> None:
        super().__init__(config, name="faulty:0")
        assert config.replay is not None
        self._folder = config.replay
        shown = self._folder / PRINT
        self._pixels = decoding.load(shown) if shown.exists() else make_card()
        self._stopping = threading.Event()
        self._takes = 0

    @property
    def _fault(self) -> str:
        try:
            return (self._folder / FAULT).read_text("ascii")
        except FileNotFoundError:
            return ""

    def _start(self) -> None:
        if self._fault == "absent":
            raise CameraAbsentError("faulty:0: expected a camera, found none; plug it in")
        if self._fault == "busy":
            raise CameraBusyError("faulty:0: used by another program; end it")
        if self._fault == "lost":
            raise CameraMissingError("faulty:0: expected it to open, found its bus dead")
        self._stopping.clear()

    def _take(self, timeout_s: float) -> Pixels:
        self._takes += 1
        self._stopping.wait(min(timeout_s, 1 / self._config.fps))
        fault = self._fault
        if fault in ("lost", "absent", "busy"):
            raise CameraLostError("faulty:0: expected a frame, found the camera gone")
        if fault == "flicker":  # once
            set_fault(self._folder, "")
            raise CameraLostError("faulty:0: expected a frame, found the cable loose")
        if fault == "torn":
            # Half a message: the rest of a process that ends while it writes.
            os.write(int(sys.argv[1]), b'{"is": "Tick')
        if fault == "exception":
            raise ValueError("a driver's surprise")
        if fault == "stalled":
            self._stopping.wait()  # beyond every deadline
        if fault in ("killed", "stopped"):
            os.kill(os.getpid(), signal.SIGKILL if fault == "killed" else signal.SIGSTOP)
        return self._spoiled(fault)

    def _spoiled(self, fault: str) -> Pixels:
        if fault == "black":
            return np.zeros_like(self._pixels)
        if fault == "wrong size":
            return np.zeros((self._takes % 7 + 1, 5, 3), np.uint8)
        if fault == "wrong format":
            return self._pixels[:, :, 0].astype(np.float32)
        return self._pixels.copy()

    def _stop(self) -> None:
        self._stopping.set()
