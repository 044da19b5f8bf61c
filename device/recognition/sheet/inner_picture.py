"""Find the inner picture, inside a rectified sheet's paper margin.

Knows nothing of the frame.
"""

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.corners import Corner, to_corners
from device.imaging.frames import Pixels

_RIM = 0.025  # of each side, skipped because of the edge's shadow; the paper's level is read next to it
_INK_CONTRAST = 28  # levels of grey between ink and paper
_INKED_SHARE = 0.04  # of a row's or column's pixels; from here on it belongs to the picture
_LEAST_MARGIN = 0.03
_LEAST_PICTURE = 0.3


def find_inner_picture(rectified: Pixels) -> tuple[Corner, ...] | None:
    """Return the inner picture's corners, in pixels of the rectified sheet.

    Args:
        rectified: uint8 (H, W, 3), RGB (`rectify`).

    Returns:
        Four corners clockwise from the top left; `None` without a clear margin.
    """
    height, width = rectified.shape[:2]
    if min(height, width) < 40:
        return None
    grey = cv2.cvtColor(rectified, cv2.COLOR_RGB2GRAY).astype(np.int16)
    across, down = max(int(_RIM * width), 1), max(int(_RIM * height), 1)
    inner = grey[down:-down, across:-across]
    rim = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])
    inked = np.abs(inner - np.median(rim)) > _INK_CONTRAST
    left, right = _span(inked.mean(axis=0), across)
    top, bottom = _span(inked.mean(axis=1), down)
    wide, high = (right - left) / width, (bottom - top) / height
    if min(wide, high) < _LEAST_PICTURE or max(wide, high) > 1 - 2 * _LEAST_MARGIN:
        return None
    box = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return to_corners(np.array(box, dtype=np.float64))


def _span(share: npt.NDArray[np.float64], rim: int) -> tuple[int, int]:
    """Return the start and end of the inked rows or columns."""
    places = np.nonzero(share > _INKED_SHARE)[0]
    return (int(places[0]) + rim, int(places[-1]) + rim + 1) if len(places) else (0, 0)
