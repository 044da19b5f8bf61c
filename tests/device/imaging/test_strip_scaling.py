"""Strips come out as the whole picture would, whatever is converted on the way."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from device.imaging import strip_scaling

Convert = Callable[[Image.Image], Image.Image]


def drawn(size: tuple[int, int]) -> Image.Image:
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 4), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("size", [(301, 207), (900, 100), (1007, 301), (50, 701), (3, 999)])
@pytest.mark.parametrize(
    ("mode", "convert"),
    [("RGBA", lambda strip: strip), ("P", lambda strip: strip.convert("RGBA"))],
)
def test_the_result_is_that_of_the_whole_picture(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], mode: str, convert: Convert
) -> None:
    monkeypatch.setattr(strip_scaling, "_STRIP_BYTES", 4 * 16 * size[0])
    image = drawn(size).convert("RGB").convert("P") if mode == "P" else drawn(size)
    whole = convert(image.copy())
    whole.thumbnail((80, 80), Image.Resampling.BILINEAR, reducing_gap=3.0)

    found = strip_scaling.scaled_down(image, 80, convert)

    assert found.size == whole.size
    difference = np.asarray(found, np.int16) - np.asarray(whole, np.int16)
    assert np.abs(difference).max() <= 8  # of nearly transparent pixels, colours are rounded
    assert np.abs(difference).mean() < 0.5


def test_strips_cover_the_picture_once() -> None:
    image = drawn((700, 3001))
    heights = [strip.height for strip in strip_scaling.strips(image, 7)]

    assert sum(heights) == 3001
    assert len(heights) > 1
    assert all(height % 7 == 0 for height in heights[:-1])
