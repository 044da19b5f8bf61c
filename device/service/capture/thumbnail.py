"""A small copy of a frame, to measure how sharp a sheet in it is and what it looks like.

Cheap enough for every frame of the live picture. Knows nothing of time, of other frames, or of sheet detection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from device.imaging.corners import Corner
from device.imaging.frames import Pixels
from device.imaging.rectify import rectify

Likeness = npt.NDArray[np.float32]
Coarse = npt.NDArray[np.float32]

# Longest side of the picture in which sheets are detected; the capture is the whole frame.
SIDE = 640
# Side in pixels of the coarse picture's cells, by which an unchanged stand is recognised.
_CELL = 20
# Two sheets are compared by this number of cells a side, without their rim (a share of the side).
_CELLS = 16
_RIM = 0.1
# Grey level from which a pixel is overexposed.
_BLOWN = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A frame reduced by a whole factor, in colour, in grey and in coarse cells.

    Attributes:
        pixels: uint8 (H, W, 3), RGB; the longer side at most `SIDE`.
        grey: uint8 (H, W), the luminance of each pixel.
        coarse: float32 (H / 20, W / 20), 0..255, the mean luminance of cells of 20 by 20 pixels.
        factor: How many times larger the frame is, in width and in height.
    """

    pixels: Pixels
    grey: npt.NDArray[np.uint8]
    coarse: Coarse
    factor: int

    @classmethod
    def at(cls, pixels: Pixels) -> Self:
        """Return the thumbnail of a frame's pixels: uint8 (H, W, 3), RGB."""
        factor = max(1, -(-max(pixels.shape[:2]) // SIDE))
        image = Image.fromarray(pixels)
        small = image if factor == 1 else image.reduce(factor)
        grey = small.convert("L")
        coarse = grey.reduce(min(_CELL, *grey.size))
        return cls(
            pixels=pixels if factor == 1 else np.asarray(small),
            grey=np.asarray(grey),
            coarse=np.asarray(coarse, dtype=np.float32),
            factor=factor,
        )

    def is_like(self, coarse: Coarse, most: float) -> bool:
        """Whether no cell differs from another thumbnail's by more than `most` of 255 grey levels."""
        if self.coarse.shape != coarse.shape:
            return False
        return bool(np.abs(self.coarse - coarse).max() <= most)

    def in_frame(self, corners: Sequence[Corner]) -> tuple[Corner, ...]:
        """Convert corners from pixels of the thumbnail to pixels of the whole frame."""
        return tuple(Corner(x=c.x * self.factor, y=c.y * self.factor) for c in corners)

    def quality(self, corners: Sequence[Corner]) -> "SheetQuality":
        """Return the sharpness and overexposure of a sheet, leaving out the sheet's edge."""
        box, inside = self._inside(corners)
        if not inside.any():
            return SheetQuality(sharpness=0.0, blown=0.0)
        grey = self.grey[box].astype(np.int16)
        rough = 4 * grey[1:-1, 1:-1]
        rough -= grey[:-2, 1:-1]
        rough -= grey[2:, 1:-1]
        rough -= grey[1:-1, :-2]
        rough -= grey[1:-1, 2:]
        core = inside[1:-1, 1:-1]
        found = rough[core]
        sharpness = float(found.var(dtype=np.float32)) if found.size else 0.0
        return SheetQuality(sharpness=sharpness, blown=float((grey[inside] >= _BLOWN).mean()))

    def likeness(self, corners: Sequence[Corner]) -> Likeness:
        """Return a sheet's look as few values: float32 (16, 16), mean 0, length at most 1."""
        flat = Image.fromarray(rectify(self.pixels, tuple(corners), side=6 * _CELLS))
        width, height = flat.size
        inner = (width * _RIM, height * _RIM, width * (1 - _RIM), height * (1 - _RIM))
        cells = flat.convert("L").resize((_CELLS, _CELLS), Image.Resampling.BOX, box=inner)
        values = np.asarray(cells, dtype=np.float32)
        values -= values.mean()
        length = float(np.linalg.norm(values))
        # An even surface has no likeness: its noise must not be scaled up to one.
        return values / max(length, float(_CELLS))

    def _inside(
        self, corners: Sequence[Corner]
    ) -> tuple[tuple[slice, slice], npt.NDArray[np.bool_]]:
        """Return the sheet's box in the picture, and a mask of the pixels well inside the sheet."""
        height, width = self.grey.shape
        middle_x = sum(c.x for c in corners) / len(corners)
        middle_y = sum(c.y for c in corners) / len(corners)
        points = [
            (middle_x + 0.92 * (c.x - middle_x), middle_y + 0.92 * (c.y - middle_y))
            for c in corners
        ]
        left, right = _bounds([x for x, _ in points], width)
        top, bottom = _bounds([y for _, y in points], height)
        mask = Image.new("1", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=1)
        return (slice(top, bottom), slice(left, right)), np.asarray(mask)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetQuality:
    """How well a frame shows a sheet.

    Attributes:
        sharpness: Variance of the Laplacian; comparable only between pictures of the same print.
        blown: Overexposed share of the sheet, 0..1.
    """

    sharpness: float
    blown: float

    @property
    def worth(self) -> float:
        """Score of a frame, higher if sharp and without glare; comparable for one print only."""
        return self.sharpness * (1.0 - self.blown) ** 4


def resemblance(one: Likeness, other: Likeness) -> float:
    """Return how much two sheets look alike, -1..1, in the best of four rotations."""
    apart = min(float(np.square(np.rot90(one, turn) - other).sum()) for turn in range(4))
    return 1.0 - apart / 2.0  # the correlation of two uneven sheets; two even ones are alike


def _bounds(values: Sequence[float], most: int) -> tuple[int, int]:
    low = min(max(int(min(values)), 0), most - 1)
    return low, max(min(int(max(values)) + 1, most), low + 1)
