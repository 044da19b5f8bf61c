"""Backgrounds of the open half, made from noise: tables, cloths and felt.

Each is computed as one value per pixel and coloured by a palette, which is fast and realistic enough. Each has the
full size of a frame: uint8 (960, 1280, 3), RGB.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import cv2
import numpy as np

from device.imaging.frames import Pixels
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, Values, between, grain, smooth_noise

SIZE = (FRAME_WIDTH, FRAME_HEIGHT)
HALF = (FRAME_WIDTH // 2, FRAME_HEIGHT // 2)
Colour = tuple[int, int, int]
T = TypeVar("T")
Maker = Callable[[np.random.Generator], Pixels]

_WOODS: tuple[tuple[Colour, Colour], ...] = (
    ((92, 60, 36), (168, 122, 78)),
    ((52, 34, 24), (98, 66, 44)),
    ((150, 116, 78), (214, 184, 140)),
    ((170, 152, 128), (222, 208, 186)),
    ((110, 52, 32), (166, 92, 58)),
    ((84, 78, 70), (146, 138, 126)),
)
_CLOTHS: tuple[tuple[Colour, Colour], ...] = (
    ((60, 66, 82), (104, 112, 132)),
    ((150, 140, 120), (214, 204, 184)),
    ((190, 186, 178), (240, 237, 230)),
    ((82, 24, 30), (140, 48, 54)),
    ((28, 30, 36), (66, 68, 76)),
    ((44, 74, 66), (92, 130, 116)),
    ((128, 104, 70), (188, 160, 116)),
)
_FELTS: tuple[Colour, ...] = (
    (24, 74, 52),
    (52, 54, 60),
    (118, 20, 34),
    (36, 52, 96),
    (168, 164, 156),
    (206, 196, 172),
    (22, 22, 24),
)
_TABLES: tuple[Colour, ...] = (
    (224, 222, 218),
    (196, 194, 190),
    (128, 130, 134),
    (70, 72, 76),
    (232, 224, 206),
    (164, 176, 184),
    (36, 36, 40),
    (140, 120, 98),
)


def plain_table(rng: np.random.Generator) -> Pixels:
    """Return a smooth table top: one colour, a gradient and a few specks."""
    light = smooth_noise(rng, HALF, 1.5, octaves=2) * between(rng, 4, 14)
    specks = grain(rng, (FRAME_HEIGHT, FRAME_WIDTH)) * between(rng, 1, 4)
    base = one_of(rng, _TABLES)
    value = 128 + upscaled(light) + specks
    return coloured(value, scaled(base, 0.6), scaled(base, 1.4))


def wood(rng: np.random.Generator) -> Pixels:
    """Return a wooden table: year rings cut lengthwise, pores along them, sometimes boards."""
    across, along = rotated_grid(rng, HALF)
    swirl = smooth_noise(rng, HALF, between(rng, 1, 2), octaves=2) * between(rng, 0.02, 0.09)
    # Rings vary in width and drift slowly, because rings of one width look like sand.
    place = across + swirl + 0.02 * np.sin(across * between(rng, 20, 50)) + 0.01 * along
    years = place * between(rng, 14, 40)
    rings = np.sin(years * 2 * np.pi + 2 * np.sin(years * 1.3)) ** 3
    value = 128 + rings * between(rng, 8, 30) + smooth_noise(rng, HALF, 3) * 24
    if rng.random() < 0.5:
        value = value + _boards(rng, across)
    pores = _streaks(rng) * between(rng, 6, 16)
    dark, light = one_of(rng, _WOODS)
    return coloured(upscaled(value.astype(np.float32)) + pores, dark, light)


def cloth(rng: np.random.Generator) -> Pixels:
    """Return woven cloth with threads of uneven thickness and soft folds."""
    cell = int(rng.integers(6, 13))
    thread = np.abs(np.sin(np.linspace(0, np.pi, cell, endpoint=False, dtype=np.float32)))
    over = np.outer(thread, np.ones(cell, np.float32))
    tile = np.block([[over, over.T], [over.T, over]]) * 255
    woven = tiled(rng, tile.astype(np.uint8), 0.6, 1.4).astype(np.float32)
    folds = smooth_noise(rng, HALF, between(rng, 1.5, 4), octaves=2) * between(rng, 10, 70)
    uneven = smooth_noise(rng, HALF, 40, octaves=2) * 24
    value = 40 + woven * between(rng, 0.15, 0.5) + upscaled(folds + uneven)
    value += grain(rng, value.shape) * 6
    dark, light = one_of(rng, _CLOTHS)
    return coloured(value + 20, dark, light)


def felt(rng: np.random.Generator) -> Pixels:
    """Return felt: short fibres in all directions, without a pattern."""
    fibres = cv2.GaussianBlur(grain(rng, (FRAME_HEIGHT, FRAME_WIDTH)), (0, 0), 1.1) * 45
    lie = smooth_noise(rng, HALF, 6, octaves=4) * 26
    base = one_of(rng, _FELTS)
    return coloured(
        128 + fibres * between(rng, 0.5, 1.4) + upscaled(lie), scaled(base, 0.5), scaled(base, 1.5)
    )


OPEN: Mapping[str, Maker] = {
    "plain table": plain_table,
    "wood": wood,
    "cloth": cloth,
    "felt": felt,
}


def coloured(value: Values, dark: Colour, light: Colour) -> Pixels:
    """Return a grey map in shades between two colours: uint8 (H, W, 3).

    Args:
        value: float32 (H, W), 0..255.
        dark: The colour of 0.
        light: The colour of 255.
    """
    steps = np.linspace(0, 1, 256)[:, np.newaxis]
    palette = np.array(dark) * (1 - steps) + np.array(light) * steps
    table = np.clip(palette, 0, 255).astype(np.uint8)[np.newaxis]
    levels = np.clip(value, 0, 255).astype(np.uint8)
    shades: Pixels = cv2.LUT(cv2.merge([levels, levels, levels]), table)
    return shades


def scaled(colour: Colour, factor: float) -> Colour:
    """Return an RGB colour with each channel multiplied by `factor`, at most 255."""
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


def one_of(rng: np.random.Generator, things: tuple[T, ...]) -> T:
    """Return one of `things`, each with the same probability."""
    return things[int(rng.integers(len(things)))]


def upscaled(values: Values) -> Values:
    """Return a coarse map interpolated up to the frame: float32 (960, 1280)."""
    large: Values = cv2.resize(values, SIZE, interpolation=cv2.INTER_LINEAR)
    return large


def rotated_grid(rng: np.random.Generator, size: tuple[int, int]) -> tuple[Values, Values]:
    """Return x and y of each pixel in axes rotated by a random angle: two float32 (H, W).

    Args:
        rng: Source of the angle.
        size: Width and height in pixels; the width is the unit of x and y.
    """
    width, height = size
    angle = between(rng, 0, 2 * np.pi)
    x = (np.arange(width, dtype=np.float32) / np.float32(width))[np.newaxis, :]
    y = (np.arange(height, dtype=np.float32) / np.float32(width))[:, np.newaxis]
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cos + y * sin, y * cos - x * sin


def tiled(rng: np.random.Generator, tile: Pixels, smallest: float, largest: float) -> Pixels:
    """Return a frame filled with a tile, rotated and scaled at random.

    Args:
        rng: Source of rotation and scale.
        tile: uint8 (h, w) or (h, w, 3).
        smallest: Least scale of the tile.
        largest: Greatest scale of the tile.
    """
    matrix = cv2.getRotationMatrix2D((0, 0), between(rng, 0, 360), between(rng, smallest, largest))
    repeats = -(-256 // tile.shape[0])
    large = np.tile(tile, (repeats, repeats) + (1,) * (tile.ndim - 2))
    laid: Pixels = cv2.warpAffine(
        large, matrix, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )
    return laid


def _boards(rng: np.random.Generator, across: Values) -> Values:
    width = between(rng, 0.12, 0.35)
    place = across / width
    number = np.floor(place).astype(np.intp)
    tones = rng.normal(0, 16, 64).astype(np.float32)
    seam = (place - number) < 0.012 / width * 0.25
    return np.where(seam, np.float32(-90), tones[number % 64])


def _streaks(rng: np.random.Generator) -> Values:
    size = (FRAME_WIDTH // 2, FRAME_HEIGHT // 16)
    fine = grain(rng, (size[1], size[0]))
    turned = cv2.resize(fine, (size[0], FRAME_HEIGHT // 2), interpolation=cv2.INTER_LINEAR)
    angle = between(rng, 0, 180)
    matrix = cv2.getRotationMatrix2D((0, 0), angle, 2.0)
    streaks: Values = cv2.warpAffine(
        turned, matrix, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return streaks
