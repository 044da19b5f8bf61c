"""Details of a print: the small places in its lines that look like no other, and how each looks.

RootSIFT (Lowe, IJCV 2004; Arandjelovic and Zisserman, CVPR 2012): corners and blobs at many sizes, described so that
neither turn nor size nor light matters. They find and check a print when fingers, glare or a crop mislead the
fingerprint, and show where one picture lies on the other. Knows nothing of collections.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.frames import Pixels

Floats = npt.NDArray[np.float32]

LENGTH = 128
# Longest side at which details are looked for: finer lines are lost in a hand-held capture anyway, and the time grows
# with the area (docs/decisions.md has the table).
SIDE = 400
MOST = 400

# Below Lowe's 0.04, so that pale and soft captures keep enough of them; the strongest are kept.
_CONTRAST = 0.02
_CELLS, _DIRECTIONS = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Details of one picture, the strongest first.

    Attributes:
        places: float32 (N, 2), x and y in pixels of the picture.
        sizes: float32 (N,), diameter in pixels.
        angles: float32 (N,), direction in radians, 0 to 2 pi, clockwise from the x axis.
        descriptors: float32 (N, 128), unit length.
        width, height: Of the picture they were found in, in pixels.
    """

    places: Floats
    sizes: Floats
    angles: Floats
    descriptors: Floats
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.places)


def extract(pixels: Pixels, *, most: int = MOST) -> Features:
    """Find the details of a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB; looked at with its longest side at `SIDE`, never scaled up.
        most: Keeps so many, the strongest.

    Returns:
        Details in pixels of `pixels`; none for a picture without any.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    finder = cv2.SIFT_create(most, 3, _CONTRAST)  # type: ignore[attr-defined]  # the stubs lack it
    points, found = finder.detectAndCompute(grey, None)
    if found is None:
        return _none(width, height)
    rows = np.array([(*p.pt, p.size, p.angle, p.response) for p in points], dtype=np.float32)
    strongest = np.argsort(-rows[:, 4], kind="stable")[:most]  # ties beyond `most` come along
    rows = rows[strongest]
    back = np.array([width / size[0], height / size[1]], dtype=np.float32)
    return Features(
        places=(rows[:, :2] + 0.5) * back,
        sizes=rows[:, 2] / scale,
        angles=np.deg2rad(rows[:, 3]),
        descriptors=_root(found[strongest]),
        width=width,
        height=height,
    )


def mirrored(details: Features) -> Features:
    """Give the details that the picture in reverse, left for right, would have.

    A descriptor lies in its detail's own frame, so that reversing is a matter of its order: rows of cells change
    sides, directions change sign. It costs no second look at the picture.
    """
    cells = details.descriptors.reshape(-1, _CELLS, _CELLS, _DIRECTIONS)
    directions = -np.arange(_DIRECTIONS) % _DIRECTIONS
    places = details.places.copy()
    places[:, 0] = details.width - places[:, 0]
    return Features(
        places=places,
        sizes=details.sizes,
        angles=((np.pi - details.angles) % (2 * np.pi)).astype(np.float32),
        descriptors=np.ascontiguousarray(cells[:, ::-1][..., directions]).reshape(-1, LENGTH),
        width=details.width,
        height=details.height,
    )


def _root(found: Floats) -> Floats:
    """Give the root of each descriptor's shares: Euclid's distance between these is Hellinger's."""
    shares = found / np.maximum(found.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.asarray(np.sqrt(shares), dtype=np.float32)


def _none(width: int, height: int) -> Features:
    empty = np.empty(0, np.float32)
    return Features(
        places=np.empty((0, 2), np.float32),
        sizes=empty,
        angles=empty,
        descriptors=np.empty((0, LENGTH), np.float32),
        width=width,
        height=height,
    )
