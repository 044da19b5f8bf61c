"""A video file in place of a USB webcam."""

import threading
import time
from pathlib import Path
from typing import Any

import cv2

FPS = 200.0  # fast, so that tests don't wait; the real frame rate is tested with a fake clock


class DeviceCapture:
    """Reads a file like a device: at a frame rate, in a loop, until unplugged or hanging.

    It wraps `cv2.VideoCapture` and doesn't inherit from it, because the garbage collector crashes on subclasses.

    Attributes:
        is_decodable: Whether `retrieve` succeeds.
        may_continue: While it is not set, `grab` hangs.
        released: Set when the device was released.
    """

    def __init__(self, file: Path, backend: int) -> None:
        self.vendor = cv2.VideoCapture(str(file), backend)
        self.file, self.backend = file, backend
        self.is_plugged_in = True
        self.is_decodable = True
        self.may_continue = threading.Event()
        self.may_continue.set()
        self.released = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.vendor, name)

    def grab(self) -> bool:
        time.sleep(1 / FPS)
        self.may_continue.wait()
        if not self.is_plugged_in:
            return False
        if self.vendor.grab():
            return True
        self.vendor.open(str(self.file), self.backend)
        return self.vendor.grab()

    def retrieve(self) -> tuple[bool, Any]:
        decoded, picture = self.vendor.retrieve()
        return (decoded, picture) if self.is_decodable else (False, None)

    def release(self) -> None:
        self.vendor.release()
        self.released.set()
