"""The only definition of how pixels become the model's input.

The seed resized index pictures and query pictures with different filters; here both sides call this. The
resize is Pillow's, in two steps: whole pixels averaged, then its bilinear filter, in half the time of the
filter alone on a camera's frame. Both calculate in integers, the same on every processor. Colour order, mean
and scale are not here but in the model's graph (`ModelSpec.preprocess`), so that nobody can forget them.
"""

import numpy as np
from PIL import Image

from device.errors import BundleFormatError
from device.imaging.frames import Pixels

RESIZE = "squash-bilinear-reduced"
INPUT_SIDE = 224
# How much larger than the input the averaged picture stays at least. At 1.0 the fingerprints of camera views
# suffer, from 1.5 on the time does (docs/decisions.md).
_REDUCING_GAP = 1.25


def check(resize: str, bundle: str) -> None:
    """Refuse a bundle whose prints were brought to the model's input in another way than queries are here.

    Args:
        resize: `ModelSpec.resize`.
        bundle: What to call it.

    Raises:
        BundleFormatError: When the ways differ.
    """
    if resize != RESIZE:
        raise BundleFormatError(
            f"{bundle}: expected prints resized by {RESIZE}, found {resize}; build the bundle again"
        )


def to_input(pixels: Pixels) -> Pixels:
    """Give the model's input for a picture, squashed to a square as the seed does.

    Args:
        pixels: uint8 (H, W, 3), RGB, of any size.

    Returns:
        uint8 (224, 224, 3), RGB, C-contiguous.
    """
    size = (INPUT_SIDE, INPUT_SIDE)
    if pixels.shape[:2] == size:
        return np.ascontiguousarray(pixels)
    # Pillow widens the filter when scaling down, so bilinear averages all pixels it covers.
    squashed = Image.fromarray(pixels).resize(
        size, Image.Resampling.BILINEAR, reducing_gap=_REDUCING_GAP
    )
    return np.asarray(squashed)
