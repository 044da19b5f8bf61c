"""Cut off the padding that some drivers add to each row of an uncompressed picture.

Pure functions. Knows no camera.
"""

import numpy as np

from device.cameras.v4l2 import RowLayout
from device.errors import CameraMissingError
from device.imaging.frames import Pixels


def without_padding(pixels: Pixels, rows: RowLayout) -> Pixels:
    """Return a picture whose rows were decoded as if they had no padding, with it cut off.

    OpenCV takes as many pixels from the driver's memory as the picture has, padding included. So the last rows are lost,
    as many as the padding takes.

    Args:
        pixels: uint8 (H, W, 3); itself if nothing is padded, or it has another width than `rows`.
        rows: How the rows lie in the driver's memory.
    """
    height, width, _ = pixels.shape
    if not rows.is_padded or rows.width != width:
        return pixels
    whole = height * width // rows.stride
    lines = pixels.reshape(-1, 3)[: whole * rows.stride].reshape(whole, rows.stride, 3)
    return np.ascontiguousarray(lines[:, :width])


def check_rows(rows: RowLayout | None, name: str) -> None:
    """Check that a picture of these rows can be read; `None` for unknown rows is accepted.

    Raises:
        CameraMissingError: If padding between planes can't be cut off after decoding.
    """
    if rows is not None and rows.is_padded and not rows.is_packed:
        raise CameraMissingError(
            f"{name}: expected rows of {rows.width} pixels, found padded rows of {rows.code}; "
            "set [camera] width to a multiple of 64"
        )
