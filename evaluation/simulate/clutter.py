"""Objects on a table, or held up instead of a print: papers, books, pens, cups, phones."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from device.imaging.frames import Pixels
from evaluation.simulate.backgrounds import Colour, one_of
from evaluation.simulate.rng import FRAME_HEIGHT, FRAME_WIDTH, between, smooth_noise

Outline = npt.NDArray[np.float32]

_PAPERS: tuple[Colour, ...] = (
    (244, 242, 236),
    (236, 228, 206),
    (250, 250, 250),
    (252, 236, 150),
    (206, 224, 240),
)
_COVERS: tuple[Colour, ...] = (
    (150, 34, 40),
    (28, 60, 110),
    (40, 92, 62),
    (222, 170, 60),
    (60, 58, 64),
    (214, 206, 190),
    (120, 66, 120),
)


def place_object(pixels: Pixels, rng: np.random.Generator) -> None:
    """Place a random object with its shadow on a frame, in place."""
    kinds = (_place_random_card, _place_random_card, _place_pen, _place_disc)
    one_of(rng, kinds)(pixels, rng)


def place_card(pixels: Pixels, card: Pixels, outline: Outline) -> None:
    """Place a flat object with its shadow on a frame, in place.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        card: uint8 (h, w, 3), RGB.
        outline: float32 (4, 2); the positions of its corners, clockwise from its top left.
    """
    height, width = card.shape[:2]
    square = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(square, outline)
    _darken_under(pixels, outline)
    size = (pixels.shape[1], pixels.shape[0])
    laid = cv2.warpPerspective(card, matrix, size, flags=cv2.INTER_LINEAR)
    weight = _covered(pixels.shape[:2], outline)
    pixels[:] = blended(pixels, laid, weight)


def blended(under: Pixels, over: Pixels, weight: npt.NDArray[np.uint8]) -> Pixels:
    """Return a picture laid over another with a weight for each pixel.

    Args:
        under: uint8 (H, W, 3); shows where the weight is 0.
        over: uint8 (H, W, 3); shows where the weight is 255.
        weight: uint8 (H, W).
    """
    share = weight.astype(np.float32) * np.float32(1 / 255)
    mixed: Pixels = cv2.blendLinear(under, over, 1 - share, share)
    return mixed


def text_card(rng: np.random.Generator, size: tuple[int, int], ground: Colour) -> Pixels:
    """Return a card with lines that look like writing: uint8 (H, W, 3); `size` is (W, H)."""
    width, height = size
    card = np.full((height, width, 3), ground, np.uint8)
    ink = one_of(rng, ((30, 30, 34), (40, 44, 90), (90, 30, 30)))
    step = int(rng.integers(max(6, height // 40), max(8, height // 12)))
    for top in range(step * 2, height - step * 2, step):
        x = width // 10
        end = int(width * between(rng, 0.55, 0.92))
        while x < end:
            word = int(rng.integers(step, step * 4))
            _write(card, rng, (x, top), min(word, end - x), step, ink)
            x += word + step // 2
    return card


def picture_card(rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """Return a postcard or photograph with a kind of horizon: uint8 (H, W, 3)."""
    width, height = size
    layers = [smooth_noise(rng, size, between(rng, 2, 5), octaves=4) for _ in range(3)]
    tones = np.array(one_of(rng, _COVERS), np.float32) + rng.normal(0, 30, 3).astype(np.float32)
    mixed = np.stack(layers, axis=-1) * 30 + (np.sum(layers, axis=0) * 16)[..., np.newaxis]
    picture = mixed + tones
    horizon = int(height * between(rng, 0.35, 0.7))
    picture[:horizon] += np.array([40, 60, 90], np.float32)
    card: Pixels = np.clip(picture, 0, 255).astype(np.uint8)
    border = int(min(size) * between(rng, 0, 0.05))
    cv2.rectangle(card, (0, 0), (width - 1, height - 1), (246, 244, 240), max(1, border * 2))
    return card


def outline_of(
    rng: np.random.Generator, middle: tuple[float, float], size: tuple[float, float]
) -> Outline:
    """Return the corners of a rectangle, float32 (4, 2), rotated and skewed at random."""
    angle = between(rng, 0, 2 * np.pi)
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * size
    skew = 1 + (rng.random((4, 1)) - 0.5) * 0.12
    return np.asarray((corners * skew) @ turn + middle, dtype=np.float32)


def _place_random_card(pixels: Pixels, rng: np.random.Generator) -> None:
    size = (int(between(rng, 120, 480)), int(between(rng, 160, 620)))
    kinds: tuple[Callable[[], Pixels], ...] = (
        lambda: text_card(rng, size, one_of(rng, _PAPERS)),
        lambda: picture_card(rng, size),
        lambda: text_card(rng, size, one_of(rng, _COVERS)),
    )
    card = one_of(rng, kinds)()
    place_card(pixels, card, outline_of(rng, _random_point(rng), size))


def _place_pen(pixels: Pixels, rng: np.random.Generator) -> None:
    start = np.array(_random_point(rng))
    angle, length = between(rng, 0, 2 * np.pi), between(rng, 260, 460)
    end = start + length * np.array([np.cos(angle), np.sin(angle)])
    thickness = int(rng.integers(12, 26))
    colour = one_of(rng, _COVERS)
    away = np.array((5, 8))
    weight = np.zeros(pixels.shape[:2], np.uint8)
    _line(weight, start + away, end + away, thickness, (110,))
    shade = cv2.GaussianBlur(weight, (0, 0), 5)
    pixels[:] = blended(pixels, np.zeros_like(pixels), shade)
    _line(pixels, start, end, thickness, colour)
    lit = tuple(min(255, part + 70) for part in colour)
    _line(pixels, start - (2, 2), end - (2, 2), thickness // 4, lit)


def _place_disc(pixels: Pixels, rng: np.random.Generator) -> None:
    x, y = (round(place) for place in _random_point(rng))
    radius = int(rng.integers(22, 130))
    colour = one_of(rng, ((196, 160, 84), (176, 178, 182), (240, 240, 238), (60, 40, 30)))
    weight = np.zeros(pixels.shape[:2], np.uint8)
    cv2.circle(weight, (x + radius // 6, y + radius // 5), radius, 130, -1)
    pixels[:] = blended(pixels, np.zeros_like(pixels), cv2.GaussianBlur(weight, (0, 0), 7))
    cv2.circle(pixels, (x, y), radius, colour, -1, cv2.LINE_AA)
    inner = tuple(round(part * 0.75) for part in colour)
    cv2.circle(pixels, (x, y), int(radius * 0.82), inner, max(2, radius // 12), cv2.LINE_AA)


def _write(
    card: Pixels,
    rng: np.random.Generator,
    place: tuple[int, int],
    width: int,
    step: int,
    ink: Colour,
) -> None:
    """Draw one word of strokes that are no letters."""
    x, y = place
    count = max(2, width // max(3, step // 3))
    steps = np.linspace(x, x + width, count)
    heights = y + (rng.random(count) - 0.5) * step * 0.6
    line = np.stack([steps, heights], axis=1).astype(np.int32)
    cv2.polylines(card, [line], False, ink, max(1, step // 10), cv2.LINE_AA)


def _random_point(rng: np.random.Generator) -> tuple[float, float]:
    return between(rng, -60, FRAME_WIDTH + 60), between(rng, -60, FRAME_HEIGHT + 60)


def _line(
    pixels: npt.NDArray[np.uint8],
    start: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
    thickness: int,
    colour: tuple[int, ...],
) -> None:
    first, last = (tuple(round(float(v)) for v in point) for point in (start, end))
    cv2.line(pixels, first, last, colour, max(1, thickness), cv2.LINE_AA)


def _covered(shape: tuple[int, ...], outline: Outline) -> npt.NDArray[np.uint8]:
    weight = np.zeros(shape[:2], np.uint8)
    fixed = np.rint(outline * 16).astype(np.int32)
    cv2.fillConvexPoly(weight, fixed, 255, cv2.LINE_AA, 4)
    return weight


def _darken_under(pixels: Pixels, outline: Outline) -> None:
    weight = _covered(pixels.shape, outline + np.float32(7))
    soft = cv2.GaussianBlur(cv2.resize(weight, None, fx=0.25, fy=0.25), (0, 0), 3) // 2
    large = cv2.resize(soft, (pixels.shape[1], pixels.shape[0]))
    pixels[:] = blended(pixels, np.zeros_like(pixels), large)
