"""Orient a camera's picture: rotate, mirror, and crop to the stand's region.

Pure functions of arrays. Knows no camera.
"""

import numpy as np

from device.config import CameraConfig
from device.imaging.frames import Pixels


def orient(pixels: Pixels, config: CameraConfig) -> Pixels:
    """Return the stand's region of a picture, upright.

    Args:
        pixels: uint8 (H, W, 3), RGB, any memory layout.
        config: Its rotation is applied first, then the mirror, then the region.

    Returns:
        uint8 (h, w, 3), RGB, C-contiguous, never empty; `pixels` itself if nothing changes.
    """
    upright = np.rot90(pixels, k=-config.rotate_deg // 90)  # NumPy turns counter-clockwise
    if config.mirror:
        upright = upright[:, ::-1]
    height, width = upright.shape[:2]
    left, top, right, bottom = config.region
    rows, columns = _span(top, bottom, height), _span(left, right, width)
    return np.ascontiguousarray(upright[rows, columns])  # the only copy, of the region alone


def _span(first: float, last: float, length: int) -> slice:
    start = min(round(first * length), length - 1)
    return slice(start, max(round(last * length), start + 1))
