"""Prints warped into a frame by a known transform, and the local features of pictures."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from shared_codebook import trained_codebook

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
class PosedPrint:
    """A print warped into a frame.

    Attributes:
        frame: uint8 (960, 1280, 3), RGB.
        corners: The sheet's corners in the frame, clockwise from the sheet's own top left.
        to_frame: float64 (3, 3), from the print's picture with sides 0..1 to pixels of the frame.
    """

    frame: Pixels
    corners: tuple[Corner, ...]
    to_frame: Matrix

    def cropped(self) -> "PosedPrint":
        """Return the part of the frame around the print, with 8 pixels of margin."""
        points = to_points(self.corners)
        left, top = np.floor(points.min(axis=0)).astype(int) - 8
        right, bottom = np.ceil(points.max(axis=0)).astype(int) + 8
        return PosedPrint(
            frame=np.ascontiguousarray(self.frame[top:bottom, left:right]),
            corners=tuple(Corner(x=c.x - left, y=c.y - top) for c in self.corners),
            to_frame=np.array([(1, 0, -left), (0, 1, -top), (0, 0, 1)]) @ self.to_frame,
        )


def pose(picture: Pixels, *, turn: float = 0, mirrored: bool = False) -> PosedPrint:
    """Warp a print onto a grey table, rotated clockwise by `turn` degrees and slightly tilted."""
    height, width = picture.shape[:2]
    half = 360 * np.array([width, height]) / np.hypot(width, height)
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    tilt = np.array([(6, -4), (-8, 5), (9, 7), (-5, 3)])
    corners = (_SQUARE * 2 - 1) * half @ rotation.T + (WIDTH / 2, HEIGHT / 2) + tilt
    shown = corners[[1, 0, 3, 2]] if mirrored else corners
    to_frame = cv2.getPerspectiveTransform(_SQUARE, shown.astype(np.float32))
    frame = warp(picture, to_frame @ np.diag([1 / width, 1 / height, 1.0]), WIDTH, HEIGHT)
    return PosedPrint(
        frame=frame,
        corners=tuple(Corner(x=float(x), y=float(y)) for x, y in corners),
        to_frame=to_frame,
    )


def warp(picture: Pixels, matrix: Matrix, width: int, height: int) -> Pixels:
    """Return a picture warped by a 3x3 matrix onto grey, after a slight blur like a lens's."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.6)
    # OpenCV's coordinates are of pixel centres.
    half = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)])
    warped = cv2.warpPerspective(
        soft,
        np.linalg.inv(half) @ matrix @ half,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderValue=(128, 128, 128),
    )
    return np.ascontiguousarray(warped, dtype=np.uint8)


def transform_points(points: Points, matrix: Matrix) -> Points:
    """Return points (N, 2) transformed by a 3x3 matrix."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)


def index_features(found: Features) -> IndexedFeatures:
    """Return local features in the form of the inverted index, by the builds' codebook."""
    book = trained_codebook()
    return IndexedFeatures(
        signatures=book.signatures(book.project(found.descriptors)),
        places=quantise_places(found),
        aspect=found.width / found.height,
    )


def indexed_features_of(picture: Pixels) -> IndexedFeatures:
    """Extract a picture's local features, in the form of the inverted index."""
    return index_features(features.extract(picture))
