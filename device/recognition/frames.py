"""Pictures as the rest of the program knows them: upright, RGB, 8 bits, bounded in size.

The one place where bytes become pixels, for an upload, a camera's JPEG and a museum's 50-megapixel TIFF
alike, so that both sides of the comparison are decoded by the same code.
"""

import io
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from device.errors import PictureError

Pixels = npt.NDArray[np.uint8]

UPLOAD_FORMATS = ("JPEG", "PNG", "WEBP")
COLLECTION_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
# A phone's 50-megapixel JPEG is decoded at half, quarter or eighth scale; other formats can't be.
UPLOAD_PIXELS = 64_000_000
COLLECTION_PIXELS = 400_000_000
# More than this adds nothing to a recognition that looks at 224x224, nor to a 1080-pixel screen.
UPLOAD_SIDE = 1600


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
    return _read(io.BytesIO(data), name, UPLOAD_FORMATS, UPLOAD_PIXELS, side)


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
    try:
        with path.open("rb") as file:
            return _read(file, path.name, COLLECTION_FORMATS, COLLECTION_PIXELS, side)
    except OSError as error:
        raise PictureError(f"{path.name}: can't be opened ({error.strerror or error})") from error


def _read(
    file: BinaryIO, name: str, formats: Sequence[str], most_pixels: int, side: int | None
) -> Pixels:
    kinds = ", ".join(formats)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is below
            image = Image.open(file, formats=formats)
        pixels = image.width * image.height
        if pixels > most_pixels:
            raise PictureError(
                f"{name}: expected at most {most_pixels / 1e6:.0f} megapixels, found {pixels / 1e6:.0f}; scale it down"
            )
        return _upright(image, side)
    except UnidentifiedImageError as error:
        raise PictureError(f"{name}: expected a picture ({kinds}), found something else") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name}: far too large to be opened safely; scale it down") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError(f"{name}: expected a whole picture ({kinds}), found {error}") from error


def _upright(image: Image.Image, side: int | None) -> Pixels:
    if side is not None:
        image.draft("RGB", (side, side))  # JPEG alone: decodes at a fraction of the size
    image.load()
    if side is not None and max(image.size) > side:
        if image.mode == "P":
            image = image.convert("RGBA")  # palette entries can't be averaged
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
    turned = ImageOps.exif_transpose(image)
    return np.ascontiguousarray(np.asarray(_rgb(turned), dtype=np.uint8))


def _rgb(image: Image.Image) -> Image.Image:
    """Give an 8-bit RGB image: 16 bits scaled down, transparency laid on white paper."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, dtype=np.float64)
        # 16-bit files fill their range or hold 8- to 15-bit data; a float file holds 0..1 or 0..255.
        top = {"F": 1.0 if values.size and values.max() <= 1.0 else 255.0}.get(image.mode, 65535.0)
        image = Image.fromarray((np.clip(values / top, 0, 1) * 255).round().astype(np.uint8))
    if image.mode == "P" or image.has_transparency_data:
        image = image.convert("RGBA")
    if image.mode in ("RGBA", "LA", "PA"):
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
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
    image.save(buffer, "WEBP", quality=quality, method=4)
    return buffer.getvalue()
