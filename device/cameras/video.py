"""A video file as the replay camera's film, through OpenCV.

Knows nothing of pace, loops or devices.
"""

from collections.abc import Iterator
from pathlib import Path

from device.cameras.webcam import opencv
from device.errors import CameraMissingError
from device.imaging.frames import Pixels


def video_frames(path: Path) -> Iterator[Pixels]:
    """Give a video's frames once, first to last: uint8 (H, W, 3), RGB.

    A file that was cut short gives the frames it has.

    Raises:
        CameraMissingError: When there is no such file, or OpenCV is missing.
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
