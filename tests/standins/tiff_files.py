"""Write small TIFFs of any layout, as scanners and other programs do and Pillow can't.

Source: TIFF 6.0 (Adobe, 1992) and the BigTIFF proposal (Aware Systems, 2005).
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_SUBIFDS, _STRIPS, _SIZES, _UNDEFINED = 330, 273, 279, 7


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: its stored bytes, its tags, and the pages nested in it."""

    data: bytes
    tags: Mapping[int, int | Sequence[int] | bytes]
    nested: "Sequence[Page]" = field(default_factory=tuple)


def grey(pixels: npt.NDArray[np.generic], *, photometric: int = 1, **more: int) -> Page:
    """Return a page of one channel, stored as these numbers are."""
    height, width = pixels.shape
    tags = {**_tags(pixels, width, height, 1), 262: photometric, **_numbered(more)}
    return Page(data=pixels.tobytes(), tags=tags)


def colour(pixels: npt.NDArray[np.generic], *, photometric: int = 2, **more: int) -> Page:
    """Return a page of several channels, (H, W, C), stored as these numbers are."""
    height, width, channels = pixels.shape
    tags = {**_tags(pixels, width, height, channels), 262: photometric, **_numbered(more)}
    return Page(data=pixels.tobytes(), tags=tags)


def _tags(
    pixels: npt.NDArray[np.generic], width: int, height: int, channels: int
) -> dict[int, int | Sequence[int] | bytes]:
    kind = {"u": 1, "i": 2, "f": 3}[pixels.dtype.kind]
    bits = [pixels.itemsize * 8] * channels
    return {
        256: width,
        257: height,
        258: bits,
        259: 1,
        277: channels,
        278: height,
        339: [kind] * channels,
    }


def _numbered(named: Mapping[str, int]) -> dict[int, int | Sequence[int] | bytes]:
    """Return tags by number; as keywords they are written `t254`."""
    return {int(name[1:]): value for name, value in named.items()}


def tiff(*pages: Page, order: str = "<", is_big: bool = False) -> bytes:
    """Return a TIFF of these pages; the numbers in their data must be of this byte order."""
    writer = _Writer(order, is_big)
    offset_at = writer.header()
    for page in pages:
        offset_at = writer.add(page, offset_at)
    return bytes(writer.data)


class _Writer:
    def __init__(self, order: str, is_big: bool) -> None:
        self.order = order
        self.is_big = is_big
        self.offset = "Q" if is_big else "I"
        self.data = bytearray()

    def header(self) -> int:
        self.data += b"II" if self.order == "<" else b"MM"
        self.data += struct.pack(
            self.order + ("HHH" if self.is_big else "H"), *((43, 8, 0) if self.is_big else (42,))
        )
        self.data += struct.pack(self.order + self.offset, 0)
        return len(self.data) - struct.calcsize("=" + self.offset)

    def add(self, page: Page, offset_at: int) -> int:
        """Append a page that the offset there points to; return where its own such offset is."""
        tags = {**page.tags, _STRIPS: self._append(page.data), _SIZES: len(page.data)}
        nested = [self._nested(one) for one in page.nested]
        if nested:
            tags[_SUBIFDS] = nested
        entries = b"".join(self._entry(tag, tags[tag]) for tag in sorted(tags))
        count = struct.pack(self.order + ("Q" if self.is_big else "H"), len(tags))
        start = self._append(count + entries + struct.pack(self.order + self.offset, 0))
        struct.pack_into(self.order + self.offset, self.data, offset_at, start)
        return start + len(count) + len(entries)

    def _nested(self, page: Page) -> int:
        pointer = self._append(bytes(8))
        self.add(page, pointer)
        return int(struct.unpack_from(self.order + self.offset, self.data, pointer)[0])

    def _append(self, data: bytes) -> int:
        self.data += b"\0" * (-len(self.data) % 8)
        self.data += data
        return len(self.data) - len(data)

    def _entry(self, tag: int, value: int | Sequence[int] | bytes) -> bytes:
        if isinstance(value, bytes):
            kind, count, packed = _UNDEFINED, len(value), value
        else:
            values = [value] if isinstance(value, int) else list(value)
            kind, code = (
                (3, "H") if max(values) < 65536 and tag not in (_STRIPS, _SUBIFDS) else (4, "I")
            )
            count, packed = len(values), struct.pack(f"{self.order}{len(values)}{code}", *values)
        room = struct.calcsize("=" + self.offset)
        if len(packed) > room:
            packed = struct.pack(self.order + self.offset, self._append(packed))
        head = struct.pack(self.order + ("HHQ" if self.is_big else "HHI"), tag, kind, count)
        return head + packed.ljust(room, b"\0")
