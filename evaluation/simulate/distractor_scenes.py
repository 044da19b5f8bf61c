"""Frames without a print, which the kiosk must answer with "not in this collection".

They show empty backgrounds, hands, a lit phone, a ticket, a postcard, clutter or a face-like shape. The module knows
nothing of recognition.
"""

from enum import StrEnum

import cv2
import numpy as np

from device.imaging.frames import Pixels
from evaluation.simulate.backgrounds import one_of
from evaluation.simulate.backgrounds_holdout import background
from evaluation.simulate.clutter import (
    outline_of,
    picture_card,
    place_card,
    place_object,
    text_card,
)
from evaluation.simulate.conditions import Level, Suite
from evaluation.simulate.geometry import Points
from evaluation.simulate.hands import draw_behind, draw_in_front, make_hands
from evaluation.simulate.levels import draw_conditions
from evaluation.simulate.lighting import light_field, lit, on_sensor, through_lens
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, between, generator, smooth_noise


class DistractorKind(StrEnum):
    """The content of a frame without a print."""

    NOTHING = "empty background"
    HAND = "a hand alone"
    PHONE = "a lit phone"
    TICKET = "a ticket or a text"
    POSTCARD = "a postcard"
    CLUTTER = "clutter"
    FACE = "something like a face"


def scene_without_print(
    name: str, kind: DistractorKind, *, level: Level, seed: int = 2026, suite: Suite = Suite.OPEN
) -> Pixels:
    """Return a frame without any print, uint8 (960, 1280, 3).

    The same arguments give the same bytes.
    """
    conditions = draw_conditions(
        generator(name, kind, seed, level, "conditions"), level, suite.factors, suite.backgrounds
    )
    parts = generator(name, kind, seed, level).spawn(4)
    scene = background(parts[0], conditions.background)
    scene = _with_distractor(scene, parts[1], kind)
    scene = lit(scene, light_field(parts[2], conditions), conditions)
    return on_sensor(through_lens(scene, parts[3], conditions), parts[3], conditions)


def _with_distractor(scene: Pixels, rng: np.random.Generator, kind: DistractorKind) -> Pixels:
    if kind is DistractorKind.HAND:
        hands = make_hands(rng, _outline(rng, (0.4, 0.6)), int(rng.integers(1, 3)), 0.1)
        return draw_in_front(draw_behind(scene, rng, hands), rng, hands)
    if kind is DistractorKind.FACE:
        return _face(scene, rng)
    if kind is DistractorKind.CLUTTER:
        for _ in range(int(rng.integers(4, 10))):
            place_object(scene, rng)
        return scene
    if kind is DistractorKind.NOTHING:
        return scene
    return _with_card(scene, rng, kind)


def _with_card(scene: Pixels, rng: np.random.Generator, kind: DistractorKind) -> Pixels:
    sizes = {
        DistractorKind.PHONE: (300, 620),
        DistractorKind.TICKET: (420, 900),
        DistractorKind.POSTCARD: (860, 600),
    }
    size = sizes[kind]
    outline = _outline(rng, (size[0] / 1000, size[1] / 1000))
    hands = make_hands(rng, outline, int(rng.integers(0, 3)), 0.05)
    scene = draw_behind(scene, rng, hands)
    card = picture_card(rng, size) if kind is DistractorKind.POSTCARD else _text(rng, size, kind)
    place_card(scene, card, outline.astype(np.float32))
    return draw_in_front(scene, rng, hands)


def _text(rng: np.random.Generator, size: tuple[int, int], kind: DistractorKind) -> Pixels:
    if kind is DistractorKind.TICKET:
        return text_card(
            rng, size, one_of(rng, ((246, 244, 238), (232, 214, 170), (198, 220, 236)))
        )
    screen = text_card(rng, size, (252, 252, 255))
    cv2.rectangle(screen, (0, 0), (size[0] - 1, size[1] - 1), (18, 18, 20), 24)
    return screen


def _face(scene: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a frame with a face-like shape: skin, hair, and dark eyes and mouth."""
    x, y = round(between(rng, 400, 880)), round(between(rng, 380, 580))
    high = round(between(rng, 220, 340))
    wide = round(high * 0.74)
    skin = one_of(rng, ((236, 190, 160), (182, 128, 92), (110, 74, 54)))
    hair = one_of(rng, ((40, 30, 26), (150, 110, 60), (150, 148, 146)))
    dress = one_of(rng, ((40, 60, 90), (150, 40, 44), (220, 218, 210)))
    dark = tuple(round(part * 0.45) for part in skin)
    eyes = [
        ((x + side * 2 * wide // 5, y - high // 6), (wide // 6, high // 14)) for side in (-1, 1)
    ]
    for middle, axes, colour in (
        ((x, y + round(high * 1.8)), (round(wide * 2.1), high), dress),
        ((x, y - high // 6), (round(wide * 1.12), round(high * 1.05)), hair),
        ((x, y), (wide, high), skin),
        *((middle, axes, dark) for middle, axes in eyes),
        ((x, y + high // 2), (wide // 3, high // 16), (150, 70, 70)),
    ):
        cv2.ellipse(scene, middle, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
    clouds = smooth_noise(rng, (FRAME_WIDTH, FRAME_HEIGHT), 4) * 14
    soft = cv2.GaussianBlur(scene, (0, 0), 6) + clouds[..., np.newaxis]
    face: Pixels = np.clip(soft, 0, 255).astype(np.uint8)
    return face


def _outline(rng: np.random.Generator, size: tuple[float, float]) -> Points:
    """Return four corners near the centre; the size is in shares of the frame's height."""
    middle = (between(rng, 0.35, 0.65) * FRAME_WIDTH, between(rng, 0.4, 0.6) * FRAME_HEIGHT)
    wide, high = size[0] * FRAME_HEIGHT * 0.8, size[1] * FRAME_HEIGHT * 0.8
    return outline_of(rng, middle, (wide, high)).astype(np.float64)
