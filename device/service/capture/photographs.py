"""Tell a photograph of a print from a scan that the print fills.

A photograph shows paper on something that isn't paper. A scan may show a rectangle, too, but that is the printed picture on
its own paper, which is lighter than the picture.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from device.imaging.corners import Corner
from device.imaging.frames import Pixels
from device.recognition.sheet.detect import find_sheets
from device.service.capture.thumbnail import Thumbnail
from device.service.capture.watcher import TAKEN_CONFIDENCE

_Points = npt.NDArray[np.float64]

# Share of the picture that a photographed sheet covers. A larger one fills the frame, as in a scan.
_LEAST_SHARE, _MOST_SHARE = 0.08, 0.90
# Width of the rings that are compared, as a share of the sheet's side.
_RING = 0.04
# Grey levels by which paper is lighter than what it lies on.
_LIGHTER = 12.0


def is_photograph(pixels: Pixels) -> bool:
    """Return whether a picture shows a sheet on some ground, rather than a print alone.

    Args:
        pixels: uint8 (H, W, 3), RGB, of any size.
    """
    thumbnail = Thumbnail.at(pixels)
    return any(
        sheet.confidence >= TAKEN_CONFIDENCE and _lies_on_ground(thumbnail, sheet.corners)
        for sheet in find_sheets(thumbnail.pixels).sheets
    )


def _lies_on_ground(thumbnail: Thumbnail, corners: tuple[Corner, ...]) -> bool:
    points = np.array([(corner.x, corner.y) for corner in corners], np.float64)
    if not _LEAST_SHARE <= _area(points) / thumbnail.grey.size <= _MOST_SHARE:
        return False
    inside = _ring_level(thumbnail.grey, points, 1.0 - _RING / 4, 1.0 - _RING)
    outside = _ring_level(thumbnail.grey, points, 1.0 + _RING, 1.0 + _RING / 4)
    return inside - outside >= _LIGHTER  # false for a ring outside the picture, which is NaN


def _area(points: _Points) -> float:
    x, y = points.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def _ring_level(grey: npt.NDArray[np.uint8], points: _Points, outer: float, inner: float) -> float:
    """Return the median grey level of the ring between two sizes of a quad; NaN for no ring."""
    middle = points.mean(axis=0)
    mask = Image.new("1", grey.shape[::-1])
    for size, value in ((outer, 1), (inner, 0)):
        scaled = middle + (points - middle) * size
        ImageDraw.Draw(mask).polygon([(x, y) for x, y in scaled.tolist()], fill=value)
    ring = grey[np.asarray(mask)]
    return float(np.median(ring)) if ring.size else float("nan")
