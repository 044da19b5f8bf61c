"""Pictures with transparency, and laying one over another.

A table scene is made of nothing else. Knows nothing of prints, hands or time.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.frames import Pixels

# uint8 (H, W, 4), RGB multiplied by alpha, then alpha. Black with some alpha is a shadow.
Rgba = npt.NDArray[np.uint8]
# float64 (3, 3), a homography.
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLayer:
    """A picture with transparency, and the homography from its pixels to the frame's."""

    picture: Rgba
    matrix: Matrix

    def moved(self, matrix: Matrix) -> "PictureLayer":
        """Return this layer after one more homography."""
        return PictureLayer(picture=self.picture, matrix=matrix @ self.matrix)


def lay(frame: Pixels, layer: PictureLayer) -> None:
    """Lay a layer over a frame, in place: uint8 (H, W, 3), RGB; cut off at its edge."""
    box = _box(layer, (frame.shape[1], frame.shape[0]))
    if box is None:
        return
    left, top, width, height = box
    shift = np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1)], np.float64)
    over = cv2.warpPerspective(
        layer.picture, shift @ layer.matrix, (width, height), flags=cv2.INTER_LINEAR
    )
    place = frame[top : top + height, left : left + width]
    cover = over[..., 3]
    through = cv2.merge([255 - cover] * 3)
    under = cv2.multiply(place, through, scale=1 / 255)
    cv2.add(under, over[..., :3], dst=place)


def move(x: float, y: float) -> Matrix:
    """Return the homography that moves by x to the right and y down."""
    return np.array([(1, 0, x), (0, 1, y), (0, 0, 1)], np.float64)


def turn(degrees: float) -> Matrix:
    """Return the homography that turns clockwise about the origin."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([(cos, -sin, 0), (sin, cos, 0), (0, 0, 1)], np.float64)


def scale(x: float, y: float | None = None) -> Matrix:
    """Return the homography that scales about the origin; a negative factor mirrors."""
    return np.diag([x, x if y is None else y, 1.0])


def _box(layer: PictureLayer, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return left, top, width and height of the layer's part within a frame, or `None`."""
    height, width = layer.picture.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    placed = cv2.perspectiveTransform(corners[np.newaxis], layer.matrix)[0]
    left, top = np.maximum(np.floor(placed.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(placed.max(axis=0)), size).astype(int)
    if right - left < 1 or bottom - top < 1:
        return None
    return int(left), int(top), int(right - left), int(bottom - top)
