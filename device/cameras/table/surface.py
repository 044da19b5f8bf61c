"""Draw the table: a wooden top under a lamp, without seams that look like a sheet's edges."""

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.frames import Pixels

_Values = npt.NDArray[np.float32]

_DARK = (66.0, 45.0, 32.0)
_LIGHT = (124.0, 88.0, 60.0)


def draw_table(width: int, height: int, seed: int = 18) -> Pixels:
    """Return an empty table: uint8 (height, width, 3), RGB; the same for the same seed."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / height
    drift = _noise(rng, width, height, 2, 4) * 0.05 + _noise(rng, width, height, 6, 3) * 0.008
    rings = np.sin((y + drift) * 70 + 3 * np.sin((y + drift) * 9)) * 0.5 + 0.5
    fibres = _noise(rng, width, height, 14, height // 2) * 0.10
    pores = np.minimum(_noise(rng, width, height, 60, height // 2) + 0.9, 0) * 0.16
    broad = _noise(rng, width, height, 3, 5) * 0.07
    value = np.clip(0.34 + 0.22 * rings + fibres + pores + broad, 0, 1)[..., np.newaxis]
    wood = np.array(_DARK, np.float32) * (1 - value) + np.array(_LIGHT, np.float32) * value
    # The lamp stands at the upper left.
    far = np.hypot(x - 0.45, (y - 0.35) * 1.15)
    lit = 1.12 - 0.42 * np.clip(far, 0, 1.4) ** 1.5
    return np.asarray(np.clip(wood * lit[..., np.newaxis], 0, 255), np.uint8)


def _noise(rng: np.random.Generator, width: int, height: int, columns: int, rows: int) -> _Values:
    """Return smooth noise of mean 0 and deviation 1 with the given numbers of cells."""
    coarse = rng.normal(0, 1, (rows + 2, columns + 2)).astype(np.float32)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth, np.float32)
