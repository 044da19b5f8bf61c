"""Convert pixels to the model's input, for index pictures and queries alike.

The first prototype resized index pictures and query pictures with different filters. The resize is Pillow's, in two steps:
whole pixels are averaged, then its bilinear filter is applied. On a camera's frame that takes half the time of the filter
alone. Both steps use integers, so that all processors compute the same. Colour order, mean and scale are in the model's
graph (`ModelSpec.preprocess`), not here, so that no caller can forget them.
"""

import numpy as np
from PIL import Image

from device.errors import BundleFormatError
from device.imaging.frames import Pixels

RESIZE = "squash-bilinear-reduced"
INPUT_SIDE = 224
# Minimum size of the averaged picture, as a multiple of the input. At 1.0 the fingerprints of camera views suffer; from 1.5
# on it takes longer (docs/decisions.md, 8).
_REDUCING_GAP = 1.25


def check(resize: str, bundle: str) -> None:
    """Check that a bundle's prints were resized as queries are.

    Args:
        resize: `ModelSpec.resize` of the bundle.
        bundle: Name of the bundle in errors.

    Raises:
        BundleFormatError: If the bundle was built with another resize.
    """
    if resize != RESIZE:
        raise BundleFormatError(
            f"{bundle}: expected prints resized by {RESIZE}, found {resize}; build the bundle again"
        )


def to_input(pixels: Pixels) -> Pixels:
    """Resize a picture to the model's input, squashed to a square.

    Args:
        pixels: uint8 (H, W, 3), RGB, of any size.

    Returns:
        uint8 (224, 224, 3), RGB, C-contiguous.
    """
    size = (INPUT_SIDE, INPUT_SIDE)
    if pixels.shape[:2] == size:
        return np.ascontiguousarray(pixels)
    # When Pillow scales down, its bilinear filter averages all pixels that it covers.
    squashed = Image.fromarray(pixels).resize(
        size, Image.Resampling.BILINEAR, reducing_gap=_REDUCING_GAP
    )
    return np.asarray(squashed)
