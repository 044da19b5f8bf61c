"""Decode a video file for the replay camera, through OpenCV.

Knows nothing of frame rates, loops or devices.
"""

from collections.abc import Iterator
from pathlib import Path

from device.cameras.webcam import opencv
from device.errors import CameraMissingError
from device.imaging.frames import Pixels


def video_frames(path: Path) -> Iterator[Pixels]:
    """Yield a video's frames once, first to last: uint8 (H, W, 3), RGB.

    A truncated file yields the frames that it has.

    Raises:
        CameraMissingError: If the file or OpenCV is missing.
    """
    if not path.is_file():
        raise CameraMissingError(
            f"{path.name}: expected a folder of pictures or a video file, found neither; correct [camera] replay"
        )
    cv2 = opencv()
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        while True:
            decoded, picture = video.read()
            if not decoded:
                return
            yield cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    finally:
        video.release()
