"""Read the segments of a JPEG, and from them what libjpeg must hold to decode it.

Source: ITU-T T.81, annex B; libjpeg-turbo's jdapimin.c and jdmaster.c for what it holds.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# The next marker behind a scan's data: no stuffed byte, restart or fill byte.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_START_OF_SCAN = b"\xff\xda"
# Markers of frames whose scans refine each other.
PROGRESSIVE = (0xC2, 0xCA)
_LOSSLESS = (0xC3, 0xCB)
# In bytes. Read first; a file whose header is longer, such as with a large preview, is read whole.
_HEAD_BYTES = 256 * 1024
_BLOCK = 8
_COEFFICIENT_BYTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegFrame:
    """What a JPEG's header says about the cost of decoding it.

    Attributes:
        kept_bytes: Size of all coefficients, which libjpeg holds where several scans make up the picture; 0 for a single
            scan, which is decoded row by row.
        scans: Number of scans, or an upper bound of it; 1 where the first holds all.
        is_scalable: Whether libjpeg can decode it at a fraction of its size.
    """

    kept_bytes: int
    scans: int
    is_scalable: bool


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker with its segment's bytes, without those of scans."""
    at = 2
    while (found := _MARKER.search(data, at)) is not None:
        marker, at = data[found.start() + 1], found.end()
        if marker in (0x01, 0xD8, 0xD9) or at + 2 > len(data):
            continue
        (length,) = struct.unpack_from(">H", data, at)
        yield marker, data[at + 2 : at + length]
        at += length


def is_frame(marker: int) -> bool:
    """Return whether a marker starts a frame: the picture's size and components."""
    return 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)


def is_progressive(data: bytes) -> bool:
    """Return whether a JPEG's scans refine each other."""
    return any(marker in PROGRESSIVE for marker, _ in segments(data))


def read_frame(file: BinaryIO) -> JpegFrame | None:
    """Return what a JPEG's header says; `None` where it has no frame or no scan."""
    file.seek(0)
    data = file.read(_HEAD_BYTES)
    header = _header(data)
    if header is None:
        data += file.read()
        header = _header(data)
    if header is None:
        return None
    marker, frame, scanned = header
    is_scalable = marker not in _LOSSLESS
    if marker not in PROGRESSIVE and scanned >= frame[5]:
        return JpegFrame(kept_bytes=0, scans=1, is_scalable=is_scalable)
    # The bytes of a marker occur in a preview, too, so there may be a few scans less.
    scans = (data + file.read()).count(_START_OF_SCAN)
    return JpegFrame(kept_bytes=_kept_bytes(frame), scans=scans, is_scalable=is_scalable)


def _header(data: bytes) -> tuple[int, bytes, int] | None:
    """Return the frame's marker and segment, and the number of components in the first scan."""
    found: tuple[int, bytes] | None = None
    for marker, segment in segments(data):
        if is_frame(marker) and len(segment) >= 6 + 3 * segment[5]:
            found = marker, segment
        elif marker == 0xDA and segment:
            return None if found is None else (*found, segment[0])
    return None


def _kept_bytes(frame: bytes) -> int:
    height, width, count = struct.unpack_from(">HHB", frame, 1)
    sampling = [divmod(packed, 16) for packed in frame[7 : 6 + 3 * count : 3]]
    most_across = max((across for across, _ in sampling), default=0) or 1
    most_down = max((down for _, down in sampling), default=0) or 1
    blocks = sum(
        _units(width, _BLOCK * most_across) * across * _units(height, _BLOCK * most_down) * down
        for across, down in sampling
    )
    return int(blocks * _BLOCK * _BLOCK * _COEFFICIENT_BYTES)


def _units(length: int, unit: int) -> int:
    """Return how many units cover a length."""
    return -(-length // unit)
