"""Backgrounds of the holdout: stone, clutter, checked cloth and leather.

They are never used for tuning and are scored once, in the closing report.
"""

from collections.abc import Mapping

import cv2
import numpy as np

from device.imaging.frames import Pixels
from evaluation.simulate.backgrounds import (
    HALF,
    OPEN,
    Colour,
    Maker,
    coloured,
    one_of,
    scaled,
    tiled,
    upscaled,
)
from evaluation.simulate.clutter import place_object
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, between, grain, smooth_noise

_STONES: tuple[tuple[Colour, Colour], ...] = (
    ((120, 118, 114), (236, 234, 228)),
    ((40, 42, 46), (120, 122, 126)),
    ((150, 132, 112), (226, 214, 196)),
    ((88, 96, 98), (172, 178, 176)),
)
_CHECKS: tuple[tuple[Colour, Colour], ...] = (
    ((176, 32, 38), (240, 236, 230)),
    ((36, 62, 128), (236, 238, 240)),
    ((40, 84, 52), (222, 214, 190)),
    ((60, 50, 44), (198, 176, 140)),
)
_LEATHERS: tuple[Colour, ...] = ((96, 56, 34), (44, 34, 30), (132, 84, 52), (70, 26, 26))


def stone(rng: np.random.Generator) -> Pixels:
    """Return marble or granite: veins where noise crosses zero, or speckles."""
    clouds = smooth_noise(rng, HALF, between(rng, 2, 4), octaves=4)
    veins = np.exp(-((clouds / between(rng, 0.03, 0.09)) ** 2)) * between(rng, 20, 70)
    value = 165 + smooth_noise(rng, HALF, 3) * 40 - veins
    speckles = cv2.GaussianBlur(grain(rng, (FRAME_HEIGHT, FRAME_WIDTH)), (0, 0), 1.5)
    dark, light = one_of(rng, _STONES)
    return coloured(
        upscaled(value.astype(np.float32)) + speckles * between(rng, 5, 120), dark, light
    )


def checked_cloth(rng: np.random.Generator) -> Pixels:
    """Return a checked tablecloth, woven, with soft folds."""
    cell = int(rng.integers(24, 72))
    stripe = np.zeros(2 * cell, np.float32)
    stripe[:cell] = 1
    if rng.random() < 0.5:
        stripe[cell + cell // 3 : cell + cell // 2] = 0.7  # a thin stripe between: tartan
    tile = (np.add.outer(stripe, stripe) * 0.5 * 200 + 28).astype(np.uint8)
    value = tiled(rng, tile, 0.7, 1.4).astype(np.float32)
    folds = smooth_noise(rng, HALF, 2.5, octaves=2) * between(rng, 10, 50)
    light, dark = one_of(rng, _CHECKS)
    return coloured(value + upscaled(folds) + grain(rng, value.shape) * 8, dark, light)


def leather(rng: np.random.Generator) -> Pixels:
    """Return a leather desk pad: wrinkles at two scales and worn places."""
    coarse = -np.abs(smooth_noise(rng, HALF, 26, octaves=2)) * 130
    fine = -np.abs(smooth_noise(rng, HALF, 110, octaves=1)) * 110
    worn = smooth_noise(rng, HALF, 2) * 40
    base = one_of(rng, _LEATHERS)
    value = 180 + upscaled(coarse + fine + worn) + grain(rng, (FRAME_HEIGHT, FRAME_WIDTH)) * 4
    return coloured(value, scaled(base, 0.3), scaled(base, 1.6))


def clutter(rng: np.random.Generator) -> Pixels:
    """Return a table with other objects on it: papers, books, pens, cups and coins."""
    pixels = one_of(rng, tuple(OPEN.values()))(rng)
    for _ in range(int(rng.integers(5, 12))):
        place_object(pixels, rng)
    return pixels


HOLDOUT: Mapping[str, Maker] = {
    "stone": stone,
    "clutter": clutter,
    "checked cloth": checked_cloth,
    "leather": leather,
}


def background(rng: np.random.Generator, name: str) -> Pixels:
    """Return a background by name, of the open half or the holdout: uint8 (960, 1280, 3)."""
    makers = OPEN if name in OPEN else HOLDOUT
    return makers[name](rng)
