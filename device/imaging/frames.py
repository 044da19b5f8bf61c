"""Pictures as the rest of the program knows them: upright, RGB, 8 bits, bounded in size.

The one place where bytes become pixels, for an upload, a camera's JPEG and a museum's 50-megapixel TIFF
alike, so that both sides of the comparison are decoded by the same code.
"""

import io
import struct
import time
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from device.errors import PictureError

Pixels = npt.NDArray[np.uint8]
T = TypeVar("T")

UPLOAD_FORMATS = ("JPEG", "PNG", "WEBP")
COLLECTION_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
# A phone's 50-megapixel JPEG is decoded at half, quarter or eighth scale; other formats can't be.
UPLOAD_PIXELS = 64_000_000
COLLECTION_PIXELS = 400_000_000
# More than this adds nothing to a recognition that looks at 224x224, nor to a 1080-pixel screen.
UPLOAD_SIDE = 1600

# Pillow's own stop, at 179 megapixels, lies below what a museum may deliver. Ours is checked for every picture, after
# its header and before any pixel of it.
Image.MAX_IMAGE_PIXELS = None

# What a scanner's numbers may fill: 8 to 16 bits, or 32.
_TOPS = (255, 1023, 4095, 16383, 65535, 2**31 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture to be recognised.

    Attributes:
        pixels: uint8 (H, W, 3), RGB, C-contiguous, upright.
        captured_at_s: Monotonic clock.
        number: Rising by one a frame within its source.
        source: Such as `webcam:0`, `upload`.
    """

    pixels: Pixels
    captured_at_s: float
    number: int
    source: str


def frame(pixels: Pixels, *, number: int = 0, source: str) -> Frame:
    """Give a frame captured now."""
    return Frame(pixels=pixels, captured_at_s=time.monotonic(), number=number, source=source)


def decode(data: bytes, *, name: str, side: int = UPLOAD_SIDE) -> Pixels:
    """Give the upright pixels of a picture somebody handed in.

    Args:
        data: A JPEG, PNG or WebP file's content.
        name: What to call it in an error.
        side: Longest side of the result in pixels; larger pictures are scaled down.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous.

    Raises:
        PictureError: When it is no such picture, cut short, or larger than `UPLOAD_PIXELS`.
    """
    return _read(
        io.BytesIO(data), name, UPLOAD_FORMATS, UPLOAD_PIXELS, lambda image: _upright(image, side)
    )


def load(path: Path, *, side: int | None = None) -> Pixels:
    """Give the upright pixels of a museum's picture file.

    Args:
        path: A JPEG, PNG, WebP or TIFF file.
        side: Longest side of the result in pixels; `None` keeps all.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous.

    Raises:
        PictureError: When it is no such picture, cut short, or larger than `COLLECTION_PIXELS`.
    """
    return _read_file(path, lambda image: _upright(image, side))


def read_size(path: Path) -> tuple[int, int]:
    """Give the upright width and height of a museum's picture file from its header, decoding no pixel.

    Raises:
        PictureError: When its header is not of such a picture, or says it is larger than `COLLECTION_PIXELS`.
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
    most_pixels: int,
    use: Callable[[Image.Image], T],
) -> T:
    kinds = ", ".join(formats)
    try:
        with warnings.catch_warnings():
            # About damaged EXIF and the like, which leaves the picture readable. (Not thread-safe before Python
            # 3.14: the worst a race does is to keep such warnings quiet.)
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(file, formats=formats) as image:
                _check_size(image, name, most_pixels)
                return use(image)
    except UnidentifiedImageError as error:
        raise PictureError(f"{name}: expected a picture ({kinds}), found something else") from error
    except PictureError:
        raise
    except _DAMAGE as error:
        found = str(error).replace("\n", " ") or type(error).__name__
        raise PictureError(f"{name}: expected a whole picture ({kinds}), found {found}") from error


# What Pillow raises on files with bytes altered or missing (tried by fuzzing).
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


def _check_size(image: Image.Image, name: str, most_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > most_pixels:
        raise PictureError(
            f"{name}: expected at most {most_pixels / 1e6:.0f} megapixels, found {pixels / 1e6:.0f}; scale it down"
        )


def _upright_size(image: Image.Image) -> tuple[int, int]:
    # Asking a PNG without EXIF for it would decode the picture.
    exif = image.getexif() if image.format != "PNG" or "exif" in image.info else Image.Exif()
    width, height = image.size
    if image.format == "TIFF":  # newer Pillows give the upright size here, older ones the stored
        width, height = exif[ExifTags.Base.ImageWidth], exif[ExifTags.Base.ImageLength]
    is_on_its_side = exif.get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return (height, width) if is_on_its_side else (width, height)


def _upright(image: Image.Image, side: int | None) -> Pixels:
    if side is not None:
        image.draft("RGB", (side, side))  # JPEG alone: decodes at a fraction of the size
    image.load()
    if side is not None and max(image.size) > side:
        image = _averageable(image)
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
    ImageOps.exif_transpose(image, in_place=True)
    return np.ascontiguousarray(np.asarray(_rgb(image), dtype=np.uint8))


def _averageable(image: Image.Image) -> Image.Image:
    """Give the same picture in a mode in which neighbouring pixels can be averaged."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    return _eight_bits(image)  # Pillow 10 can't scale 16 bits


def _eight_bits(image: Image.Image) -> Image.Image:
    """Give 8 bits a channel: 16-bit scans fill their range, or hold 10, 12 or 14 bits; floats hold 0..1 or 0..255."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    brightest = float(values.max())
    tops = (1.0, 255.0) if image.mode == "F" else _TOPS
    top = next((top for top in tops if brightest <= top), tops[-1])
    scaled = Image.fromarray((np.clip(values / top, 0, 1) * 255).round().astype(np.uint8))
    scaled.info = {key: image.info[key] for key in ("exif",) if key in image.info}
    return scaled


def _rgb(image: Image.Image) -> Image.Image:
    """Give an 8-bit RGB image, transparency laid on white paper."""
    image = _eight_bits(image)
    if image.mode in ("P", "PA") or image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image.convert("RGB")


def to_jpeg(pixels: Pixels, *, side: int, quality: int = 80) -> bytes:
    """Give a small JPEG of some pixels, for the live picture.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        side: Longest side of the result in pixels.
        quality: Pillow's 1..95.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def to_webp(pixels: Pixels, *, side: int, quality: int) -> bytes:
    """Give a WebP picture for the bundle.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        side: Longest side of the result in pixels; never scaled up.
        quality: libwebp's 0..100.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()
