"""Decode a video file for the replay camera, through OpenCV.

Knows nothing of loops or devices.
"""

import math
import os
from pathlib import Path

import numpy as np

from device.cameras.webcam import opencv
from device.errors import CameraMissingError
from device.imaging.frames import Pixels

# Frame rates that a file may claim; others are as good as none.
_LEAST_FPS, _MOST_FPS = 1.0, 240.0


class VideoScene:
    """A video at its own speed, once from first to last. Not thread-safe.

    A truncated file shows the frames that it has.

    Args:
        path: The video file.
        side: Longest side of a frame in pixels; larger frames are scaled down.
        fps: Frames per second of a file that doesn't say so.

    Raises:
        CameraMissingError: If the file or OpenCV is missing, or the file is no video.
    """

    def __init__(self, path: Path, *, side: int, fps: float) -> None:
        if not path.is_file():
            raise CameraMissingError(
                f"{path.name}: expected a folder of pictures or a video file, found neither; correct [camera] replay"
            )
        self._cv2 = opencv()
        self._side = side
        # Each attempt at a damaged file would print FFmpeg's own lines; read when it opens its first file.
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        self._video = self._cv2.VideoCapture(str(path), self._cv2.CAP_FFMPEG)
        if not self._video.isOpened():
            raise CameraMissingError(
                f"{path.name}: expected a video that can be played, found none; name another file"
            )
        stated = self._video.get(self._cv2.CAP_PROP_FPS)
        self._fps = stated if _LEAST_FPS <= stated <= _MOST_FPS else fps
        self._number = -1
        self._shown: Pixels | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height of the file's frames, before they are scaled."""
        width = self._video.get(self._cv2.CAP_PROP_FRAME_WIDTH)
        return int(width), int(self._video.get(self._cv2.CAP_PROP_FRAME_HEIGHT))

    def at(self, time_s: float) -> Pixels | None:
        """Return the frame at a time since the start, or `None` after the last; times rise.

        uint8 (H, W, 3), RGB. Frames between two times are skipped.
        """
        wanted = math.floor(time_s * self._fps + 1e-6)
        while self._number < wanted:
            if not self._video.grab():
                self._video.release()
                return None
            self._number += 1
            self._shown = None
        if self._shown is None:
            decoded, picture = self._video.retrieve()
            if not decoded:
                self._video.release()
                return None
            self._shown = self._scaled(self._cv2.cvtColor(picture, self._cv2.COLOR_BGR2RGB))
        return self._shown

    def _scaled(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        factor = self._side / max(height, width)
        if factor >= 1:
            return pixels
        size = (max(round(width * factor), 1), max(round(height * factor), 1))
        return np.asarray(
            self._cv2.resize(pixels, size, interpolation=self._cv2.INTER_AREA), np.uint8
        )
