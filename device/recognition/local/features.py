"""Detect local features of a picture and describe them with RootSIFT.

RootSIFT (Lowe, IJCV 2004; Arandjelovic and Zisserman, CVPR 2012) finds corners and blobs at many scales. Its descriptors
depend little on rotation, scale and light. The features find and check a print where fingers, glare or a crop mislead the
fingerprint. They also show where one picture lies on the other. Knows nothing of collections.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.frames import Pixels

Floats = npt.NDArray[np.float32]

DESCRIPTOR_LENGTH = 128
# Longest side in pixels at which features are detected. Finer lines are lost in a hand-held capture anyway, and the time
# grows with the area (docs/decisions.md, 11).
SIDE = 400
MAX_FEATURES = 400

# Contrast threshold below Lowe's 0.04, so that pale and soft captures keep enough features; only the strongest are kept.
_CONTRAST = 0.02
_CELLS, _DIRECTIONS = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Local features of one picture, strongest first.

    Attributes:
        places: float32 (N, 2), x and y in pixels of the picture.
        sizes: float32 (N,), diameter in pixels.
        angles: float32 (N,), orientation in radians, 0 to 2 pi, clockwise from the x axis.
        descriptors: float32 (N, 128), RootSIFT, unit length.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
    """

    places: Floats
    sizes: Floats
    angles: Floats
    descriptors: Floats
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.places)


def extract(pixels: Pixels, *, max_features: int = MAX_FEATURES) -> Features:
    """Detect and describe the strongest local features of a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB; scaled down to a longest side of `SIDE`, never up.
        max_features: Maximum number of features.

    Returns:
        Features in pixels of `pixels`, perhaps none.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    detector = cv2.SIFT_create(max_features, 3, _CONTRAST)  # type: ignore[attr-defined]  # the stubs lack it
    keypoints, descriptors = detector.detectAndCompute(grey, None)
    if descriptors is None:
        return _no_features(width, height)
    rows = np.array([(*p.pt, p.size, p.angle, p.response) for p in keypoints], dtype=np.float32)
    # SIFT may return more than `max_features` on ties.
    strongest = np.argsort(-rows[:, 4], kind="stable")[:max_features]
    rows = rows[strongest]
    to_pixels = np.array([width / size[0], height / size[1]], dtype=np.float32)
    return Features(
        places=(rows[:, :2] + 0.5) * to_pixels,
        sizes=rows[:, 2] / scale,
        angles=np.deg2rad(rows[:, 3]),
        descriptors=_root_sift(descriptors[strongest]),
        width=width,
        height=height,
    )


def mirrored(features: Features) -> Features:
    """Return the features of the picture mirrored left to right, without detecting them again.

    A descriptor is relative to its feature's orientation. So mirroring only reorders it: rows of cells change sides, and
    gradient directions change sign.
    """
    cells = features.descriptors.reshape(-1, _CELLS, _CELLS, _DIRECTIONS)
    directions = -np.arange(_DIRECTIONS) % _DIRECTIONS
    places = features.places.copy()
    places[:, 0] = features.width - places[:, 0]
    return Features(
        places=places,
        sizes=features.sizes,
        angles=((np.pi - features.angles) % (2 * np.pi)).astype(np.float32),
        descriptors=np.ascontiguousarray(cells[:, ::-1][..., directions]).reshape(
            -1, DESCRIPTOR_LENGTH
        ),
        width=features.width,
        height=features.height,
    )


def _root_sift(descriptors: Floats) -> Floats:
    """Return the square root of each L1-normalised descriptor (RootSIFT).

    The Euclidean distance between two results is the Hellinger distance between the SIFT descriptors.
    """
    shares = descriptors / np.maximum(
        descriptors.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny
    )
    return np.asarray(np.sqrt(shares), dtype=np.float32)


def _no_features(width: int, height: int) -> Features:
    empty = np.empty(0, np.float32)
    return Features(
        places=np.empty((0, 2), np.float32),
        sizes=empty,
        angles=empty,
        descriptors=np.empty((0, DESCRIPTOR_LENGTH), np.float32),
        width=width,
        height=height,
    )
