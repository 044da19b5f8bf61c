"""Prints inside the same ornamental border, like the pages of a book of fables."""

import cv2
import numpy as np

from device.imaging.frames import Pixels

_WIDTH, _HEIGHT, _BORDER = 420, 560, 100


def add_border(ornament: Pixels, picture: Pixels) -> Pixels:
    """Return a picture inside the outer part of another one: uint8 (560, 420, 3)."""
    page = cv2.resize(ornament, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    inside = (_WIDTH - 2 * _BORDER, _HEIGHT - 2 * _BORDER)
    page[_BORDER:-_BORDER, _BORDER:-_BORDER] = cv2.resize(
        picture, inside, interpolation=cv2.INTER_AREA
    )
    return np.ascontiguousarray(page, dtype=np.uint8)
