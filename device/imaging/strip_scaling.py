"""Scale a picture down strip by strip, converting only the strip at hand.

Transparent and palette pictures, and those of 16 bits, are converted before their pixels can be averaged. Of the whole picture
at once, that takes two to eight times its memory.
"""

import math
from collections.abc import Callable, Iterator
from typing import TypeAlias

from PIL import Image

# In bytes. A strip of RGBA, before it is scaled.
_STRIP_BYTES = 4 << 20
_PIXEL_BYTES = 4
# As `thumbnail` has it: blocks are averaged first where the picture is at least twice this times larger than the result.
_REDUCING_GAP = 3

Convert: TypeAlias = Callable[[Image.Image], Image.Image]


def scaled_down(image: Image.Image, side: int, convert: Convert) -> Image.Image:
    """Return a converted picture scaled to a longest side, as Pillow's `thumbnail` would.

    Args:
        image: The picture, whose longest side is above `side`. Its EXIF is kept.
        side: Longest side of the result in pixels.
        convert: Returns a part of the picture in a mode in which neighbouring pixels can be averaged.
    """
    ratio = side / max(image.size)
    width, height = (max(round(length * ratio), 1) for length in image.size)
    factors = (
        int(image.width / width / _REDUCING_GAP) or 1,
        int(image.height / height / _REDUCING_GAP) or 1,
    )
    extent = (image.width / factors[0], image.height / factors[1])
    reduced = image
    if max(factors) > 1:
        reduced, convert = _reduced(image, factors, convert), _as_it_is
    found: Image.Image | None = None
    for rows in _ranges(reduced, height):
        strip = _scaled_strip(reduced, extent, (width, height), rows, convert)
        found = found or Image.new(strip.mode, (width, height))
        found.paste(strip, (0, rows[0]))
    if found is None:
        raise ValueError("an empty picture")
    found.info = {key: image.info[key] for key in ("exif", "xmp") if key in image.info}
    return found


def strips(image: Image.Image, unit: int = 1) -> Iterator[Image.Image]:
    """Yield a picture's strips from the top, of a multiple of `unit` rows but for the last."""
    rows = -(-_rows(image) // unit) * unit
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def _as_it_is(image: Image.Image) -> Image.Image:
    return image


def _reduced(image: Image.Image, factors: tuple[int, int], convert: Convert) -> Image.Image:
    """Average blocks of pixels, which is fast, and leaves enough of them for good edges."""
    across, down = factors
    parts = [convert(strip).reduce(factors) for strip in strips(image, down)]
    found = Image.new(parts[0].mode, (-(-image.width // across), -(-image.height // down)))
    top = 0
    for part in parts:
        found.paste(part, (0, top))
        top += part.height
    return found


def _rows(image: Image.Image) -> int:
    return max(_STRIP_BYTES // (image.width * _PIXEL_BYTES), 16)


def _ranges(image: Image.Image, height: int) -> Iterator[tuple[int, int]]:
    """Yield the rows of the result that are made from one strip each."""
    rows = max(_rows(image) * height // image.height, 1)
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _scaled_strip(
    image: Image.Image,
    extent: tuple[float, float],
    size: tuple[int, int],
    rows: tuple[int, int],
    convert: Convert,
) -> Image.Image:
    step = extent[1] / size[1]
    top, bottom = rows[0] * step, rows[1] * step
    margin = math.ceil(step) + 1  # bilinear filtering reaches one step beyond
    start, end = max(math.floor(top) - margin, 0), min(math.ceil(bottom) + margin, image.height)
    part = convert(image.crop((0, start, image.width, end)))
    box = (0, top - start, extent[0], min(bottom - start, part.height))
    return part.resize((size[0], rows[1] - rows[0]), Image.Resampling.BILINEAR, box=box)
