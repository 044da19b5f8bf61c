"""Choose the page of a TIFF that is the picture, and say what Pillow misreads in it.

A TIFF may begin with a thumbnail, hold masks and reduced copies, and store its values in more ways than Pillow tells apart.
So its directories are read here first. Rules act on them alone: check, which decodes nothing, and build agree.
"""

import io
import struct
from collections.abc import Sequence
from typing import BinaryIO

from device.imaging.formats import tiff_directories as tags
from device.imaging.formats.spliced_file import splice
from device.imaging.formats.tiff_directories import Directory, TiffLayout
from device.imaging.picture_formats import UnreadableFormatError
from device.imaging.picture_source import PictureSource

# A page that is at least this share of the largest one's area counts as large: recto and verso differ by a few pixels.
_LARGE = 0.8
_WHITE_IS_ZERO, _BLACK_IS_ZERO = 0, 1
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
# Compressions that every Pillow's libtiff decodes: none, fax, LZW, JPEG, Deflate, PackBits, SGILog, LZMA and Zstandard.
_DECODED = {1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32809, 32946, 34676, 34677, 34925, 50000}
_JPEG = {6, 7}
_COMPRESSIONS = {
    9: "JBIG",
    10: "JBIG",
    32908: "PixarFilm",
    32909: "PixarLog",
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34661: "JBIG",
    34712: "JPEG 2000",
    34715: "JBIG2",
    34887: "LERC",
    34934: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
# Photometric interpretations of CIELab: as in TIFF 6.0, as in ICC profiles, and as in ITU-T T.42.
_LAB = {8: "CIELab", 9: "ICCLab", 10: "ITULab"}
_LOGARITHMIC = {32844: "LogL", 32845: "LogLuv"}
_RAW = {32803, 34892}
_RAW_COMPRESSIONS = {32767, 34713}
_DEVELOP = "export the developed picture as a TIFF or JPEG"
_SAVE = "save it with 8 or 16 bits a channel, in RGB or grey"


def inspect(file: BinaryIO) -> PictureSource:
    """Return a TIFF whose first page is the picture, if its directories can be read.

    Raises:
        UnreadableFormatError: If the page is stored in a way that Pillow can't decode.
    """
    found = tags.read_layout(file)
    if found is None:
        return PictureSource(file=file)
    layout, first = found
    directories = list(tags.read_directories(file, layout, first))
    page = _choose(directories)
    if page is None:
        return PictureSource(file=file)
    _refuse_unreadable(page)
    changes = _changes(page, layout)
    inherited = _inherited(page, directories[0], layout)
    is_first = page.offset == first and not changes
    return PictureSource(
        file=file if is_first else _with_first_page(file, layout, page, inherited, changes),
        is_negative=changes.get(tags.PHOTOMETRIC) == _BLACK_IS_ZERO,
        is_unsigned=_is_unsigned_32(page),
        end=tags.read_end(file, layout, page),
        notes=_notes(page, directories),
    )


def describe(file: BinaryIO) -> str:
    """Return how a TIFF that Pillow doesn't know is stored; "" if that can't be read."""
    found = tags.read_layout(file)
    page = _choose(list(tags.read_directories(file, *found))) if found else None
    if found is None or page is None:
        return ""
    if found[0].is_big and found[0].order == ">":
        return "a big-endian BigTIFF"
    bits, kind = _bits(page), page.first(tags.PHOTOMETRIC, _WHITE_IS_ZERO)
    samples = page.first(tags.SAMPLES, len(bits))
    widths = "/".join(str(one) for one in sorted(set(bits)))
    return f"a TIFF of {samples} x {widths} bits (photometric interpretation {kind})"


def _choose(directories: Sequence[Directory]) -> Directory | None:
    """Return the first large page among those that are no thumbnail, reduced copy or mask."""
    sized = [one for one in directories if _area(one) and not _is_mask(one)]
    pages = [one for one in sized if not _is_reduced(one)] or sized
    largest = max(map(_area, pages), default=0)
    return next((one for one in pages if _area(one) >= _LARGE * largest), None)


def _area(page: Directory) -> int:
    return page.first(tags.WIDTH, 0) * page.first(tags.LENGTH, 0)


def _is_reduced(page: Directory) -> bool:
    return bool(page.first(tags.SUBFILE_TYPE, 0) & 1) or page.first(tags.OLD_SUBFILE_TYPE, 0) == 2


def _is_mask(page: Directory) -> bool:
    return bool(page.first(tags.SUBFILE_TYPE, 0) & 4) or page.first(tags.PHOTOMETRIC, 0) == 4


def _bits(page: Directory) -> tuple[int, ...]:
    return page.values.get(tags.BITS, (1,))


def _is_grey(page: Directory) -> bool:
    kind = page.first(tags.PHOTOMETRIC, _WHITE_IS_ZERO)
    return page.first(tags.SAMPLES, 1) == 1 and kind in (_WHITE_IS_ZERO, _BLACK_IS_ZERO)


def _is_unsigned_32(page: Directory) -> bool:
    is_unsigned = page.first(tags.SAMPLE_FORMAT, _UNSIGNED) == _UNSIGNED
    return _is_grey(page) and _bits(page)[0] == 32 and is_unsigned


def _refuse_unreadable(page: Directory) -> None:
    compression, kind = page.first(tags.COMPRESSION, 1), page.first(tags.PHOTOMETRIC, 0)
    bits, is_float = _bits(page)[0], page.first(tags.SAMPLE_FORMAT, _UNSIGNED) == _FLOAT
    if kind in _RAW or compression in _RAW_COMPRESSIONS:
        raise UnreadableFormatError("a camera's raw file", _DEVELOP)
    if compression not in _DECODED:
        name = _COMPRESSIONS.get(compression, f"method {compression}")
        raise UnreadableFormatError(
            f"a TIFF compressed as {name}", "save it with LZW or without compression"
        )
    if compression in _JPEG and bits > 8:  # Pillow would read it, in wrong tones
        raise UnreadableFormatError(f"a TIFF of {bits} bits compressed as JPEG", _SAVE)
    if kind in _LOGARITHMIC or (is_float and (bits != 32 or not _is_grey(page))):
        name = _LOGARITHMIC.get(kind, f"{bits}-bit floating-point")
        raise UnreadableFormatError(f"a TIFF of {name} values", _SAVE)
    if kind in _LAB and (kind != 8 or bits != 8):
        raise UnreadableFormatError(f"a TIFF in {bits}-bit {_LAB[kind]}", _SAVE)


def _changes(page: Directory, layout: TiffLayout) -> dict[int, int]:
    """Return the tags to be changed so that Pillow reads the values as they are stored.

    Pillow inverts white-is-zero up to 8 bits. With more it passes over it, or knows no such picture at all. It has no
    big-endian unsigned values of 32 bits either, but signed ones with the same bits.
    """
    changes = {}
    if _is_grey(page) and _bits(page)[0] > 8 and not page.first(tags.PHOTOMETRIC, _WHITE_IS_ZERO):
        changes[tags.PHOTOMETRIC] = _BLACK_IS_ZERO
    if _is_unsigned_32(page) and layout.order == ">":
        if page.first(tags.COMPRESSION, 1) != 1:  # Pillow doesn't swap what libtiff has swapped
            raise UnreadableFormatError("a compressed big-endian TIFF of 32 bits", _SAVE)
        changes[tags.SAMPLE_FORMAT] = _SIGNED
    return changes


def _inherited(page: Directory, first: Directory, layout: TiffLayout) -> dict[int, bytes]:
    """Return orientation and profile of the first directory for a nested page without them.

    TIFF/EP (ISO 12234-2) describes the picture there.
    """
    own = {layout.entry.unpack(entry)[0] for entry in page.entries}
    found = {layout.entry.unpack(entry)[0]: entry for entry in first.entries}
    left = [tag for tag in (tags.ORIENTATION, tags.PROFILE) if tag in found and tag not in own]
    return {tag: found[tag] for tag in left} if page.is_nested else {}


def _with_first_page(
    file: BinaryIO,
    layout: TiffLayout,
    page: Directory,
    inherited: dict[int, bytes],
    changes: dict[int, int],
) -> BinaryIO:
    """Return the file with another first page.

    Its header points to the page's directory, or to a changed copy of it at the end.
    """
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(layout.header_bytes - layout.offset.size)
    rest = (layout.header_bytes, end)
    if not (inherited or changes):
        pieces = (head + layout.offset.pack(page.offset), rest)
        return splice(file, pieces, keeps_descriptor=True)
    padding = end % 2  # a directory begins on a word boundary
    copy = b"\0" * padding + _changed(page, layout, inherited, changes)
    return splice(file, (head + layout.offset.pack(end + padding), rest, copy))


def _changed(
    page: Directory, layout: TiffLayout, inherited: dict[int, bytes], changes: dict[int, int]
) -> bytes:
    """Return a directory's bytes with tags changed or added, and no directory after it."""
    entries = inherited | {layout.entry.unpack(entry)[0]: entry for entry in page.entries}
    for tag, value in changes.items():
        short = struct.pack(f"{layout.order}H", value).ljust(layout.offset.size, b"\0")
        entries[tag] = layout.entry.pack(tag, 3, 1, short)
    ordered = b"".join(entries[tag] for tag in sorted(entries))
    return layout.count.pack(len(entries)) + ordered + layout.offset.pack(0)


def _notes(page: Directory, directories: Sequence[Directory]) -> tuple[str, ...]:
    pages = [one for one in directories if not (one.is_nested or _is_reduced(one) or _is_mask(one))]
    if page not in pages or len(pages) == 1:
        return ()
    return (f"the TIFF has {len(pages)} pages, of which page {pages.index(page) + 1} is used",)
