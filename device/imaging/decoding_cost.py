"""Refuse pictures that cost too much to decode, before any pixel is decoded.

The cost is counted in bytes that the codec and Pillow hold at the same time, since pixels alone say little: a progressive
JPEG of 64 megapixels holds 384 MB of coefficients, and a baseline one of 200 megapixels is decoded in 13 MB.
"""

from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from device.errors import PictureError
from device.imaging.formats.jpeg_segments import JpegFrame, read_frame
from device.imaging.formats.webp_image import StillWebpImage

_JPEGS = ("JPEG", "MPO")
# By how much libjpeg can scale down while it decodes.
_SCALES = (1, 2, 4, 8)
# Bytes that Pillow stores for a pixel, by the mode of the picture; of other modes, 4.
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
_MOST_STORED = 4
# Bytes a pixel that a codec holds next to Pillow's picture: a strip that may be the whole picture (libtiff, 16 bits a channel);
# four components of 32 bits (OpenJPEG); planes and their conversion (libaom, libheif); two canvases, a copy of one, and the
# decoder's own (libwebp's decoder of animations, which is Pillow's).
_HELD = {"TIFF": 6, "JPEG2000": 16, "AVIF": 16, "HEIF": 16, "WEBP": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What decoding one picture may cost.

    Attributes:
        jpeg_pixels: Largest width times height of a JPEG.
        other_pixels: The same for the other formats, which can't be decoded at a fraction of their size.
        held_bytes: Most bytes that codec and Pillow may hold at the same time.
        scans: Most scans of a JPEG. Each goes over the whole picture, so an empty one costs time, too.
        advice: What to do, other than to scale it down, about a large picture that is no JPEG.
    """

    jpeg_pixels: int
    other_pixels: int
    held_bytes: int
    scans: int
    advice: str


# A JPEG of 200 megapixels, such as a phone's, is decoded at an eighth of its size; PNG and WebP can't be.
UPLOADS = Budget(
    jpeg_pixels=200_000_000,
    other_pixels=16 << 20,
    held_bytes=100_000_000,
    scans=100,
    advice=", or send it as JPEG",
)
COLLECTIONS = Budget(
    jpeg_pixels=400_000_000,
    other_pixels=400_000_000,
    held_bytes=4_000_000_000,
    scans=1000,
    advice="",
)


def check_size(kind: str, pixels: int, name: str, budget: Budget) -> None:
    """Raise `PictureError` if a picture has more pixels than the budget allows for its format.

    Args:
        kind: Pillow's name of the format.
        pixels: Width times height.
        name: Name of the picture in the error.
        budget: What decoding it may cost.
    """
    is_jpeg = kind in _JPEGS
    most = budget.jpeg_pixels if is_jpeg else budget.other_pixels
    if pixels > most:
        raise _too_large("", pixels, most, name, "" if is_jpeg else budget.advice)


def check_cost(
    image: Image.Image, file: BinaryIO, name: str, budget: Budget, *, side: int | None
) -> tuple[int, int] | None:
    """Return the size to request of a decoder that can scale; `None` for the whole picture.

    Args:
        image: The picture, whose header is read.
        file: Its file; its position is kept.
        name: Name of the picture in errors.
        budget: What decoding it may cost.
        side: Longest side of the wanted result in pixels; `None` for the whole size.

    Raises:
        PictureError: If decoding the picture costs more, however it is scaled.
    """
    kind, pixels = image.format or "", image.width * image.height
    check_size(kind, pixels, name, budget)
    if kind in _JPEGS:
        return _check_jpeg(image, _frame(file), name, budget, side)
    most = _most_pixels(image, budget, side)
    if pixels > most:
        raise _too_large(f" in a {kind}", pixels, most, name, budget.advice)
    return None if side is None else (side, side)


def _most_pixels(image: Image.Image, budget: Budget, side: int | None) -> int:
    """Return how many pixels of a picture like this one, which is no JPEG, the budget allows."""
    if side is not None and isinstance(image, StillWebpImage):
        # Pillow stores the scaled picture alone.
        return (budget.held_bytes - side * side * _MOST_STORED) // image.held_bytes_a_pixel
    held = getattr(image, "held_bytes_a_pixel", _HELD.get(image.format or "", 0))
    return budget.held_bytes // (_stored(image) + held)


def _check_jpeg(
    image: Image.Image, frame: JpegFrame, name: str, budget: Budget, side: int | None
) -> tuple[int, int] | None:
    if frame.scans > budget.scans:
        raise PictureError(
            f"{name}: expected at most {budget.scans} scans, found {frame.scans}; save it as a baseline JPEG"
        )
    pixels, stored = image.width * image.height, _stored(image)

    def cost(scale: int) -> float:
        return frame.kept_bytes + pixels / scale**2 * stored

    scales = _possible_scales(image, frame, side)
    scale = next((scale for scale in scales if cost(scale) <= budget.held_bytes), None)
    if scale is None:
        most = int(budget.held_bytes / cost(scales[-1]) * pixels)
        if not frame.kept_bytes:
            raise _too_large("", pixels, most, name, "")
        raise _too_large(
            " in a progressive JPEG", pixels, most, name, ", or save it as a baseline JPEG"
        )
    return None if scale == 1 else (max(image.width // scale, 1), max(image.height // scale, 1))


def _possible_scales(image: Image.Image, frame: JpegFrame, side: int | None) -> tuple[int, ...]:
    """Return by how much a JPEG may be scaled down while it is decoded, the best first.

    The best leaves both sides longer than the result's; where that costs too much, a smaller one will do.
    """
    if side is None or not frame.is_scalable:
        return (1,)
    best = max(s for s in _SCALES if s <= max(1, min(image.size) // side))
    return tuple(s for s in _SCALES if s >= best)


def _frame(file: BinaryIO) -> JpegFrame:
    at = file.tell()
    try:
        frame = read_frame(file)
    finally:
        file.seek(at)
    return frame or JpegFrame(kept_bytes=0, scans=1, is_scalable=True)


def _stored(image: Image.Image) -> int:
    return _STORED.get(image.mode, _MOST_STORED)


def _too_large(where: str, pixels: int, most: int, name: str, advice: str) -> PictureError:
    found = f"{pixels / 1e6:.3g}" if pixels < 1e9 else f"{pixels / 1e6:.0f}"
    return PictureError(
        f"{name}: expected at most {most // 1_000_000} megapixels{where}, found {found}; scale it down{advice}"
    )
