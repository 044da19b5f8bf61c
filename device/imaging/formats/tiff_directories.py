"""Read a TIFF's directories: one for each page, thumbnail, mask and reduced copy.

Source: TIFF 6.0 (Adobe, 1992), its Technical Note 1 (SubIFDs), and the BigTIFF proposal (Aware Systems, 2005).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# Tags, by their names in TIFF 6.0.
SUBFILE_TYPE, OLD_SUBFILE_TYPE, WIDTH, LENGTH, BITS = 254, 255, 256, 257, 258
COMPRESSION, PHOTOMETRIC, STRIP_OFFSETS, SAMPLES, STRIP_SIZES = 259, 262, 273, 277, 279
TILE_OFFSETS, TILE_SIZES, SUB_DIRECTORIES, SAMPLE_FORMAT = 324, 325, 330, 339
ORIENTATION, PROFILE = 274, 34675
_OF_PAGES = frozenset(
    (SUBFILE_TYPE, OLD_SUBFILE_TYPE, WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, SUB_DIRECTORIES, SAMPLE_FORMAT)
)  # fmt: skip
_OF_DATA = frozenset((STRIP_OFFSETS, STRIP_SIZES, TILE_OFFSETS, TILE_SIZES))
# Field types that hold whole numbers, by their codes: BYTE, SHORT, LONG, UNDEFINED, IFD, LONG8, IFD8.
_TYPES = {1: "B", 3: "H", 4: "I", 7: "B", 13: "I", 16: "Q", 18: "Q"}
# Most directories, entries of a directory, values of an entry, and strips or tiles that are read; a real file has fewer.
_DIRECTORIES, _ENTRIES, _VALUES, _PARTS = 1000, 1000, 1000, 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffLayout:
    """How a TIFF stores its numbers.

    Attributes:
        order: `<` for little-endian, `>` for big-endian, as in `struct`.
        is_big: Whether it is a BigTIFF, with offsets of 64 bits.
    """

    order: str
    is_big: bool

    @property
    def offset(self) -> struct.Struct:
        """Format of an offset in the file."""
        return struct.Struct(self.order + ("Q" if self.is_big else "I"))

    @property
    def count(self) -> struct.Struct:
        """Format of the number of a directory's entries."""
        return struct.Struct(self.order + ("Q" if self.is_big else "H"))

    @property
    def entry(self) -> struct.Struct:
        """Format of an entry, with tag, type, number of values, and the values or an offset."""
        return struct.Struct(self.order + ("HHQ8s" if self.is_big else "HHI4s"))

    @property
    def header_bytes(self) -> int:
        """Length of the file's header, which ends with the first directory's offset."""
        return 16 if self.is_big else 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """One directory of a TIFF.

    Attributes:
        offset: Where it begins in the file.
        entries: Its entries as they are stored, in order, each of 12 bytes (BigTIFF: 20).
        values: Tag to whole numbers, for the tags that this module names.
        is_nested: Whether another directory names it, so that it is in no viewer's list of pages.
    """

    offset: int
    entries: tuple[bytes, ...]
    values: dict[int, tuple[int, ...]]
    is_nested: bool

    def first(self, tag: int, default: int) -> int:
        """Return a tag's first value, or the default where it has none."""
        return (self.values.get(tag) or (default,))[0]


def read_layout(file: BinaryIO) -> tuple[TiffLayout, int] | None:
    """Return a TIFF's layout and its first directory's offset; `None` if the file is no TIFF."""
    file.seek(0)
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return None
    magic = struct.unpack_from(order + "H", head, 2)[0]
    if magic == 42:
        return TiffLayout(order=order, is_big=False), struct.unpack_from(order + "I", head, 4)[0]
    if magic == 43 and len(head) == 16:
        return TiffLayout(order=order, is_big=True), struct.unpack_from(order + "Q", head, 8)[0]
    return None


def read_directories(file: BinaryIO, layout: TiffLayout, first: int) -> Iterator[Directory]:
    """Yield the directories in the file's order, each followed by those nested in it.

    Ends without an error where a directory is damaged, or was seen before.
    """
    seen: set[int] = set()
    offset = first
    while offset:
        found = _read_directory(file, layout, offset, seen, is_nested=False)
        if found is None:
            return
        directory, offset = found
        yield directory
        for nested in directory.values.get(SUB_DIRECTORIES, ()):
            below = _read_directory(file, layout, nested, seen, is_nested=True)
            if below is not None:
                yield below[0]


def _read_directory(
    file: BinaryIO, layout: TiffLayout, offset: int, seen: set[int], *, is_nested: bool
) -> tuple[Directory, int] | None:
    if offset in seen or len(seen) >= _DIRECTORIES:
        return None
    seen.add(offset)
    try:
        file.seek(offset)
        (count,) = layout.count.unpack(file.read(layout.count.size))
        if not 0 < count <= _ENTRIES:
            return None
        size = layout.entry.size
        data = file.read(count * size + layout.offset.size)
        (following,) = layout.offset.unpack_from(
            data.ljust(count * size + layout.offset.size, b"\0"), count * size
        )
        entries = tuple(data[at : at + size] for at in range(0, count * size, size))
        values = dict(_values(file, layout, entries, _OF_PAGES, _VALUES))
    except (struct.error, OSError, ValueError, OverflowError):
        return None
    return Directory(offset=offset, entries=entries, values=values, is_nested=is_nested), following


def read_end(file: BinaryIO, layout: TiffLayout, page: Directory) -> int:
    """Return where a page's last strip or tile ends; 0 where its directory doesn't say."""
    try:
        values = dict(_values(file, layout, page.entries, _OF_DATA, _PARTS))
    except (struct.error, OSError, ValueError, OverflowError):
        return 0
    for starts, sizes in ((STRIP_OFFSETS, STRIP_SIZES), (TILE_OFFSETS, TILE_SIZES)):
        pairs = zip(values.get(starts, ()), values.get(sizes, ()), strict=False)
        if end := max((start + size for start, size in pairs), default=0):
            return end
    return 0


def _values(
    file: BinaryIO,
    layout: TiffLayout,
    entries: tuple[bytes, ...],
    wanted: frozenset[int],
    most: int,
) -> Iterator[tuple[int, tuple[int, ...]]]:
    for entry in entries:
        tag, kind, count, field = layout.entry.unpack(entry)
        if tag not in wanted or kind not in _TYPES or not 0 < count <= most:
            continue
        values = struct.Struct(f"{layout.order}{count}{_TYPES[kind]}")
        if values.size > len(field):
            file.seek(layout.offset.unpack(field)[0])
            field = file.read(values.size)
        yield tag, values.unpack_from(field)
