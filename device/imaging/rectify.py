"""The sheet as if seen from straight above. Knows nothing of how its corners were found."""

from collections.abc import Sequence

import cv2
import numpy as np

from device.imaging.corners import Corner, clockwise, rectangle_aspect, to_points
from device.imaging.frames import Pixels

_LONGEST = 5.0  # to one; no sheet is narrower, and no picture may grow without end


def rectify(pixels: Pixels, corners: Sequence[Corner], *, side: int) -> Pixels:
    """Give the sheet straightened by perspective, in its own aspect ratio.

    Args:
        pixels: uint8 (H, W, 3), RGB, the frame.
        corners: Of the sheet, in the frame, in order around it; they may lie beyond its edges.
        side: Longest side of the result in pixels.

    Returns:
        uint8 (H, W, 3), RGB; the corner nearest the frame's top left comes out top left.
    """
    points = clockwise(to_points(corners))
    aspect = rectangle_aspect(points, pixels.shape[1], pixels.shape[0])
    aspect = min(max(aspect, 1.0 / _LONGEST), _LONGEST)
    width, height = (side, round(side / aspect)) if aspect >= 1 else (round(side * aspect), side)
    wanted = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    # OpenCV counts from the middle of a pixel, corners from its edge.
    turn = cv2.getPerspectiveTransform((points - 0.5).astype(np.float32), wanted - np.float32(0.5))
    shrinks = cv2.contourArea(points.astype(np.float32)) > 4.0 * width * height
    source = _blurred(pixels, points, width * height) if shrinks else pixels
    flat = cv2.warpPerspective(
        source, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.ascontiguousarray(flat, dtype=np.uint8)


def _blurred(pixels: Pixels, points: "np.typing.NDArray[np.float64]", area: int) -> Pixels:
    scale = (float(cv2.contourArea(points.astype(np.float32))) / area) ** 0.5
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.35 * scale), dtype=np.uint8)
