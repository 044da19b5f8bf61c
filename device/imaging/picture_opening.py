"""Open a picture file with Pillow, past what Pillow does worse than the file allows."""

from typing import BinaryIO

from PIL import Image

from device.imaging.formats import iso_boxes, png_chunks, tiff_pages, webp_image
from device.imaging.picture_source import PictureSource


def inspect(file: BinaryIO, formats: tuple[str, ...]) -> PictureSource:
    """Return a file as Pillow should see it, by the parts that its format is made of.

    Args:
        file: The file.
        formats: Pillow's names of the formats that are read.

    Raises:
        UnreadableFormatError: If the format is one of them, in a variant that can't be decoded.
        ValueError: If the file is damaged.
    """
    file.seek(0)
    head = file.read(12)
    file.seek(0)
    if head.startswith(png_chunks.SIGNATURE):
        return png_chunks.inspect(file)
    if head == iso_boxes.JP2_SIGNATURE and "JPEG2000" in formats:
        return iso_boxes.inspect(file)
    return tiff_pages.inspect(file) if "TIFF" in formats else PictureSource(file=file)


def webp_size(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height of a WebP in pixels, from its header; else `None`."""
    return webp_image.size_of(file)


def open_image(file: BinaryIO, formats: tuple[str, ...]) -> Image.Image:
    """Open a picture by its header; decodes nothing, but for a WebP that moves.

    Raises:
        PIL.UnidentifiedImageError: If the file has none of the formats.
        OSError: If its header is damaged; Pillow raises other errors, too.
    """
    is_still_webp = webp_image.is_readable(file)
    file.seek(0)
    return webp_image.StillWebpImage(file) if is_still_webp else Image.open(file, formats=formats)
