"""Make small ICC profiles, and compute by the textbook what their colours are in sRGB.

Source: ICC.1:2022 (profiles), B. Lindbloom's tables (matrices adapted to D50), IEC 61966-2-1 (sRGB).
"""

import struct
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Curve = Callable[[Floats], Floats]

D50 = np.array([0.96422, 1.0, 0.82521])
SRGB = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
# Device to XYZ, by the name of the space.
MATRICES = {
    "Adobe RGB": np.array([[0.6097559, 0.2052401, 0.1492240], [0.3111242, 0.6256560, 0.0632197], [0.0194811, 0.0608902, 0.7448387]]),
    "Display P3": np.array([[0.5151187, 0.2919778, 0.1571035], [0.2411892, 0.6922441, 0.0665668], [-0.0010505, 0.0418791, 0.7843764]]),
    "ProPhoto RGB": np.array([[0.7976749, 0.1351917, 0.0313534], [0.2880402, 0.7118741, 0.0000857], [0.0, 0.0, 0.8252100]]),
    "eciRGB v2": np.array([[0.6502043, 0.1780774, 0.1359384], [0.3202499, 0.6020711, 0.0776791], [0.0, 0.0678390, 0.7573710]]),
    "sRGB": SRGB,
}  # fmt: skip


def gamma(exponent: float) -> Curve:
    """Return the curve of a power."""
    return lambda value: value**exponent


def srgb_curve(value: Floats) -> Floats:
    """Return the light of sRGB's values, 0..1."""
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lstar_curve(value: Floats) -> Floats:
    """Return the light of values that are even to the eye, as eciRGB v2 has them."""
    return np.where(value > 0.08, ((value + 0.16) / 1.16) ** 3, value * 2700 / 24389)


def dot_gain_curve(value: Floats) -> Floats:
    """Return the light of paper that is printed with dots grown by a fifth."""
    ink = 1 - value
    return 1 - np.clip(ink + 0.8 * ink * (1 - ink), 0, 1)


CURVES: Mapping[str, Curve] = {
    "Adobe RGB": gamma(2.19921875),
    "Display P3": srgb_curve,
    "ProPhoto RGB": gamma(1.8),
    "eciRGB v2": lstar_curve,
    "sRGB": srgb_curve,
}


def rgb_profile(name: str, *, version: int = 2) -> bytes:
    """Return a profile of a matrix and curves; sRGB's curve of version 4 has parameters."""
    columns = zip((b"rXYZ", b"gXYZ", b"bXYZ"), MATRICES[name].T, strict=True)
    curve = _table(CURVES[name])
    if version == 4 and CURVES[name] is srgb_curve:
        curve = _parameters(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = {tag: _xyz(column) for tag, column in columns}
    return profile(
        b"RGB ",
        b"XYZ ",
        tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
        version=version,
    )


def grey_profile(curve: Curve) -> bytes:
    """Return a profile of one channel."""
    return profile(b"GRAY", b"XYZ ", {b"kTRC": _table(curve)})


def lut_profile(space: bytes, to_lab: Callable[[Floats], Floats], *, steps: int) -> bytes:
    """Return a profile of a table from device values, 0..1, to CIELab."""
    channels = {b"RGB ": 3, b"CMYK": 4}[space]
    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, steps)] * channels, indexing="ij"), axis=-1)
    lab = to_lab(grid.reshape(-1, channels))
    # CIELab of version 2 in 16 bits: 65280 stands for 100.
    stored = np.stack(
        [lab[:, 0] * 652.8, (lab[:, 1] + 128) * 256, (lab[:, 2] + 128) * 256], axis=-1
    )
    numbers = np.clip(stored, 0, 65535).round().astype(">u2").tobytes()
    identity = struct.pack(">2H", 0, 65535)
    unit = struct.pack(">9i", *[65536 if at % 4 == 0 else 0 for at in range(9)])
    head = b"mft2\0\0\0\0" + bytes((channels, 3, steps, 0)) + unit + struct.pack(">2H", 2, 2)
    table = head + identity * channels + numbers + identity * 3
    return profile(space, b"Lab ", {b"A2B0": table, b"A2B1": table}, kind=b"scnr")


def profile(
    space: bytes,
    connection: bytes,
    tags: Mapping[bytes, bytes],
    *,
    version: int = 2,
    kind: bytes = b"mntr",
) -> bytes:
    """Return a profile with a header and these tags."""
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)
    copyright = b"text\0\0\0\0none\0"
    if version == 4:
        words = "test".encode("utf-16-be")
        text = copyright = (
            b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(words), 28) + words
        )
    every = {b"desc": text, b"cprt": copyright, b"wtpt": _xyz(D50), **tags}
    table, body, start = b"", b"", 132 + 12 * len(every)
    for tag, data in every.items():
        table += tag + struct.pack(">II", start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s", start + len(body), b"lcms", version << 24, kind, space, connection
    )
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _numbers(D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(every)) + table + body


def from_rgb(values: npt.NDArray[np.uint8], name: str) -> npt.NDArray[np.uint8]:
    """Return colours of an RGB space in sRGB, uint8 (..., 3)."""
    return encoded(CURVES[name](values / 255.0) @ MATRICES[name].T)


def from_grey(values: npt.NDArray[np.uint8], curve: Curve) -> npt.NDArray[np.uint8]:
    """Return grey in sRGB, uint8 (..., 3)."""
    return encoded(curve(values / 255.0)[..., None] * D50)


def from_lab(lab: Floats) -> npt.NDArray[np.uint8]:
    """Return CIELab of D50 in sRGB, uint8 (..., 3)."""
    y = (lab[..., 0] + 16) / 116
    cubic = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    relative = np.where(cubic > 6 / 29, cubic**3, (116 * cubic - 16) * 27 / 24389)
    return encoded(relative * D50)


def encoded(xyz: Floats) -> npt.NDArray[np.uint8]:
    """Return XYZ of D50 in sRGB; colours outside are cut off."""
    light = np.clip(xyz @ np.linalg.inv(SRGB).T, 0, 1)
    value = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (value * 255).round().astype(np.uint8)


def _numbers(values: Floats) -> bytes:
    return struct.pack(f">{len(values)}i", *[round(float(value) * 65536) for value in values])


def _xyz(values: Floats) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(values)


def _table(curve: Curve) -> bytes:
    values = (curve(np.linspace(0, 1, 1024)) * 65535).round().astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + values.tobytes()


def _parameters(*values: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _numbers(np.array(values))
