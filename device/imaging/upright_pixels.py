"""Decode an opened picture to upright pixels: 8 bits a channel, in sRGB, on white."""

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps

from device.imaging.colour_profiles import Colours
from device.imaging.frames import Pixels
from device.imaging.picture_source import PictureSource
from device.imaging.strip_scaling import scaled_down, strips

# Full scale of a scanner's values: 8, 10, 12, 14, 16 or 24 bits, or 31 or 32.
_FULL_SCALES: tuple[float, ...] = (255, 1023, 4095, 16383, 65535, 2**24 - 1, 2**31 - 1, 2**32 - 1)
# Modes whose neighbouring pixels Pillow averages without a copy of the picture.
_AVERAGEABLE = ("L", "RGB", "RGBX", "CMYK", "YCbCr")


def upright_pixels(
    image: Image.Image,
    source: PictureSource,
    colours: Colours,
    *,
    side: int | None,
    draft: tuple[int, int] | None,
) -> Pixels:
    """Decode a picture.

    Args:
        image: The picture, whose header is read.
        source: What Pillow doesn't know of its values.
        colours: How its colours become sRGB. They are converted after scaling, when there are fewer of them.
        side: Longest side of the result in pixels; `None` keeps the size.
        draft: Size to request of a decoder that can scale, in pixels; `None` for the picture's own.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, in sRGB.

    Raises:
        OSError: If the file is damaged; Pillow raises other errors, too.
    """
    if draft is not None:
        image.draft("RGB", draft)
    image.load()
    if side is not None and max(image.size) > side:
        image = _scaled_down(image, source, side)
    ImageOps.exif_transpose(image, in_place=True)
    image = colours.apply(_to_eight_bits(image, source, _full_scale(image, source)))
    return np.ascontiguousarray(np.asarray(_to_rgb(image), dtype=np.uint8))


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height of a picture in pixels, without decoding it."""
    # A PNG's own `getexif` would decode the picture if it has no EXIF.
    exif = Image.Image.getexif(image) if image.format == "PNG" else image.getexif()
    width, height = image.size
    if image.format == "TIFF":  # newer Pillows return the upright size, older ones the stored
        width, height = exif[ExifTags.Base.ImageWidth], exif[ExifTags.Base.ImageLength]
    is_on_its_side = exif.get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
    return (height, width) if is_on_its_side else (width, height)


def _scaled_down(image: Image.Image, source: PictureSource, side: int) -> Image.Image:
    """Return a picture scaled to a longest side, with 8 bits a channel."""
    if image.mode in _AVERAGEABLE and "transparency" not in image.info:
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
        return image
    full_scale = _full_scale(image, source)  # of the whole picture

    def averageable(strip: Image.Image) -> Image.Image:
        if strip.mode == "1":
            return strip.convert("L")
        if strip.mode in ("P", "PA") or "transparency" in strip.info:
            return strip.convert("RGBA")
        return _to_eight_bits(strip, source, full_scale)  # Pillow 10 can't scale 16 bits

    return scaled_down(image, side, averageable)


def _full_scale(image: Image.Image, source: PictureSource) -> float:
    """Return the value of the brightest light; 255 for a picture of 8 bits a channel.

    For integers of more than 8 bits, it is the smallest full scale that holds all values, such as that of 10, 12, 14 or 16
    bits. Floats are in 0..1 or 0..255.
    """
    if not image.mode.startswith(("I", "F")):
        return 255
    brightest = max(float(_values(strip, source).max()) for strip in strips(image))
    full_scales = (1.0, 255.0) if image.mode == "F" else _FULL_SCALES
    return next((scale for scale in full_scales if brightest <= scale), full_scales[-1])


def _to_eight_bits(image: Image.Image, source: PictureSource, full_scale: float) -> Image.Image:
    """Convert an image to 8 bits a channel, and invert a negative of more bits."""
    if not image.mode.startswith(("I", "F")):
        return image
    found = Image.new("L", image.size)
    top = 0
    for strip in strips(image):
        scaled = (np.clip(_values(strip, source) / full_scale, 0, 1) * 255).round().astype(np.uint8)
        found.paste(Image.fromarray(255 - scaled if source.is_negative else scaled), (0, top))
        top += strip.height
    found.info = {key: image.info[key] for key in ("exif",) if key in image.info}
    return found


def _values(image: Image.Image, source: PictureSource) -> npt.NDArray[np.float32]:
    stored = np.asarray(image)
    if source.is_unsigned:
        stored = stored.view(np.uint32)
    return np.nan_to_num(stored.astype(np.float32))


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert an image of 8 bits a channel to RGB, with transparent pixels on white."""
    if image.mode in ("P", "PA") or image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image.convert("RGB")
