"""A file in the place of a USB webcam."""

import threading
import time
from pathlib import Path
from typing import Any

import cv2

FPS = 200.0  # so that tests don't wait; a pace of its own is tested with a clock of its own


class DeviceCapture:
    """A file read like a device: at a pace, over and over, until it is unplugged or hangs.

    Wraps `cv2.VideoCapture` instead of descending from it: the garbage collector crashes on descendents.
    """

    def __init__(self, file: Path, backend: int) -> None:
        self.vendor = cv2.VideoCapture(str(file), backend)
        self.file, self.backend = file, backend
        self.is_plugged_in = True
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.released = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.vendor, name)

    def grab(self) -> bool:
        time.sleep(1 / FPS)
        self.goes_on.wait()
        if not self.is_plugged_in:
            return False
        if self.vendor.grab():
            return True
        self.vendor.open(str(self.file), self.backend)
        return self.vendor.grab()

    def release(self) -> None:
        self.vendor.release()
        self.released.set()
