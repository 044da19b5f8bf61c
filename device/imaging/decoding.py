"""Decode picture files and uploads: upright, RGB, 8 bits, in sRGB, bounded in size.

All pictures are decoded here: an upload, a camera's JPEG, and a museum's 50-megapixel TIFF. So both sides of a comparison
go through the same code. What a header shows is decided when it is read, so check and build agree.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from PIL import Image, UnidentifiedImageError

from device.errors import PictureError
from device.imaging import (
    file_endings,
    iso_boxes,
    jpeg_ending,
    picture_formats,
    png_chunks,
    tiff_pages,
)
from device.imaging.colour_profiles import Colours, colours_of
from device.imaging.frames import Pixels
from device.imaging.picture_formats import UnreadableFormatError
from device.imaging.picture_source import PictureSource
from device.imaging.upright_pixels import upright_pixels, upright_size

T = TypeVar("T")

# Part of the keys of what is cached about pictures: raise it when pictures come out with other pixels.
VERSION = "2"

# In pixels. A phone's 50-megapixel JPEG is decoded at half, quarter or eighth scale; other formats can't be.
UPLOAD_PIXELS = 64_000_000
COLLECTION_PIXELS = 400_000_000
# In pixels. A longer side adds nothing to a model input of 224x224, nor to a screen of 1080 pixels.
UPLOAD_SIDE = 1600

# Pillow's own limit, at 179 megapixels, is below what a museum may deliver. Ours is checked for every picture, after its
# header is read and before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None

# Errors that Pillow raises on altered or truncated files (found by fuzzing).
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    MemoryError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
_ENDED_EARLY = "the JPEG lacks its last bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureHeader:
    """What a picture file's header says.

    Attributes:
        width, height: Size of the upright picture, in pixels.
        notes: Lines for staff, such as a colour profile that is ignored.
    """

    width: int
    height: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """The limits of one kind of picture.

    Attributes:
        formats: Pillow's names of the formats that are read.
        most_pixels: Largest width times height.
        advice: What to do about another format.
        keeps_profiles: Whether colour conversions are kept in memory for further pictures.
    """

    formats: tuple[str, ...]
    most_pixels: int
    advice: str
    keeps_profiles: bool


_UPLOADS = _Rules(
    formats=picture_formats.UPLOAD_FORMATS,
    most_pixels=UPLOAD_PIXELS,
    advice="send it as JPEG or PNG",
    keeps_profiles=False,
)
_COLLECTIONS = _Rules(
    formats=picture_formats.COLLECTION_FORMATS,
    most_pixels=COLLECTION_PIXELS,
    advice="save it as TIFF, PNG or JPEG",
    keeps_profiles=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A picture whose header is read: its image, its file, and what becomes of its colours."""

    image: Image.Image
    source: PictureSource
    colours: Colours


def decode(data: bytes, *, name: str, side: int = UPLOAD_SIDE) -> Pixels:
    """Decode an uploaded picture to upright pixels.

    Args:
        data: Content of a JPEG, PNG or WebP file.
        name: Name of the picture in errors.
        side: Longest side of the result in pixels; larger pictures are scaled down.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, in sRGB.

    Raises:
        PictureError: If the picture has another format, is truncated, or exceeds `UPLOAD_PIXELS`.
    """
    return _read(io.BytesIO(data), name, _UPLOADS, lambda opened: _pixels(opened, side))


def load(path: Path, *, side: int | None = None) -> Pixels:
    """Decode a museum's picture file to upright pixels.

    Args:
        path: A file in one of `picture_formats.COLLECTION_FORMATS`.
        side: Longest side of the result in pixels; `None` keeps the size.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, in sRGB.

    Raises:
        PictureError: If the picture has another format, is truncated, or exceeds `COLLECTION_PIXELS`.
    """
    return _read_file(path, lambda opened: _pixels(opened, side))


def read_header(path: Path) -> PictureHeader:
    """Read a museum's picture file as far as it tells whether `load` will succeed.

    Decodes a picture only where its file seems to end early.

    Raises:
        PictureError: As `load`, but for damage that its header and length don't show.
    """
    return _read_file(path, _header)


def _read_file(path: Path, use: Callable[[_Opened], T]) -> T:
    try:
        with path.open("rb") as file:
            return _read(file, path.name, _COLLECTIONS, use)
    except OSError as error:
        raise PictureError(f"{path.name}: can't be opened ({error.strerror or error})") from error


def _read(file: BinaryIO, name: str, rules: _Rules, use: Callable[[_Opened], T]) -> T:
    formats = picture_formats.available(rules.formats)
    names = picture_formats.names(formats)
    try:
        with warnings.catch_warnings():
            # Such as damaged EXIF, which leaves the picture readable. Before Python 3.14 this isn't thread-safe; at worst, a
            # race silences more warnings.
            warnings.simplefilter("ignore", UserWarning)
            return _open(file, name, formats, rules, use)
    except UnreadableFormatError as error:
        found = f"{error.found}; {error.advice}"
        raise PictureError(f"{name}: expected a picture ({names}), found {found}") from error
    except UnidentifiedImageError as error:
        known = tiff_pages.describe(file) if "TIFF" in formats else ""
        known = known or picture_formats.name_of(file)
        found = f"{known}; {rules.advice}" if known else "something else"
        raise PictureError(f"{name}: expected a picture ({names}), found {found}") from error
    except PictureError:
        raise
    except _DAMAGE as error:
        found = str(error).replace("\n", " ") or type(error).__name__
        raise PictureError(f"{name}: expected a whole picture ({names}), found {found}") from error


def _open(
    file: BinaryIO, name: str, formats: tuple[str, ...], rules: _Rules, use: Callable[[_Opened], T]
) -> T:
    source = _inspect(file, formats)
    with Image.open(source.file, formats=formats) as image:
        _check_size(image, name, rules.most_pixels)
        colours = colours_of(image, source.profile, is_kept=rules.keeps_profiles)
        kind = image.format
        try:
            return use(_Opened(image=image, source=source, colours=colours))
        except OSError:
            if kind not in ("JPEG", "MPO"):
                raise
            whole = _completed(file)
            if whole is None:
                raise
    mended = PictureSource(file=io.BytesIO(whole), notes=(_ENDED_EARLY,))
    with Image.open(mended.file, formats=formats) as image:
        return use(_Opened(image=image, source=mended, colours=colours))


def _inspect(file: BinaryIO, formats: tuple[str, ...]) -> PictureSource:
    file.seek(0)
    head = file.read(12)
    file.seek(0)
    if head.startswith(png_chunks.SIGNATURE):
        return png_chunks.inspect(file)
    if head == iso_boxes.JP2_SIGNATURE and "JPEG2000" in formats:
        return iso_boxes.inspect(file)
    return tiff_pages.inspect(file) if "TIFF" in formats else PictureSource(file=file)


def _completed(file: BinaryIO) -> bytes | None:
    file.seek(0)
    return jpeg_ending.complete(file.read())


def _check_size(image: Image.Image, name: str, max_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise PictureError(
            f"{name}: expected at most {max_pixels / 1e6:.0f} megapixels, found {pixels / 1e6:.0f}; scale it down"
        )


def _header(opened: _Opened) -> PictureHeader:
    width, height = upright_size(opened.image)
    if file_endings.lacks_end(opened.source, opened.image.format):
        height, width = _pixels(opened, None).shape[:2]
    notes = (*opened.source.notes, *opened.colours.notes)
    return PictureHeader(width=width, height=height, notes=notes)


def _pixels(opened: _Opened, side: int | None) -> Pixels:
    return upright_pixels(opened.image, opened.source, opened.colours, side)
