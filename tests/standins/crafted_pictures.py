"""Pictures that cost a decoder much, made byte by byte in little memory."""

import io
import struct
import zlib

from PIL import Image


def png(
    width: int, height: int, bits: int = 8, colour: int = 2, *, interlaced: bool = False
) -> bytes:
    """Return a whole PNG of zeros, packed row by row.

    Args:
        width, height: In pixels.
        bits: Bits a channel.
        colour: The PNG's colour type: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.
        interlaced: Whether its header says that its rows are interlaced; the data then end early.
    """
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = bytes(1 + (width * bits * channels + 7) // 8)
    packer = zlib.compressobj(6)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    palette = _chunk(b"PLTE", bytes(768)) if colour == 3 else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + palette
        + _chunk(b"IDAT", packed)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg(width: int, height: int, mode: str = "RGB", **options: object) -> bytes:
    """Return a JPEG of one colour; `options` are Pillow's, such as `progressive`."""
    file = io.BytesIO()
    Image.new(mode, (width, height), "white").save(file, "JPEG", **options)
    return file.getvalue()


def resized_jpeg(data: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header states another size."""
    at = next(data.index(m) for m in (b"\xff\xc0\x00", b"\xff\xc2\x00") if m in data)
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def scan_bomb(scans: int, side: int = 8000) -> bytes:
    """Return a progressive grey JPEG with a number of empty scans over the whole picture.

    Args:
        scans: Number of scans that refine nothing.
        side: Width and height in pixels, a multiple of 8.
    """
    blocks = (side // 8) ** 2
    frame = struct.pack(">BHHB", 8, side, side, 1) + b"\x01\x11\x00"
    huffman = [bytes((kind, 0, 2, *bytes(14), *symbols)) for kind, symbols in _CODES]
    start = b"\xff\xd8" + _segment(0xDB, b"\0" + b"\1" * 64) + _segment(0xC2, frame)
    start += b"".join(_segment(0xC4, table) for table in huffman)
    first = _segment(0xDA, b"\1\1\0\0\0\0") + bytes(blocks * 2 // 8)
    empty = _segment(0xDA, b"\1\1\0\1\x3f\0") + _ends_of_band(blocks)
    return start + first + empty * scans + b"\xff\xd9"


# Huffman tables of two codes of two bits each. DC: 0 and 1 more bits. AC: the end of 16,384 bands, and of one.
_CODES = ((0x00, b"\x00\x01"), (0x10, b"\xe0\x00"))


def _ends_of_band(blocks: int) -> bytes:
    bits = ""
    while blocks >= 16_384:
        count = min(blocks, 32_767)
        bits += "00" + format(count - 16_384, "014b")
        blocks -= count
    bits += "01" * blocks
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data
