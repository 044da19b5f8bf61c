"""Convert a picture's colours to sRGB, by its ICC profile or its gamma.

A profile that is damaged, too large, or made for other channels is ignored with a note: the colours are then taken for
sRGB, as they are without a profile. Conversion is littleCMS's, relative colorimetric with black-point compensation, as
picture editors show a picture on a screen.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, cast

import numpy as np
from PIL import Image, ImageCms

# In bytes. The largest in use, of printing conditions, have 3 MB.
MOST_BYTES = 4 * 1024 * 1024
# Colours that come out at most this far from where they were, of 255, are sRGB: its profiles differ by so much.
_SAME_COLOURS = 2
# littleCMS's cmsFLAGS_BLACKPOINTCOMPENSATION, and with it cmsFLAGS_NOOPTIMIZE, which saves 3 ms where few colours are converted
# (lcms2.h). Pillow has names for them from 10.3 on.
_RELATIVE_COLORIMETRIC = ImageCms.Intent.RELATIVE_COLORIMETRIC
_BLACK_POINT_COMPENSATION = cast("ImageCms.Flags", 0x2000)
_AS_IT_IS = cast("ImageCms.Flags", 0x2000 | 0x0100)
# The colour space of a profile's header, by the mode that is converted (ICC.1:2022, table 19).
_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
# Profiles of devices and of colour spaces; not named colours, abstract profiles or links (ICC.1:2022, table 18).
_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
# Elements that may be chained without end (ICC.1:2022, 9.2.29: D2B0 to D2B3). 40,000 of them, in 3 MB, kept littleCMS 2.19
# busy for 149 s.
_CHAINED = (b"D2B0", b"D2B1", b"D2B2", b"D2B3")
_MODES = {
    "1": "L", "L": "L", "LA": "L", "La": "L", "F": "L", "I": "L",
    "RGB": "RGB", "RGBA": "RGB", "RGBa": "RGB", "RGBX": "RGB", "P": "RGB", "PA": "RGB", "YCbCr": "RGB",
    "CMYK": "CMYK",
}  # fmt: skip
# A PNG's gAMA of 1/2.2 is what sRGB writes; from here on the eye sees a difference.
_SRGB_GAMMA, _SAME_GAMMA, _GAMMAS = 1 / 2.2, 0.02, (0.1, 3)

Convert: TypeAlias = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """How to convert a picture's colours.

    Attributes:
        mode: Mode of the picture that is converted: `L`, `RGB` or `CMYK`.
        convert: Returns a picture of this mode in sRGB; `None` where nothing is to be done.
        notes: Lines for staff, such as a profile that is ignored.
    """

    mode: str
    convert: Convert | None = None
    notes: tuple[str, ...] = ()

    def apply(self, image: Image.Image) -> Image.Image:
        """Return a picture of 8 bits a channel in sRGB: as it is, or in `L`, `RGB` or `RGBA`.

        The picture itself may change.
        """
        if self.convert is None:
            return image
        if image.mode in ("P", "PA", "La", "RGBa") or "transparency" in image.info:
            image = image.convert("RGBA")
        alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
        converted = self.convert(image if image.mode == self.mode else image.convert(self.mode))
        if alpha is not None:
            converted.putalpha(alpha)
        return converted


def colours_of(image: Image.Image, profile: bytes | None, *, is_kept: bool) -> Colours:
    """Return how a picture's colours become sRGB.

    Args:
        image: The picture, not yet decoded.
        profile: Its ICC profile, where Pillow doesn't read it; empty for one that couldn't be unpacked.
        is_kept: Whether the conversion is kept for further pictures with this profile. Building one takes 1 to 60 ms. It
            holds the profile in memory, so a visitor's is not kept.
    """
    mode = _MODES.get(image.mode.partition(";")[0], "")
    if profile is None and "icc_profile" in image.info:
        found = image.info["icc_profile"]
        profile = found if isinstance(found, bytes) else b""
    if not mode:  # such as LAB, which needs no profile
        return Colours(mode=mode)
    if profile is not None:
        build = _kept_conversion if is_kept else _conversion
        return build(profile, mode)
    gamma = image.info.get("gamma")
    if image.format == "PNG" and gamma and "srgb" not in image.info:
        return _by_gamma(float(gamma), "L" if mode == "L" else "RGB")
    return Colours(mode=mode)


def _conversion(profile: bytes, mode: str) -> Colours:
    if len(profile) > MOST_BYTES:
        return _ignored(mode, f"it is larger than {MOST_BYTES >> 20} MB")
    space = profile[16:20].decode("latin-1").strip()
    if profile[36:40] != b"acsp" or not (space.isascii() and space.isalnum()):
        return _ignored(mode, "it is damaged")
    if profile[12:16] not in _CLASSES:
        return _ignored(mode, "it is not about a picture's colours")
    if space != _SPACES[mode]:
        return _ignored(mode, f"it is for {space} colours, and the picture has {_SPACES[mode]}")
    if any(tag in _CHAINED for tag in _tags(profile)):
        return _ignored(mode, "it chains elements, which may take any time")
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if mode != "CMYK" and _is_srgb(_transform(opened, mode, _AS_IT_IS), mode):
            return Colours(mode=mode)
        transform = _transform(opened, mode, _BLACK_POINT_COMPENSATION)
    except (ImageCms.PyCMSError, ImportError, OSError, ValueError, TypeError):
        return _ignored(mode, "it is damaged")
    # In place, a picture of 400 megapixels needs 1.6 GB less.
    return Colours(
        mode=mode, convert=transform.apply_in_place if mode == "RGB" else transform.apply
    )


def _transform(
    profile: ImageCms.ImageCmsProfile, mode: str, flags: "ImageCms.Flags"
) -> ImageCms.ImageCmsTransform:
    srgb = ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(profile, srgb, mode, "RGB", _RELATIVE_COLORIMETRIC, flags)


_kept_conversion = lru_cache(maxsize=4)(_conversion)


def _ignored(mode: str, reason: str) -> Colours:
    return Colours(mode=mode, notes=(f"colour profile ignored: {reason}",))


def _tags(profile: bytes) -> list[bytes]:
    """Return the signatures in a profile's table of tags, as far as it is there."""
    count = int.from_bytes(profile[128:132], "big")
    table = profile[132 : 132 + 12 * min(count, 200)]
    return [table[at : at + 4] for at in range(0, len(table), 12)]


def _is_srgb(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Return whether a conversion leaves every colour of a grid where it is."""
    steps = np.linspace(0, 255, 9).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    if mode == "L":
        grid = np.arange(256, dtype=np.uint8)[None]
    before = Image.fromarray(grid)
    moved = np.asarray(transform.apply(before), np.int16) - np.asarray(before.convert("RGB"))
    return int(np.abs(moved).max()) <= _SAME_COLOURS


def _by_gamma(gamma: float, mode: str) -> Colours:
    """Return the conversion of a PNG whose values are light to the power of its gAMA chunk."""
    if abs(gamma - _SRGB_GAMMA) <= _SAME_GAMMA:
        return Colours(mode=mode)
    if not _GAMMAS[0] <= gamma <= _GAMMAS[1]:
        return Colours(mode=mode, notes=(f"gamma of {gamma:g} ignored",))
    light = np.linspace(0, 1, 256) ** (1 / gamma)
    # IEC 61966-2-1, from linear light.
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    table = [int(value) for value in (encoded * 255).round()]
    return Colours(mode=mode, convert=lambda image: image.point(table * len(image.getbands())))
