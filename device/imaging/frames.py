"""Frames: pictures to recognise, upright, RGB, 8 bits."""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One upright picture to recognise.

    Attributes:
        pixels: uint8 (H, W, 3), RGB, C-contiguous, upright.
        captured_at_s: Capture time in seconds of the monotonic clock.
        number: Frame number, which rises by one within a source.
        source: Name of the source, such as `webcam:0` or `upload`.
    """

    pixels: Pixels
    captured_at_s: float
    number: int
    source: str


def frame(pixels: Pixels, *, number: int = 0, source: str) -> Frame:
    """Return pixels as a frame captured now."""
    return Frame(pixels=pixels, captured_at_s=time.monotonic(), number=number, source=source)
