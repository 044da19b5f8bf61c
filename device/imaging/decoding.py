"""Decode picture files and uploads: upright, RGB, 8 bits, in sRGB, bounded in size.

All pictures are decoded here: an upload, a camera's JPEG, and a museum's 50-megapixel TIFF. So both sides of a comparison
go through the same code. What a header shows is decided when it is read, so check and build agree.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from PIL import Image, UnidentifiedImageError

from device.errors import PictureError
from device.imaging import file_endings, picture_formats, picture_opening
from device.imaging.colour_profiles import Colours, colours_of
from device.imaging.decoding_cost import COLLECTIONS, UPLOADS, Budget, check_cost, check_size
from device.imaging.formats import jpeg_ending, tiff_pages
from device.imaging.frames import Pixels
from device.imaging.picture_formats import UnreadableFormatError
from device.imaging.picture_source import PictureSource
from device.imaging.upright_pixels import upright_pixels, upright_size

T = TypeVar("T")

# Part of the keys of what is cached about pictures: raise it when pictures come out with other pixels.
VERSION = "2"

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
        budget: What decoding one may cost.
        advice: What to do about another format.
        keeps_profiles: Whether colour conversions are kept in memory for further pictures.
    """

    formats: tuple[str, ...]
    budget: Budget
    advice: str
    keeps_profiles: bool


_UPLOADS = _Rules(
    formats=picture_formats.UPLOAD_FORMATS,
    budget=UPLOADS,
    advice="send it as JPEG or PNG",
    keeps_profiles=False,
)
_COLLECTIONS = _Rules(
    formats=picture_formats.COLLECTION_FORMATS,
    budget=COLLECTIONS,
    advice="save it as TIFF, PNG or JPEG",
    keeps_profiles=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A picture whose header is read: image, file, scaling and colours."""

    image: Image.Image
    side: int | None
    draft: tuple[int, int] | None
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
        PictureError: If the picture has another format, is truncated, or costs more than
            `decoding_cost.UPLOADS`.
    """
    return _read(io.BytesIO(data), name, _UPLOADS, side, _pixels)


def load(path: Path, *, side: int | None = None) -> Pixels:
    """Decode a museum's picture file to upright pixels.

    Args:
        path: A file in one of `picture_formats.COLLECTION_FORMATS`.
        side: Longest side of the result in pixels; `None` keeps the size.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, in sRGB.

    Raises:
        PictureError: If the picture has another format, is truncated, or costs more than
            `decoding_cost.COLLECTIONS`.
    """
    return _read_file(path, side, _pixels)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a picture file for a `with` block; raises `PictureError` for an I/O error."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise PictureError(f"{path.name}: can't be opened ({error.strerror or error})") from error


def load_opened(file: BinaryIO, *, name: str, side: int | None = None) -> Pixels:
    """Decode a museum's picture file that is open, as `load` does; `name` is for errors."""
    return _read(file, name, _COLLECTIONS, side, _pixels)


def read_header(path: Path) -> PictureHeader:
    """Read a museum's picture file as far as it tells whether `load` will succeed.

    Decodes a picture only where its file seems to end early.

    Raises:
        PictureError: As `load`, but for damage that its header and length don't show.
    """
    return _read_file(path, None, _header)


def _read_file(path: Path, side: int | None, use: Callable[[_Opened], T]) -> T:
    with opened(path) as file:
        return _read(file, path.name, _COLLECTIONS, side, use)


def _read(
    file: BinaryIO, name: str, rules: _Rules, side: int | None, use: Callable[[_Opened], T]
) -> T:
    formats = picture_formats.available(rules.formats)
    names = picture_formats.names(formats)
    try:
        with warnings.catch_warnings():
            # Such as damaged EXIF, which leaves the picture readable. Before Python 3.14 this isn't thread-safe; at worst, a
            # race silences more warnings.
            warnings.simplefilter("ignore", UserWarning)
            return _open(file, name, formats, rules, side, use)
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
    file: BinaryIO,
    name: str,
    formats: tuple[str, ...],
    rules: _Rules,
    side: int | None,
    use: Callable[[_Opened], T],
) -> T:
    source = picture_opening.inspect(file, formats)
    size = picture_opening.webp_size(source.file)
    if size is not None:  # Pillow would take memory for its canvases before it knows better
        check_size("WEBP", size[0] * size[1], name, rules.budget)
    with picture_opening.open_image(source.file, formats) as image:
        draft = check_cost(image, source.file, name, rules.budget, side=side)
        colours = colours_of(image, source.profile, is_kept=rules.keeps_profiles)
        kind = image.format
        try:
            return use(_Opened(image=image, side=side, draft=draft, source=source, colours=colours))
        except OSError:
            if kind not in ("JPEG", "MPO"):
                raise
            whole = _completed(file)
            if whole is None:
                raise
    mended = PictureSource(file=io.BytesIO(whole), notes=(_ENDED_EARLY,))
    with Image.open(mended.file, formats=formats) as image:
        return use(_Opened(image=image, side=side, draft=draft, source=mended, colours=colours))


def _completed(file: BinaryIO) -> bytes | None:
    file.seek(0)
    return jpeg_ending.complete(file.read())


def _header(opened: _Opened) -> PictureHeader:
    width, height = upright_size(opened.image)
    if file_endings.lacks_end(opened.source, opened.image.format):
        height, width = _pixels(opened).shape[:2]
    notes = (*opened.source.notes, *opened.colours.notes)
    return PictureHeader(width=width, height=height, notes=notes)


def _pixels(opened: _Opened) -> Pixels:
    return upright_pixels(
        opened.image, opened.source, opened.colours, side=opened.side, draft=opened.draft
    )
