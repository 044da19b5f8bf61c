"""Colour difference between pictures as people see it: CIEDE2000.

Source: Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (2005), equations 2 to 22.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# From linear sRGB to XYZ of D65, and that white (IEC 61966-2-1).
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
_WHITE = _TO_XYZ.sum(axis=1)


def mean_difference(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    """Return the mean CIEDE2000 of two pictures in sRGB, uint8 (H, W, 3), of one size."""
    return float(ciede2000(to_lab(one), to_lab(other)).mean())


def to_lab(pixels: npt.NDArray[np.uint8]) -> Floats:
    """Return sRGB as CIELab of its own white, float64 (..., 3)."""
    encoded = pixels / 255.0
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    relative = light @ _TO_XYZ.T / _WHITE
    cubic = np.where(relative > 216 / 24389, np.cbrt(relative), (24389 / 27 * relative + 16) / 116)
    x, y, z = cubic[..., 0], cubic[..., 1], cubic[..., 2]
    lab: Floats = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
    return lab


def ciede2000(one: Floats, other: Floats) -> Floats:
    """Return the difference of colours in CIELab, (..., 3) each."""
    light1, light2 = one[..., 0], other[..., 0]
    mean_chroma = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7))
    chroma1, hue1 = _polar(one, stretch)
    chroma2, hue2 = _polar(other, stretch)
    is_grey = chroma1 * chroma2 == 0
    turn = np.where(is_grey, 0.0, (hue2 - hue1 + 180) % 360 - 180)
    mean_hue = np.where(is_grey, hue1 + hue2, (hue1 + turn / 2) % 360)
    lightness, chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    weight = (
        1
        - 0.17 * _cos(mean_hue - 30)
        + 0.24 * _cos(2 * mean_hue)
        + 0.32 * _cos(3 * mean_hue + 6)
        - 0.20 * _cos(4 * mean_hue - 63)
    )
    of_light = (light2 - light1) / (
        1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    )
    of_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    of_hue = (
        2
        * np.sqrt(chroma1 * chroma2)
        * np.sin(np.radians(turn / 2))
        / (1 + 0.015 * chroma * weight)
    )
    blue = 60 * np.exp(-(((mean_hue - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(blue))
    found: Floats = np.sqrt(of_light**2 + of_chroma**2 + of_hue**2 + rotation * of_chroma * of_hue)
    return found


def _polar(lab: Floats, stretch: Floats) -> tuple[Floats, Floats]:
    a, b = lab[..., 1] * stretch, lab[..., 2]
    return np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _cos(degrees: Floats) -> Floats:
    return np.asarray(np.cos(np.radians(degrees)))
