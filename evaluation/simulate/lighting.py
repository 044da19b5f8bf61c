"""Light a scene and pass it through the camera: lamps, shadows, lens, sensor and encoder."""

import cv2
import numpy as np

from device.imaging.frames import Pixels
from evaluation.simulate.clutter import blended
from evaluation.simulate.conditions import Conditions
from evaluation.simulate.geometry import Points
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, Values, between, grain, smooth_noise

_SCALE = 8
_SMALL = (FRAME_WIDTH // _SCALE, FRAME_HEIGHT // _SCALE)
_SIZE = (FRAME_WIDTH, FRAME_HEIGHT)
_DISPLAY_GAMMA = 2.2


def light_field(rng: np.random.Generator, conditions: Conditions) -> Values:
    """Return the scene's brightness at an eighth of the frame's size: float32 (H/8, W/8).

    Full light is 1.
    """
    x = np.linspace(-1, 1, _SMALL[0], dtype=np.float32)[np.newaxis, :]
    y = np.linspace(-0.75, 0.75, _SMALL[1], dtype=np.float32)[:, np.newaxis]
    angle = between(rng, 0, 2 * np.pi)
    lamp_x, lamp_y = np.cos(angle) * between(rng, 0.3, 1.2), np.sin(angle) * between(rng, 0.3, 1.2)
    # The lamp is near: its light falls off with the square of the distance.
    square = (x - lamp_x) ** 2 + (y - lamp_y) ** 2
    falling = 1 / (1 + square / between(rng, 1.5, 4))
    field: Values = 1 - conditions.light * (1 - falling / falling.max())
    edge = _shadow(rng, x, y)
    if conditions.shadow:
        field = field * (1 - conditions.shadow * edge)
    return field.astype(np.float32)


def lit(pixels: Pixels, field: Values, conditions: Conditions) -> Pixels:
    """Return a frame under a light field, with its exposure, white balance and tone curve."""
    warm = conditions.warmth / 2
    gains = 2.0 ** (np.array([warm, 0.0, -warm]) / _DISPLAY_GAMMA)
    gain = 2.0 ** (conditions.stops / _DISPLAY_GAMMA)
    steps = np.linspace(0, 1, 256) ** (2.0**conditions.tone)
    table = np.clip(255 * steps[:, np.newaxis] * gain * gains, 0, 255).astype(np.uint8)
    shown = cv2.LUT(pixels, table[np.newaxis])
    lights = cv2.resize((field ** (1 / _DISPLAY_GAMMA) * 255).astype(np.uint8), _SIZE)
    product: Pixels = cv2.multiply(shown, cv2.merge([lights, lights, lights]), scale=1 / 255)
    return product


def with_glare(
    pixels: Pixels, rng: np.random.Generator, corners: Points, conditions: Conditions
) -> Pixels:
    """Return a frame with highlights of a lamp or a window on its sheet.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        rng: Source of randomness.
        corners: float64 (4, 2); the sheet's corners. Only paper reflects.
        conditions: The capture's conditions.
    """
    if not conditions.glare:
        return pixels
    weight = np.zeros((_SMALL[1], _SMALL[0]), np.float32)
    extent = float(np.linalg.norm(corners[2] - corners[0])) / _SCALE
    for _ in range(int(rng.integers(1, 4))):
        share = rng.dirichlet(np.ones(4))
        x, y = (corners * share[:, np.newaxis]).sum(axis=0) / _SCALE
        axes = (extent * between(rng, 0.03, 0.11), extent * between(rng, 0.02, 0.06))
        spot = _spot((x, y), axes, between(rng, 0, np.pi))
        weight = np.maximum(weight, spot * between(rng, 0.6, 1) * conditions.glare)
    inside = np.zeros((_SMALL[1], _SMALL[0]), np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners / _SCALE).astype(np.int32), 1)
    levels = (weight * cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.8) * 255).astype(
        np.uint8
    )
    return blended(pixels, np.full_like(pixels, 255), cv2.resize(levels, _SIZE))


def through_lens(pixels: Pixels, rng: np.random.Generator, conditions: Conditions) -> Pixels:
    """Return a frame with defocus and motion blur."""
    if conditions.defocus_px > 0.2:
        pixels = cv2.GaussianBlur(pixels, (0, 0), conditions.defocus_px * 0.8)
    angle = between(rng, 0, 2 * np.pi)
    step = conditions.motion_px / 2 * np.array([np.cos(angle), np.sin(angle)])
    # Averaging two, then four, then eight shifted frames gives a streak.
    while np.abs(step).max() >= 0.3:
        shift = np.array([(1, 0, step[0]), (0, 1, step[1])], np.float32)
        moved = cv2.warpAffine(pixels, shift, _SIZE, borderMode=cv2.BORDER_REPLICATE)
        pixels = cv2.addWeighted(pixels, 0.5, moved, 0.5, 0)
        step = step / 2
    return pixels


def on_sensor(pixels: Pixels, rng: np.random.Generator, conditions: Conditions) -> Pixels:
    """Return a frame with sensor noise, compressed as JPEG and decoded."""
    if conditions.noise:
        fine = grain(rng, pixels.shape)
        noisy = cv2.scaleAdd(fine, conditions.noise, pixels.astype(np.float32))
        pixels = cv2.convertScaleAbs(cv2.max(noisy, 0))
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, conditions.jpeg])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1])


def _shadow(rng: np.random.Generator, x: Values, y: Values) -> Values:
    """Return a person's shadow, 0..1: the part of the scene beyond a wavy line."""
    angle, place = between(rng, 0, 2 * np.pi), between(rng, -0.5, 0.5)
    wave = smooth_noise(rng, _SMALL, 2.5, octaves=1) * 0.5
    beyond = x * np.cos(angle) + y * np.sin(angle) - place + wave
    soft = between(rng, 0.02, 0.2)
    shadow: Values = 1 / (1 + np.exp(np.clip(-beyond / soft, -30, 30)))
    return shadow


def _spot(middle: tuple[float, float], axes: tuple[float, float], angle: float) -> Values:
    x = np.arange(_SMALL[0], dtype=np.float32)[np.newaxis, :] - np.float32(middle[0])
    y = np.arange(_SMALL[1], dtype=np.float32)[:, np.newaxis] - np.float32(middle[1])
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    square = ((x * cos + y * sin) / axes[0]) ** 2 + ((y * cos - x * sin) / axes[1]) ** 2
    # Flat at the centre, where the sensor is saturated, and soft at the edge.
    spot: Values = np.clip(1.6 * np.exp(-square / 2), 0, 1).astype(np.float32)
    return spot
