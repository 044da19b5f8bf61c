"""Tell by a few bytes whether a picture file is as long as it says.

Check reads headers alone, so it would keep a file whose copy ended early, and the build would refuse it. Where the end is
missing here, check decodes the picture, as the build does.
"""

import io
from typing import BinaryIO

from device.imaging.formats import iso_boxes, jpeg_ending
from device.imaging.picture_source import PictureSource

# In bytes. Programs append a few of their own behind the end.
_TAIL = 1024


def lacks_end(source: PictureSource, kind: str | None) -> bool:
    """Return whether a picture's file seems to end early.

    Args:
        source: The picture's file.
        kind: Pillow's name of its format.
    """
    size = source.file.seek(0, io.SEEK_END)
    if kind in ("JPEG", "MPO", "JPEG2000"):  # both end with the same marker
        return jpeg_ending.END not in _tail(source.file, size)
    if kind == "PNG":
        return b"IEND" not in _tail(source.file, size)
    if kind == "WEBP":
        source.file.seek(4)
        return int.from_bytes(source.file.read(4), "little") + 8 > size
    if kind in ("AVIF", "HEIF"):
        return iso_boxes.promised_end(source.file) > size
    return source.end > size


def _tail(file: BinaryIO, size: int) -> bytes:
    file.seek(max(0, size - _TAIL))
    return file.read(_TAIL)
