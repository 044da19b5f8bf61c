"""Encode pixels as small pictures: JPEG for the live picture, WebP for the bundle."""

import io

from PIL import Image

from device.imaging.frames import Pixels


def to_jpeg(pixels: Pixels, *, side: int, quality: int = 80) -> bytes:
    """Encode pixels as a small JPEG, for the live picture.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        side: Longest side of the result in pixels.
        quality: Pillow's scale, 1..95.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def to_webp(pixels: Pixels, *, side: int, quality: int) -> bytes:
    """Encode pixels as WebP, for the bundle.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        side: Longest side of the result in pixels; never scaled up.
        quality: libwebp's scale, 0..100.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()
