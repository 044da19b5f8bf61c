"""Random generators of a simulated capture, and the noise textures drawn from them.

Randomness depends on names alone: a record's id, a seed, a level. The same names give the same bytes for one version of
OpenCV and numpy, whatever else is simulated.
"""

import hashlib
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32]

FRAME_WIDTH, FRAME_HEIGHT = 1280, 960
_BANK_SEED = 20261122
_BANK_SPARE = 1 << 20


def generator(*names: object) -> np.random.Generator:
    """Return a random generator seeded by names, such as a record's id and a level."""
    digest = hashlib.sha256("\x1f".join(str(name) for name in names).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """Return a uniform random number between `low` and `high`."""
    return low + (high - low) * float(rng.random())


def smooth_noise(
    rng: np.random.Generator,
    size: tuple[int, int],
    cells: float,
    *,
    octaves: int = 3,
    stretch: float = 1.0,
) -> Values:
    """Return noise that looks like clouds, summed over several scales.

    Args:
        rng: Source of randomness.
        size: Width and height in pixels.
        cells: Number of clouds across the width. Each octave has twice as many, half as strong.
        octaves: Number of scales.
        stretch: Ratio of the clouds' length along the width to their height.

    Returns:
        float32 (H, W), mean about 0, nearly all within -1..1.
    """
    width, height = size
    total = np.zeros((height, width), dtype=np.float32)
    for octave in range(octaves):
        across = max(2, round(cells * 2**octave))
        down = max(2, round(cells * 2**octave * height / width * stretch))
        grid = rng.random((down + 1, across + 1), dtype=np.float32) - 0.5
        total += cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC) * 2.0**-octave
    return total


def grain(rng: np.random.Generator, shape: tuple[int, ...]) -> Values:
    """Return normal noise, independent for each value: float32, mean 0, deviation 1.

    The noise is a random slice of one long precomputed array, at most a frame's size. Drawing four million normal
    numbers takes longer than all other steps of a frame together.
    """
    bank = _bank()
    start = int(rng.integers(_BANK_SPARE))
    return bank[start : start + int(np.prod(shape))].reshape(shape)


@cache
def _bank() -> Values:
    rng = np.random.default_rng(_BANK_SEED)
    count = FRAME_WIDTH * FRAME_HEIGHT * 3 + _BANK_SPARE
    bank: Values = rng.standard_normal(count, dtype=np.float32)
    bank.flags.writeable = False
    return bank
