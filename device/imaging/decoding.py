"""Decode picture files and uploads: upright, RGB, 8 bits, bounded in size.

All pictures are decoded here: an upload, a camera's JPEG, and a museum's 50-megapixel TIFF. So both sides of a comparison
go through the same code.
"""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from device.errors import PictureError
from device.imaging.frames import Pixels

T = TypeVar("T")

UPLOAD_FORMATS = ("JPEG", "PNG", "WEBP")
COLLECTION_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
# In pixels. A phone's 50-megapixel JPEG is decoded at half, quarter or eighth scale; other formats can't be.
UPLOAD_PIXELS = 64_000_000
COLLECTION_PIXELS = 400_000_000
# In pixels. A longer side adds nothing to a model input of 224x224, nor to a screen of 1080 pixels.
UPLOAD_SIDE = 1600

# Pillow's own limit, at 179 megapixels, is below what a museum may deliver. Ours is checked for every picture, after its
# header is read and before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None

# Full scale of a scanner's values: 8, 10, 12, 14 or 16 bits, or 31.
_FULL_SCALES = (255, 1023, 4095, 16383, 65535, 2**31 - 1)


def decode(data: bytes, *, name: str, side: int = UPLOAD_SIDE) -> Pixels:
    """Decode an uploaded picture to upright pixels.

    Args:
        data: Content of a JPEG, PNG or WebP file.
        name: Name of the picture in errors.
        side: Longest side of the result in pixels; larger pictures are scaled down.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous.

    Raises:
        PictureError: If the picture has another format, is truncated, or exceeds `UPLOAD_PIXELS`.
    """
    return _read(
        io.BytesIO(data), name, UPLOAD_FORMATS, UPLOAD_PIXELS, lambda image: _upright(image, side)
    )


def load(path: Path, *, side: int | None = None) -> Pixels:
    """Decode a museum's picture file to upright pixels.

    Args:
        path: A JPEG, PNG, WebP or TIFF file.
        side: Longest side of the result in pixels; `None` keeps the size.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous.

    Raises:
        PictureError: If the picture has another format, is truncated, or exceeds `COLLECTION_PIXELS`.
    """
    return _read_file(path, lambda image: _upright(image, side))


def read_size(path: Path) -> tuple[int, int]:
    """Read the upright width and height of a museum's picture file, without decoding a pixel.

    Raises:
        PictureError: If the header is of another format, or gives more pixels than `COLLECTION_PIXELS`.
    """
    return _read_file(path, _upright_size)


def _read_file(path: Path, use: Callable[[Image.Image], T]) -> T:
    try:
        with path.open("rb") as file:
            return _read(file, path.name, COLLECTION_FORMATS, COLLECTION_PIXELS, use)
    except OSError as error:
        raise PictureError(f"{path.name}: can't be opened ({error.strerror or error})") from error


def _read(
    file: BinaryIO,
    name: str,
    formats: tuple[str, ...],
    max_pixels: int,
    use: Callable[[Image.Image], T],
) -> T:
    names = ", ".join(formats)
    try:
        with warnings.catch_warnings():
            # Such as damaged EXIF, which leaves the picture readable. Before Python 3.14 this isn't thread-safe; at worst, a
            # race silences more warnings.
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(file, formats=formats) as image:
                _check_size(image, name, max_pixels)
                return use(image)
    except UnidentifiedImageError as error:
        raise PictureError(f"{name}: expected a picture ({names}), found something else") from error
    except PictureError:
        raise
    except _DAMAGE as error:
        found = str(error).replace("\n", " ") or type(error).__name__
        raise PictureError(f"{name}: expected a whole picture ({names}), found {found}") from error


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


def _check_size(image: Image.Image, name: str, max_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > max_pixels:
        raise PictureError(
            f"{name}: expected at most {max_pixels / 1e6:.0f} megapixels, found {pixels / 1e6:.0f}; scale it down"
        )


def _upright_size(image: Image.Image) -> tuple[int, int]:
    # `getexif` of a PNG without EXIF would decode the picture.
    exif = image.getexif() if image.format != "PNG" or "exif" in image.info else Image.Exif()
    width, height = image.size
    if image.format == "TIFF":  # newer Pillows return the upright size, older ones the stored
        width, height = exif[ExifTags.Base.ImageWidth], exif[ExifTags.Base.ImageLength]
    is_on_its_side = exif.get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return (height, width) if is_on_its_side else (width, height)


def _upright(image: Image.Image, side: int | None) -> Pixels:
    if side is not None:
        image.draft("RGB", (side, side))  # JPEG only: decodes at a fraction of the size
    image.load()
    if side is not None and max(image.size) > side:
        image = _to_averageable_mode(image)
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
    ImageOps.exif_transpose(image, in_place=True)
    return np.ascontiguousarray(np.asarray(_to_rgb(image), dtype=np.uint8))


def _to_averageable_mode(image: Image.Image) -> Image.Image:
    """Convert an image to a mode in which neighbouring pixels can be averaged."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    return _to_eight_bits(image)  # Pillow 10 can't scale 16 bits


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Convert an image to 8 bits a channel.

    Integers of more than 8 bits are scaled by the smallest full scale that holds them, such as 10, 12, 14 or 16 bits. Floats
    are in 0..1 or 0..255.
    """
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    brightest = float(values.max())
    full_scales = (1.0, 255.0) if image.mode == "F" else _FULL_SCALES
    full_scale = next(
        (full_scale for full_scale in full_scales if brightest <= full_scale), full_scales[-1]
    )
    scaled = Image.fromarray((np.clip(values / full_scale, 0, 1) * 255).round().astype(np.uint8))
    scaled.info = {key: image.info[key] for key in ("exif",) if key in image.info}
    return scaled


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert an image to 8-bit RGB, with transparent pixels on white."""
    image = _to_eight_bits(image)
    if image.mode in ("P", "PA") or image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image.convert("RGB")
