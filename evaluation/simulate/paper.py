"""Make the texture of a sheet: a print with its paper margin, stains and folds."""

import cv2
import numpy as np

from device.imaging.frames import Pixels
from evaluation.simulate.conditions import Conditions
from evaluation.simulate.rng import Values, between, grain, smooth_noise

# The longer side of a sheet that fills the frame, in pixels.
LONGEST = 960
_WHITE = np.array([246, 244, 239], np.float32)
_BROWN = np.array([206, 182, 142], np.float32)


def sheet(rng: np.random.Generator, pixels: Pixels, conditions: Conditions) -> Pixels:
    """Return a print as a flat sheet of paper in even light.

    Args:
        rng: Source of the paper's texture and wear.
        pixels: uint8 (H, W, 3), RGB; the print's picture.
        conditions: The capture's conditions.

    Returns:
        uint8 (H, W, 3), RGB, its longer side at most `LONGEST` pixels.
    """
    around = conditions.margin * between(rng, 0.7, 1.0) if conditions.margin else 0.0
    picture = _scaled(pixels, round(LONGEST / (1 + 2 * conditions.margin)))
    longest = max(picture.shape[:2])
    wide, below = round(longest * around), round(longest * conditions.margin)
    tone = _WHITE + (_BROWN - _WHITE) * np.float32(conditions.paper)
    colour = tuple(float(part) for part in tone)
    paper: Pixels = cv2.copyMakeBorder(
        picture, wide, below, wide, wide, cv2.BORDER_CONSTANT, value=colour
    )
    if conditions.wear:
        paper = _worn(rng, paper, conditions.wear)
    if conditions.margin:
        paper = _fibrous(rng, paper)
    return paper


def _scaled(pixels: Pixels, longest: int) -> Pixels:
    height, width = pixels.shape[:2]
    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled: Pixels = cv2.resize(pixels, size, interpolation=way)
    return scaled


def _fibrous(rng: np.random.Generator, paper: Pixels) -> Pixels:
    height, width = paper.shape[:2]
    fibres = cv2.GaussianBlur(grain(rng, (height, width)), (0, 0), 0.8) * 3
    lights = np.clip(128 + fibres, 0, 255).astype(np.uint8)
    return _times(paper, lights, 1 / 128)


def _worn(rng: np.random.Generator, paper: Pixels, wear: float) -> Pixels:
    height, width = paper.shape[:2]
    small = (width // 4, height // 4)
    foxing = np.clip(smooth_noise(rng, small, 9, octaves=3) - 0.42, 0, 1) * 1.2 * wear
    dim = 1 - foxing - 0.12 * wear * np.abs(smooth_noise(rng, small, 2))
    if rng.random() < wear * 0.5:
        dim = dim - _fold(rng, small) * wear
    lights = cv2.resize(np.clip(dim * 128, 0, 255).astype(np.uint8), (width, height))
    return _times(paper, lights, 1 / 128)


def _fold(rng: np.random.Generator, size: tuple[int, int]) -> Values:
    """Return a crease across the sheet: a light line next to a dark one."""
    width, height = size
    if rng.random() < 0.5:
        place = np.arange(width, dtype=np.float32)[np.newaxis, :] - width * between(rng, 0.35, 0.65)
    else:
        place = np.arange(height, dtype=np.float32)[:, np.newaxis] - height * between(
            rng, 0.35, 0.65
        )
    crease = np.exp(-(place**2) / 3) * 0.3 - np.exp(-((place - 2) ** 2) / 3) * 0.15
    return np.broadcast_to(crease, (height, width)).astype(np.float32)


def _times(paper: Pixels, lights: Pixels, scale: float) -> Pixels:
    product: Pixels = cv2.multiply(paper, cv2.merge([lights, lights, lights]), scale=scale)
    return product
