"""Draw a hand that holds a sheet by its edge.

The fingers are under the sheet, the thumb is on it, and the arm is in a sleeve.
The shapes are tapered tubes that melt into each other, lit by a lamp at the upper left. A hand is drawn once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from device.cameras.table import layers
from device.cameras.table.layers import PictureLayer
from device.cameras.table.visits import ARM

Values = npt.NDArray[np.float32]
Point = tuple[float, float]
Colour = tuple[float, float, float]

# Size of the drawing in units of the table, and the grip in it: where the edge of the sheet meets the thumb.
_WIDTH, _HEIGHT = 1440, 1040
_GRIP: Point = (180.0, 200.0)
# The drawing has half as many pixels; enlarging softens it as a lens would.
_SCALE = 2

_LIGHT = (-0.42, -0.50, 0.76)
_SKIN: Colour = (224.0, 170.0, 140.0)
_NAIL: Colour = (238.0, 190.0, 170.0)
_LINEN: Colour = (238.0, 236.0, 228.0)
_WOOL: Colour = (62.0, 72.0, 94.0)
# Light scatters through skin, so that its shadows are redder.
_SKIN_POWERS: Colour = (0.70, 1.0, 1.16)
_CLOTH_POWERS: Colour = (1.0, 1.0, 0.95)


@dataclass(frozen=True, slots=True)
class TaperedTube:
    """A tapered tube with round ends, in units from the grip.

    x is away from the sheet, and y along its edge.
    """

    start: Point
    end: Point
    start_radius: float
    end_radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HandPictures:
    """The two pictures of a hand, in the units of `TaperedTube`.

    Attributes:
        behind: The whole hand; a sheet that it holds covers the fingers.
        before: The thumb with its shadow, which lies on the sheet.
    """

    behind: PictureLayer
    before: PictureLayer


_FINGERS = (
    TaperedTube((120, -18), (-78, -50), 34, 23),
    TaperedTube((124, 22), (-112, 2), 35, 24),
    TaperedTube((128, 64), (-92, 56), 34, 23),
    TaperedTube((132, 100), (-40, 106), 30, 20),
)
_PALM = (
    TaperedTube((112, 0), (250, 120), 56, 70),
    TaperedTube((124, 88), (260, 150), 44, 64),
    TaperedTube((240, 128), (420, 254), 68, 64),
)
_THUMB = (
    TaperedTube((214, 70), (112, -40), 62, 43),
    TaperedTube((112, -40), (20, -86), 39, 31),
    TaperedTube((20, -86), (-56, -98), 30, 27),
)
_CUFF = (TaperedTube((300, 186), (470, 290), 86, 92),)
_SLEEVE = (TaperedTube((300, 186), (1300, 802), 92, 152),)


def draw_hand() -> HandPictures:
    """Return a right hand at the right edge of a sheet; its mirror image is a left hand."""
    rng = np.random.default_rng(18)
    sleeve = _painted(_SLEEVE, _WOOL, _CLOTH_POWERS, _weave(rng) * 0.20, 2.0, _beyond(398))
    cuff = _painted(_CUFF, _LINEN, _CLOTH_POWERS, _weave(rng) * 0.04, 2.0, _beyond(374))
    mottle = _noise(rng, 40) * 0.018 + _noise(rng, 4) * 0.012
    palm = _painted((*_FINGERS, *_PALM, _THUMB[0]), _SKIN, _SKIN_POWERS, mottle, 7.0)
    thumb = _over(_painted(_THUMB, _SKIN, _SKIN_POWERS, mottle + _creases(), 7.0), _nail())
    sleeve = _over(_soft_shadow(sleeve, 10, 0.6, cuff), sleeve)
    cuff = _over(_soft_shadow(cuff, 12, 0.5, palm), cuff)
    palm = _over(palm, _soft_shadow(thumb * _fade(30, 110), 8, 0.5, palm))
    # The root of the thumb fades into the palm.
    palm = _over(palm, thumb * _fade(60.0, 150.0))
    before = thumb * _fade(8.0, 50.0)
    return HandPictures(
        behind=_finished(_over(_over(palm, cuff), sleeve)),
        before=_finished(_over(_soft_shadow(before, 9, 0.55) * _fade(-12.0, 14.0), before)),
    )


def _grid() -> tuple[Values, Values]:
    """Return x and y of the drawing's pixels, in units from the grip: (1, W) and (H, 1)."""
    x = (np.arange(_WIDTH // _SCALE, dtype=np.float32) + 0.5) * _SCALE - _GRIP[0]
    y = (np.arange(_HEIGHT // _SCALE, dtype=np.float32) + 0.5) * _SCALE - _GRIP[1]
    return x[np.newaxis, :], y[:, np.newaxis]


def _inside(tubes: Sequence[TaperedTube]) -> tuple[Values, Values]:
    """Return the distance to the joined outline, positive inside, and the surface's height."""
    x, y = _grid()
    distance = np.full((_HEIGHT // _SCALE, _WIDTH // _SCALE), -1e3, np.float32)
    surface = np.zeros_like(distance)
    for tube in tubes:
        dx, dy = tube.end[0] - tube.start[0], tube.end[1] - tube.start[1]
        along = ((x - tube.start[0]) * dx + (y - tube.start[1]) * dy) / (dx * dx + dy * dy)
        share = np.clip(along, 0, 1).astype(np.float32)
        radius = tube.start_radius + share * (tube.end_radius - tube.start_radius)
        away = np.hypot(x - tube.start[0] - share * dx, y - tube.start[1] - share * dy)
        distance = np.maximum(distance, radius - away)
        surface = np.maximum(surface, np.sqrt(np.maximum(radius**2 - away**2, 0)))
    return distance.astype(np.float32), surface.astype(np.float32)


def _painted(
    tubes: Sequence[TaperedTube],
    colour: Colour,
    powers: Colour,
    texture: Values,
    melt: float,
    within: Values | None = None,
) -> Values:
    """Return tubes in one colour, premultiplied floats 0..1; `melt` rounds the joints."""
    distance, surface = _inside(tubes)
    if within is not None:
        distance = np.minimum(distance, within)
    distance = cv2.GaussianBlur(distance, (0, 0), melt / 2).astype(np.float32)
    surface = cv2.GaussianBlur(surface, (0, 0), melt).astype(np.float32)
    light = _lit(surface) * (0.86 + 0.14 * np.clip(distance / 14, 0, 1)) + texture
    cover = np.clip(distance / 2 + 0.5, 0, 1)
    shades = [c / 255 * np.clip(light, 0.02, 1.3) ** p for c, p in zip(colour, powers, strict=True)]
    rgb = np.clip(np.stack(shades, -1), 0, 1)
    return np.dstack([rgb * cover[..., np.newaxis], cover]).astype(np.float32)


def _lit(surface: Values) -> Values:
    """Return the brightness of a surface under the lamp, about 1 where it faces the camera."""
    down, across = np.gradient(surface, _SCALE)
    facing = (_LIGHT[2] - _LIGHT[0] * across - _LIGHT[1] * down) / np.sqrt(1 + across**2 + down**2)
    lit: Values = (0.36 + 0.84 * np.clip(facing, 0, 1)).astype(np.float32)
    return lit


def _noise(rng: np.random.Generator, cell: int) -> Values:
    """Return smooth noise of mean 0; `cell` is its grain in pixels of the drawing."""
    size = (_WIDTH // _SCALE, _HEIGHT // _SCALE)
    coarse = rng.normal(0, 1, (size[1] // cell + 2, size[0] // cell + 2)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _weave(rng: np.random.Generator) -> Values:
    """Return the threads of cloth, along and across the arm, with soft folds."""
    x, y = _grid()
    along, across = x * ARM[0] + y * ARM[1], y * ARM[0] - x * ARM[1]
    threads = np.sin(along * 0.9) * 0.28 + np.sin(across * 0.9) * 0.28
    folds = np.sin(along / 46 + np.sin(across / 60) * 1.4) * 0.30
    return (threads + folds + _noise(rng, 3) * 0.25).astype(np.float32)


def _creases() -> Values:
    """Return the dark creases over the joint of the thumb."""
    x, y = _grid()
    dark = np.zeros((_HEIGHT // _SCALE, _WIDTH // _SCALE), np.float32)
    for place, depth in ((14.0, 0.05), (24.0, 0.07), (33.0, 0.05)):
        bow = place + ((y + 84) / 30) ** 2 * 4
        dark -= depth * np.exp(-(((x - bow) / 2.6) ** 2)) * np.exp(-(((y + 86) / 20) ** 2))
    return dark.astype(np.float32)


def _nail() -> Values:
    """Return the nail of the thumb as a premultiplied float picture."""
    x, y = _grid()
    along = ((x + 52) * 0.99 + (y + 99) * 0.14) / 23
    across = ((y + 99) * 0.99 - (x + 52) * 0.14) / 17
    size = (np.abs(along) ** 2.6 + np.abs(across) ** 2.6) ** (1 / 2.6)
    cover = np.clip((1 - size) * 7, 0, 1) * 0.85
    light = 0.90 + 0.13 * np.exp(-(((across + 0.35) / 0.3) ** 2)) - 0.25 * np.clip(size - 0.7, 0, 1)
    rgb = np.clip(np.stack([c / 255 * light for c in _NAIL], -1), 0, 1)
    return np.dstack([rgb * cover[..., np.newaxis], cover]).astype(np.float32)


def _beyond(start: float) -> Values:
    """Return the distance beyond the hem of a sleeve, a shallow bow across the arm."""
    x, y = _grid()
    along, across = x * ARM[0] + y * ARM[1], y * ARM[0] - x * ARM[1]
    return (along - start + (across / 100) ** 2 * -16).astype(np.float32)


def _fade(start: float, end: float) -> Values:
    """Return 1 up to `start` units from the grip towards the palm, falling to 0 at `end`."""
    x, y = _grid()
    along = x * ARM[0] + (y + 70) * ARM[1]
    return np.clip((end - along) / (end - start), 0, 1).astype(np.float32)[..., np.newaxis]


def _soft_shadow(picture: Values, shift: int, depth: float, within: Values | None = None) -> Values:
    """Return the soft shadow of a picture to the lower right, on another one or on everything."""
    matrix = np.array([(1, 0, shift / 2), (0, 1, shift / 2)], np.float32)
    moved = cv2.warpAffine(picture[..., 3], matrix, picture.shape[1::-1])
    cover = cv2.GaussianBlur(moved, (0, 0), shift / 2.2) * depth
    shadow = np.zeros_like(picture)
    shadow[..., 3] = cover if within is None else cover * within[..., 3]
    return shadow


def _over(under: Values, over: Values) -> Values:
    return (over + under * (1 - over[..., 3:])).astype(np.float32)


def _finished(picture: Values) -> PictureLayer:
    """Return a drawing as a layer, without the empty space around it."""
    rgba = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
    left, top, width, height = cv2.boundingRect(rgba[..., 3])
    return PictureLayer(
        picture=np.ascontiguousarray(rgba[top : top + height, left : left + width]),
        matrix=layers.move(-_GRIP[0], -_GRIP[1]) @ layers.scale(_SCALE) @ layers.move(left, top),
    )
