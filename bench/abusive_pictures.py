"""Pictures that cost a decoder much, of every format, mode, depth and kind of JPEG."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

from bench.crafted_pictures import crafted_jpeg, png, scan_bomb

MOST_BYTES = 12 << 20
_SUFFIXES = (".jpg", ".png", ".webp")
# Sides in pixels: of an honest picture, at the limit of PNG and WebP, above it, and at the limit of JPEG.
_SIDES = ((4000, 3000), (4096, 4096), (8000, 8000), (16_320, 12_240))
_SAMPLINGS = {
    "grey": ((1, 1),),
    "4:4:4": ((1, 1),) * 3,
    "4:2:0": ((2, 2), (1, 1), (1, 1)),
    "CMYK": ((1, 1),) * 4,
}
# Names and colour types of PNG, with their depths.
_PNGS = {
    "grey": (0, (1, 8, 16)),
    "RGB": (2, (8, 16)),
    "palette": (3, (1, 8)),
    "grey and alpha": (4, (8, 16)),
    "RGBA": (6, (8, 16)),
}
_EXTREME = (65_500, 3050)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbusivePicture:
    """One picture; `name` describes it."""

    name: str
    data: bytes


def of_folder(folder: Path) -> Iterator[AbusivePicture]:
    """Yield the pictures of a folder that a kiosk would take for uploads."""
    for path in sorted(folder.iterdir()):
        if path.suffix in _SUFFIXES and path.stat().st_size <= MOST_BYTES:
            yield AbusivePicture(name=path.name, data=path.read_bytes())


def family(*, is_short: bool = False) -> Iterator[AbusivePicture]:
    """Yield the generated pictures; `is_short` leaves out most sizes and depths."""
    sides = _SIDES[1:3] if is_short else _SIDES
    yield from _jpegs((*sides, _EXTREME))
    yield from _pngs(sides[:1] if is_short else sides[:3], is_short=is_short)
    yield from _webps(sides[:1] if is_short else sides[:3])
    for scans, side in ((99, 8000), (4000, 8000)):
        yield AbusivePicture(name=f"JPEG of {scans} empty scans", data=scan_bomb(scans, side))
    noise = _noisy_jpeg(progressive=False)
    yield AbusivePicture(name="JPEG 12 MP noise", data=noise)
    yield AbusivePicture(name="JPEG 12 MP noise, cut short", data=noise[: len(noise) // 2])
    yield AbusivePicture(name="JPEG 12 MP noise, without its end", data=noise[:-20])
    yield AbusivePicture(name="JPEG 12 MP noise progressive", data=_noisy_jpeg(progressive=True))


def honest_jpeg() -> bytes:
    """Return a 12-megapixel JPEG of some 3 MB, as a phone takes it."""
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((4000, 3000)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _jpegs(sides: tuple[tuple[int, int], ...]) -> Iterator[AbusivePicture]:
    for (width, height), (name, sampling), progressive in product(
        sides, _SAMPLINGS.items(), (False, True)
    ):
        data = crafted_jpeg(width, height, sampling=sampling, progressive=progressive)
        kind = " progressive" if progressive else ""
        yield AbusivePicture(name=f"JPEG {_size(width, height)} {name}{kind}", data=data)
        if progressive and (width, height) == sides[0]:
            cut = data[:-3]
            yield AbusivePicture(name=f"JPEG {_size(width, height)} {name}{kind} cut", data=cut)


def _pngs(sides: tuple[tuple[int, int], ...], *, is_short: bool) -> Iterator[AbusivePicture]:
    for (width, height), (name, (colour, depths)) in product(sides, _PNGS.items()):
        for bits in depths[-1:] if is_short else depths:
            for interlaced, transparent in ((False, False), (True, False), (False, True)):
                if transparent and colour > 3:
                    continue
                data = png(
                    width, height, bits, colour, interlaced=interlaced, transparent=transparent
                )
                more = " interlaced" * interlaced + " transparent" * transparent
                yield AbusivePicture(
                    name=f"PNG {_size(width, height)} {name} {bits} bits{more}", data=data
                )


def _webps(sides: tuple[tuple[int, int], ...]) -> Iterator[AbusivePicture]:
    for (width, height), mode, lossless in product(sides, ("RGB", "RGBA"), (True, False)):
        image = Image.new(mode, (width, height))
        kind = "lossless" if lossless else "lossy"
        data = _webp(image, lossless=lossless)
        yield AbusivePicture(name=f"WebP {_size(width, height)} {mode} {kind}", data=data)
    for width, height in ((2000, 2000), sides[0]):
        images = [Image.new("RGBA", (width, height), (level, 0, 0, 9)) for level in (1, 99)]
        data = _webp(images[0], lossless=True, save_all=True, append_images=images[1:])
        yield AbusivePicture(name=f"WebP {_size(width, height)} animated", data=data)


def _webp(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", method=0, **options)
    return file.getvalue()


def _noisy_jpeg(*, progressive: bool) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (3000, 4000, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=60, progressive=progressive)
    return file.getvalue()


def _size(width: int, height: int) -> str:
    return f"{width * height / 1e6:.0f} MP"
