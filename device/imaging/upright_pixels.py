"""Decode an opened picture to upright pixels: 8 bits a channel, in sRGB, on white."""

import numpy as np
from PIL import ExifTags, Image, ImageOps

from device.imaging.colour_profiles import Colours
from device.imaging.frames import Pixels
from device.imaging.picture_source import PictureSource

# Full scale of a scanner's values: 8, 10, 12, 14, 16 or 24 bits, or 31 or 32.
_FULL_SCALES = (255, 1023, 4095, 16383, 65535, 2**24 - 1, 2**31 - 1, 2**32 - 1)


def upright_pixels(
    image: Image.Image, source: PictureSource, colours: Colours, side: int | None
) -> Pixels:
    """Decode a picture.

    Args:
        image: The picture, whose header is read.
        source: What Pillow doesn't know of its values.
        colours: How its colours become sRGB. They are converted after scaling, when there are fewer of them.
        side: Longest side of the result in pixels; `None` keeps the size.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, in sRGB.

    Raises:
        OSError: If the file is damaged; Pillow raises other errors, too.
    """
    if side is not None:
        image.draft("RGB", (side, side))  # JPEG only: decodes at a fraction of the size
    image.load()
    if side is not None and max(image.size) > side:
        image = _to_averageable_mode(image, source)
        image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
    ImageOps.exif_transpose(image, in_place=True)
    image = colours.apply(_to_eight_bits(image, source))
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


def _to_averageable_mode(image: Image.Image, source: PictureSource) -> Image.Image:
    """Convert an image to a mode in which neighbouring pixels can be averaged."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    return _to_eight_bits(image, source)  # Pillow 10 can't scale 16 bits


def _to_eight_bits(image: Image.Image, source: PictureSource) -> Image.Image:
    """Convert an image to 8 bits a channel.

    Integers of more than 8 bits are scaled by the smallest full scale that holds them, such as 10, 12, 14 or 16 bits. Floats
    are in 0..1 or 0..255. A negative is inverted where it has more than 8 bits.
    """
    if not image.mode.startswith(("I", "F")):
        return image
    stored = np.asarray(image)
    if source.is_unsigned:
        stored = stored.view(np.uint32)
    values = np.nan_to_num(stored.astype(np.float32))
    brightest = float(values.max())
    full_scales = (1.0, 255.0) if image.mode == "F" else _FULL_SCALES
    full_scale = next(
        (full_scale for full_scale in full_scales if brightest <= full_scale), full_scales[-1]
    )
    scaled = (np.clip(values / full_scale, 0, 1) * 255).round().astype(np.uint8)
    found = Image.fromarray(255 - scaled if source.is_negative else scaled)
    found.info = {key: image.info[key] for key in ("exif",) if key in image.info}
    return found


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert an image of 8 bits a channel to RGB, with transparent pixels on white."""
    if image.mode in ("P", "PA") or image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image.convert("RGB")
