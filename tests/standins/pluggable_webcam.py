"""A webcam for a process of its own, which a test plugs in, unplugs, or makes busy.

The product's `WebcamCamera` chooses it and reads it. Its folder holds the machine of `fake_v4l2.py`, and the print it sees.
"""

import time
from pathlib import Path
from typing import Any

import cv2
from fake_v4l2 import FakeV4l2

from device.cameras.v4l2 import VideoNode
from device.cameras.webcam import WebcamCamera
from device.config import CameraConfig

PRINT, MACHINE = "print.png", "machine"
_FRAME_S = 0.02


def make_webcam(config: CameraConfig, chosen: str = "") -> WebcamCamera:
    """Return the webcam of the machine in the folder `config.replay`."""
    folder = config.replay
    assert folder is not None
    return WebcamCamera(
        config,
        chosen=chosen,
        devices=FakeV4l2(folder / MACHINE).devices,
        capture=lambda node: PluggedCapture(node, folder / PRINT),
    )


class PluggedCapture:
    """Gives the same picture while its device file is there, as `cv2.VideoCapture` does."""

    def __init__(self, node: VideoNode, shown: Path) -> None:
        self._path = node.path
        self._picture = cv2.imread(str(shown))

    def isOpened(self) -> bool:  # OpenCV's name
        return self._path.exists()

    def set(self, control: int, value: float) -> bool:
        return True

    def grab(self) -> bool:
        time.sleep(_FRAME_S)
        return self._path.exists()

    def retrieve(self) -> tuple[bool, Any]:
        return True, self._picture

    def release(self) -> None:
        pass
