"""Camera effects on a clean print, made from a seed.

Parity is measured on prints that are already cut out, as a camera shows them: slightly rotated, cropped, unevenly lit,
soft and noisy. Hands, backgrounds and glare are in `handheld`. The module knows nothing of fingerprints or collections.

The same picture and seed give the same bytes for one version of OpenCV, Pillow and numpy.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from device.imaging.frames import Pixels

# A sheet that fills three quarters of a 720p frame. Blur in pixels, noise and JPEG blocks are only defined at a known
# size, and a museum's picture may have fifty megapixels.
CAPTURE_SIDE = 540
_DISPLAY_GAMMA = 2.2

Effect = Callable[[Pixels, np.random.Generator, float], Pixels]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFactor:
    """One effect of a camera and its surroundings on a picture.

    Attributes:
        name: Its name on the parity page.
        effect: Returns the changed picture; its strength is drawn from 0 to `most`.
        most: Its largest strength, in `unit`.
        unit: Unit of `most`.
    """

    name: str
    effect: Effect
    most: float
    unit: str


def perspective(pixels: Pixels, rng: np.random.Generator, most_share: float) -> Pixels:
    """Return the picture seen at an angle.

    Each corner moves inward by up to `most_share` of the sides.
    """
    height, width = pixels.shape[:2]
    inward = rng.random((4, 2)) * most_share * (width, height)
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    towards_middle = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    seen = (frame + towards_middle * inward).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(seen, frame)
    return _warped(pixels, cv2.warpPerspective, matrix)


def rotation(pixels: Pixels, rng: np.random.Generator, most_degrees: float) -> Pixels:
    """Return the picture rotated about its centre, either way by up to `most_degrees`."""
    height, width = pixels.shape[:2]
    degrees = _between(rng, -most_degrees, most_degrees)
    return _warped(
        pixels, cv2.warpAffine, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    )


def crop(pixels: Pixels, rng: np.random.Generator, most_share: float) -> Pixels:
    """Return the picture with up to `most_share` of its width and of its height cut away."""
    height, width = pixels.shape[:2]
    kept = [max(1, round(side * (1 - most_share * rng.random()))) for side in (height, width)]
    top, left = (
        int(rng.random() * (side - keep + 1))
        for side, keep in zip((height, width), kept, strict=True)
    )
    return np.ascontiguousarray(pixels[top : top + kept[0], left : left + kept[1]])


def shade(pixels: Pixels, rng: np.random.Generator, most_share: float) -> Pixels:
    """Return the picture lit from one side; the far side is darker by up to `most_share`."""
    height, width = pixels.shape[:2]
    angle, depth = _between(rng, 0, 2 * np.pi), _between(rng, 0, most_share)
    across = np.cos(angle) * np.linspace(-0.5, 0.5, width, dtype=np.float32)[np.newaxis, :]
    down = np.sin(angle) * np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, np.newaxis]
    far = (across + down) / (abs(np.cos(angle)) + abs(np.sin(angle))) + 0.5  # 0..1
    return _rounded(_light(pixels) * (1 - depth * far)[..., np.newaxis])


def exposure(pixels: Pixels, rng: np.random.Generator, most_stops: float) -> Pixels:
    """Return the picture lighter or darker by up to `most_stops`; highlights are clipped."""
    stops = _between(rng, -most_stops, most_stops)
    return _rounded(_light(pixels) * _in_display_values(stops))


def white_balance(pixels: Pixels, rng: np.random.Generator, most_stops: float) -> Pixels:
    """Return the picture in warmer or colder light.

    Red and blue differ by up to `most_stops` each way.
    """
    stops = _between(rng, -most_stops, most_stops)
    gains = np.array([_in_display_values(stops), 1.0, _in_display_values(-stops)], dtype=np.float32)
    return _rounded(_light(pixels) * gains)


def gamma(pixels: Pixels, rng: np.random.Generator, most_stops: float) -> Pixels:
    """Return the picture with another tone curve.

    Its exponent is 2 to the power of at most `most_stops`, either way.
    """
    exponent = 2.0 ** _between(rng, -most_stops, most_stops)
    curve = _rounded((np.arange(256) / 255) ** exponent * 255)
    return curve[pixels]


def blur(pixels: Pixels, rng: np.random.Generator, most_pixels: float) -> Pixels:
    """Return the picture out of focus: a Gaussian of up to `most_pixels` standard deviation."""
    sigma = _between(rng, 0, most_pixels)
    if sigma <= 0:
        return pixels.copy()  # for OpenCV 0 means that it chooses one
    soft: Pixels = cv2.GaussianBlur(pixels, (0, 0), sigma)
    return soft


def noise(pixels: Pixels, rng: np.random.Generator, most_levels: float) -> Pixels:
    """Return the picture with sensor noise.

    Its standard deviation is up to `most_levels` in highlights and half of that in shadows.
    """
    levels = _between(rng, 0, most_levels)
    grain = rng.standard_normal(pixels.shape, dtype=np.float32)
    # Shot noise grows with the square root of the light; display values hide part of that.
    return _rounded(_light(pixels) + grain * levels * (0.5 + _light(pixels) / 510))


def jpeg(pixels: Pixels, rng: np.random.Generator, most_loss: float) -> Pixels:
    """Return the picture after JPEG compression at quality 95 less up to `most_loss`."""
    quality = round(95 - _between(rng, 0, most_loss))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    with Image.open(buffer) as image:
        return np.array(image)


# In the order of the light's path: sheet, lamp, lens, sensor, processor, file.
CAMERA: tuple[CameraFactor, ...] = (
    CameraFactor(name="perspective", effect=perspective, most=0.03, unit="of the sides"),
    CameraFactor(name="rotation", effect=rotation, most=3.0, unit="degrees"),
    CameraFactor(name="crop", effect=crop, most=0.06, unit="of the sides"),
    CameraFactor(name="uneven light", effect=shade, most=0.35, unit="darker"),
    CameraFactor(name="exposure", effect=exposure, most=0.5, unit="stops"),
    CameraFactor(name="white balance", effect=white_balance, most=0.25, unit="stops"),
    CameraFactor(name="blur", effect=blur, most=1.4, unit="pixels"),
    CameraFactor(name="noise", effect=noise, most=8.0, unit="levels"),
    CameraFactor(name="tone curve", effect=gamma, most=0.4, unit="log2 of gamma"),
    CameraFactor(name="JPEG", effect=jpeg, most=35.0, unit="below quality 95"),
)


def simulate(pixels: Pixels, rng: np.random.Generator, factors: Sequence[CameraFactor]) -> Pixels:
    """Return the picture as the simulated camera shows it, with all effects in order.

    Args:
        pixels: uint8 (H, W, 3), RGB, of any size; not changed.
        rng: Source of all randomness.
        factors: Effects in order; without any the picture is only resized.

    Returns:
        uint8 (H, W, 3), RGB, C-contiguous, no side longer than `CAPTURE_SIDE`.
    """
    captured = _at_capture_size(pixels)
    for factor in factors:
        captured = factor.effect(captured, rng, factor.most)
    return captured


def _at_capture_size(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = CAPTURE_SIDE / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(pixels)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller: Pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return smaller


def _warped(pixels: Pixels, warp: Callable[..., Any], matrix: npt.NDArray[np.float64]) -> Pixels:
    # Beyond the sheet's edge its margin continues: the nearest pixels, repeated.
    size = (pixels.shape[1], pixels.shape[0])
    seen: Pixels = warp(
        pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return seen


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(rng.random())


def _in_display_values(stops: float) -> float:
    """Return the factor on display values for a number of stops of light."""
    return float(2.0 ** (stops / _DISPLAY_GAMMA))


def _light(pixels: Pixels) -> npt.NDArray[np.float32]:
    return pixels.astype(np.float32)


def _rounded(values: npt.NDArray[np.floating[Any]]) -> Pixels:
    pixels: Pixels = np.clip(values.round(), 0, 255).astype(np.uint8)
    return pixels
