"""Read the boxes of JPEG 2000, AVIF and HEIC files, as far as Pillow leaves them out.

Source: ISO/IEC 15444-1:2019, annex I, with `jp2h` for the header's boxes and `colr` for the colour space; ISO/IEC 14496-12
for the other two.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from device.imaging.picture_source import PictureSource

JP2_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
# In bytes. The header's other boxes are small.
_MOST_HEADER_BYTES = 8 * 1024 * 1024
_RESTRICTED_PROFILE, _ANY_PROFILE = 2, 3


def inspect(file: BinaryIO) -> PictureSource:
    """Return a JPEG 2000 file with its ICC profile, where it has one."""
    end = file.seek(0, 2)
    for kind, start, size in _boxes(file, 0, end):
        if kind == b"jp2h" and size <= _MOST_HEADER_BYTES:
            return PictureSource(file=file, profile=_profile(file, start, size))
    return PictureSource(file=file)


def promised_end(file: BinaryIO) -> int:
    """Return where the last of a file's boxes says it ends."""
    end = 0
    size = file.seek(0, 2)
    for _, start, length in _boxes(file, 0, size, may_end_early=True):
        end = start + length
    return end


def _profile(file: BinaryIO, start: int, size: int) -> bytes | None:
    for kind, at, length in _boxes(file, start, start + size):
        if kind == b"colr" and length > 3:
            file.seek(at)
            data = file.read(length)
            if data[0] in (_RESTRICTED_PROFILE, _ANY_PROFILE):
                return data[3:]
    return None


def _boxes(
    file: BinaryIO, start: int, end: int, *, may_end_early: bool = False
) -> Iterator[tuple[bytes, int, int]]:
    """Yield each box's type, and where its contents begin and how long they are."""
    at = start
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16).ljust(16, b"\0")
        size, kind = struct.unpack_from(">I4s", head)
        skipped = 16 if size == 1 else 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", head, 8)
        elif size == 0:  # the last one, up to the end
            size = end - at
        if size < skipped or (at + size > end and not may_end_early):
            return
        yield kind, at + skipped, size - skipped
        at += size
