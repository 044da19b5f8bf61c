"""Leave out a PNG's texts, and read its ICC profile within bounds.

Pillow unpacks each text and profile up to 1 MB and refuses the picture above that. Photoshop and scanners write larger ones,
and a bomb of a few kB unpacks to gigabytes. So Pillow is shown the picture without them: texts are skipped unread, and the
profile is unpacked here. Only texts that may hold the orientation stay, each of them small.

Source: PNG Specification, Third Edition (W3C, 2025), sections 5 and 11.3.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from device.imaging.colour_profiles import MOST_BYTES
from device.imaging.formats.spliced_file import Piece, splice
from device.imaging.picture_source import PictureSource

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# In bytes, unpacked.
_MOST_TEXT_BYTES = 512 * 1024
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
# Where ImageMagick and Adobe's programs keep EXIF and XMP, and with them the orientation.
_WITH_ORIENTATION = (b"Raw profile type exif\0", b"XML:com.adobe.xmp\0")
_MOST_TEXTS = 2
# Most parts between the texts; only an attack has more.
_MOST_PARTS = 1000


def inspect(file: BinaryIO) -> PictureSource:
    """Return a PNG without its texts, with the ICC profile next to it.

    The profile is empty where it can't be unpacked, and cut where it is too large to be used.

    Raises:
        ValueError: If texts lie between more parts than a real picture has.
    """
    profile, kept_from, kept_texts = None, 0, 0
    pieces: list[Piece] = []
    for kind, start, size in _chunks(file):
        if kind == b"iCCP" and profile is None:
            profile = _profile(file, start, size)
        elif kind not in _TEXTS:
            continue
        elif kept_texts < _MOST_TEXTS and _may_hold_orientation(file, kind, start, size):
            kept_texts += 1
            continue
        if kept_from < start - 8:
            pieces.append((kept_from, start - 8))
        kept_from = start + size + 4
        if len(pieces) > _MOST_PARTS:
            raise ValueError(f"more than {_MOST_PARTS} texts between its parts")
    if not pieces:
        return PictureSource(file=file)
    pieces.append((kept_from, max(kept_from, file.seek(0, 2))))
    return PictureSource(file=splice(file, pieces), profile=profile)


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield each chunk's type, start of its data, and length, as far as the file is whole."""
    end = file.seek(0, 2)
    at = len(SIGNATURE)
    while at + 12 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if at + 12 + size > end:
            return
        yield kind, at + 8, size
        at += 12 + size


def _may_hold_orientation(file: BinaryIO, kind: bytes, start: int, size: int) -> bool:
    if size > _MOST_TEXT_BYTES:
        return False
    file.seek(start)
    data = file.read(size)
    if not data.startswith(_WITH_ORIENTATION):
        return False
    _, _, rest = data.partition(b"\0")
    if kind == b"tEXt" or (kind == b"iTXt" and rest[:1] != b"\1"):
        return True
    # Before a packed text: its method, and in iTXt also a flag, the language and the translated keyword.
    packed = rest[1:] if kind == b"zTXt" else rest[2:].split(b"\0", 2)[-1]
    return 0 < len(_unpacked(packed, _MOST_TEXT_BYTES + 1)) <= _MOST_TEXT_BYTES


def _profile(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    # A name of at most 79 bytes, a zero, the method, which is 0, and the profile.
    _, _, packed = file.read(min(size, MOST_BYTES)).partition(b"\0")
    return _unpacked(packed[1:], MOST_BYTES + 1)


def _unpacked(packed: bytes, most: int) -> bytes:
    """Return data unpacked, cut after `most` bytes; empty if it is damaged."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, most)
    except zlib.error:
        return b""
    return data if unpacker.eof or len(data) == most else b""
