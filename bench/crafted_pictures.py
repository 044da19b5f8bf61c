"""Pictures that cost a decoder much, made byte by byte in little memory."""

import io
import struct
import zlib

from PIL import Image


def png(
    width: int,
    height: int,
    bits: int = 8,
    colour: int = 2,
    *,
    interlaced: bool = False,
    transparent: bool = False,
) -> bytes:
    """Return a whole PNG of zeros, packed row by row.

    Args:
        width, height: In pixels.
        bits: Bits a channel.
        colour: The PNG's colour type: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.
        interlaced: Whether its header says that its rows are interlaced; the data then end early.
        transparent: Whether one colour, or all of a palette, is transparent.
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
        + (_chunk(b"tRNS", bytes({0: 2, 2: 6}.get(colour, 256))) if transparent else b"")
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


def crafted_jpeg(
    width: int, height: int, *, sampling: tuple[tuple[int, int], ...], progressive: bool = False
) -> bytes:
    """Return a whole JPEG of one colour, of any size, without the memory for its pixels.

    Args:
        width, height: In pixels.
        sampling: Horizontal and vertical sampling of each component, such as 2 and 2 for the first of three in 4:2:0.
        progressive: Whether it is progressive, of two scans for each component.
    """
    across, down = (max(each[axis] for each in sampling) for axis in (0, 1))
    units = -(-width // (8 * across)) * -(-height // (8 * down))
    blocks = [units * each[0] * each[1] for each in sampling]
    kinds = b"".join(bytes((number, h * 16 + v, 0)) for number, (h, v) in enumerate(sampling, 1))
    frame = struct.pack(">BHHB", 8, height, width, len(sampling)) + kinds
    start = _start(0xC2 if progressive else 0xC0, frame)
    if not progressive:
        parts = b"".join(bytes((number, 0)) for number in range(1, len(sampling) + 1))
        head = _segment(0xDA, bytes((len(sampling),)) + parts + b"\0\x3f\0")
        return start + head + bytes(sum(blocks) * 4 // 8 + 1) + b"\xff\xd9"
    scans = []
    for number, (h, v) in enumerate(sampling, 1):
        # A scan of one component has no blocks that only fill up its last unit.
        count = -(-width * h // (8 * across)) * -(-height * v // (8 * down))
        scans.append(_segment(0xDA, bytes((1, number, 0, 0, 0, 0))) + bytes(count * 2 // 8 + 1))
        scans.append(_segment(0xDA, bytes((1, number, 0, 1, 63, 0))) + _ends_of_band(count))
    return start + b"".join(scans) + b"\xff\xd9"


def scan_bomb(scans: int, side: int = 8000) -> bytes:
    """Return a progressive grey JPEG with a number of empty scans over the whole picture.

    Args:
        scans: Number of scans that refine nothing.
        side: Width and height in pixels, a multiple of 8.
    """
    blocks = (side // 8) ** 2
    start = _start(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\x01\x11\x00")
    first = _segment(0xDA, b"\1\1\0\0\0\0") + bytes(blocks * 2 // 8)
    empty = _segment(0xDA, b"\1\1\0\1\x3f\0") + _ends_of_band(blocks)
    return start + first + empty * scans + b"\xff\xd9"


def _start(marker: int, frame: bytes) -> bytes:
    huffman = [bytes((kind, 0, 2, *bytes(14), *symbols)) for kind, symbols in _CODES]
    return (
        b"\xff\xd8"
        + _segment(0xDB, b"\0" + b"\1" * 64)
        + _segment(marker, frame)
        + b"".join(_segment(0xC4, table) for table in huffman)
    )


# Huffman tables of two codes of two bits each. DC: 0 and 1 more bits. AC: the end of a band, and of 16,384.
_CODES = ((0x00, b"\x00\x01"), (0x10, b"\x00\xe0"))


def _ends_of_band(blocks: int) -> bytes:
    bits = ""
    while blocks >= 16_384:
        count = min(blocks, 32_767)
        bits += "01" + format(count - 16_384, "014b")
        blocks -= count
    bits += "00" * blocks
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data
