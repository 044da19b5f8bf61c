"""Rectify a sheet: resample it as if seen from straight above.

Knows nothing of how the corners were found.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from device.imaging.corners import Corner, clockwise, rectangle_aspect, to_points
from device.imaging.frames import Pixels

_MAX_ASPECT = 5.0  # no sheet is narrower; bounds the size of the result


def rectify(pixels: Pixels, corners: Sequence[Corner], *, side: int) -> Pixels:
    """Rectify a sheet to its own aspect ratio.

    Args:
        pixels: uint8 (H, W, 3), RGB, the frame.
        corners: The sheet's corners in the frame, in order around it. They may lie outside the frame.
        side: Longest side of the result in pixels.

    Returns:
        uint8 (H, W, 3), RGB. The corner nearest the frame's top left is at the top left.
    """
    points = clockwise(to_points(corners))
    aspect = rectangle_aspect(points, pixels.shape[1], pixels.shape[0])
    aspect = min(max(aspect, 1.0 / _MAX_ASPECT), _MAX_ASPECT)
    width, height = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    # OpenCV's coordinates refer to pixel centres, corners to pixel edges.
    homography = cv2.getPerspectiveTransform(
        (points - 0.5).astype(np.float32), target - np.float32(0.5)
    )
    is_reduced = cv2.contourArea(points.astype(np.float32)) > 4.0 * width * height
    source = _blur_for_reduction(pixels, points, width * height) if is_reduced else pixels
    rectified = cv2.warpPerspective(
        source, homography, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(rectified, dtype=np.uint8)


def _blur_for_reduction(
    pixels: Pixels, points: "np.typing.NDArray[np.float64]", area: int
) -> Pixels:
    """Blur a frame against aliasing before the sheet is reduced to an area in square pixels."""
    scale = (float(cv2.contourArea(points.astype(np.float32))) / area) ** 0.5
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.35 * scale), dtype=np.uint8)
