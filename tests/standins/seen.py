"""Prints as a camera might see them, of which it is known where every point lies; and their details, written down."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from book import trained

from device.imaging.corners import Corner, to_points
from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.features import Features
from device.recognition.local.inverted_index import IndexedFeatures, quantise_places

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]

WIDTH, HEIGHT = 1280, 960
_SQUARE = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A print laid into a frame.

    Attributes:
        frame: uint8 (960, 1280, 3), RGB.
        corners: Of the sheet, clockwise from its own top left as it is seen.
        to_frame: float64 (3, 3), from the print's picture with sides 0..1 to pixels of the frame.
    """

    frame: Pixels
    corners: tuple[Corner, ...]
    to_frame: Matrix

    def close(self) -> "Laid":
        """Give the frame's part just around the print."""
        points = to_points(self.corners)
        left, top = np.floor(points.min(axis=0)).astype(int) - 8
        right, bottom = np.ceil(points.max(axis=0)).astype(int) + 8
        return Laid(
            frame=np.ascontiguousarray(self.frame[top:bottom, left:right]),
            corners=tuple(Corner(x=c.x - left, y=c.y - top) for c in self.corners),
            to_frame=np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1)]) @ self.to_frame,
        )


def lay(picture: Pixels, *, turn: float = 0, mirrored: bool = False) -> Laid:
    """Lay a print on a grey table, turned clockwise by so many degrees, and a little tilted."""
    height, width = picture.shape[:2]
    half = 360 * np.array([width, height]) / np.hypot(width, height)
    angle = np.deg2rad(turn)
    turning = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    tilt = np.array([(6, -4), (-8, 5), (9, 7), (-5, 3)])
    outline = (_SQUARE * 2 - 1) * half @ turning.T + (WIDTH / 2, HEIGHT / 2) + tilt
    shown = outline[[1, 0, 3, 2]] if mirrored else outline
    to_frame = cv2.getPerspectiveTransform(_SQUARE, shown.astype(np.float32))
    frame = warp(picture, to_frame @ np.diag([1 / width, 1 / height, 1.0]), WIDTH, HEIGHT)
    return Laid(
        frame=frame,
        corners=tuple(Corner(x=float(x), y=float(y)) for x, y in outline),
        to_frame=to_frame,
    )


def warp(picture: Pixels, matrix: Matrix, width: int, height: int) -> Pixels:
    """Give a picture as this 3x3 moves it, on grey; slightly blurred first, as a lens would."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.6)
    half = np.array(
        [(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)]
    )  # OpenCV counts from the middle of a pixel
    moved = cv2.warpPerspective(
        soft,
        np.linalg.inv(half) @ matrix @ half,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderValue=(128, 128, 128),
    )
    return np.ascontiguousarray(moved, dtype=np.uint8)


def moved(points: Points, matrix: Matrix) -> Points:
    """Give points (N, 2) as this 3x3 moves them."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)


def written(found: Features) -> IndexedFeatures:
    """Write details down with the codebook that builds use."""
    book = trained()
    return IndexedFeatures(
        signatures=book.signatures(book.project(found.descriptors)),
        places=quantise_places(found),
        aspect=found.width / found.height,
    )


def seen(picture: Pixels) -> IndexedFeatures:
    """Find a picture's details and write them down."""
    return written(features.extract(picture))
