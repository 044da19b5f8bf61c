"""Print a picture on a sheet of paper: margins, the paper's tone, a soft shadow."""

import cv2
import numpy as np
import numpy.typing as npt

from device.cameras.table.layers import Rgba
from device.imaging.frames import Pixels

# Longest side of the picture in pixels; a camera at the stand resolves no more.
SIDE = 760
# Transparent pixels around the sheet, which keep its edges smooth.
EDGE = 2
_MARGIN = 0.065
_CREAM = (240.0, 233.0, 217.0)
# A picture whose edges are at least this light and this even shows the paper around the print.
_PAPER_LEVEL, _PAPER_SPREAD = 135.0, 22.0


def on_paper(picture: Pixels) -> Rgba:
    """Return a picture on paper: uint8 (H, W, 4), RGBA, premultiplied.

    `EDGE` pixels on each side are transparent.

    Args:
        picture: uint8 (H, W, 3), RGB, of any size.
    """
    factor = SIDE / max(picture.shape[:2])
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    size = tuple(max(round(side * factor), 8) for side in picture.shape[1::-1])
    scaled = np.asarray(cv2.resize(picture, size, interpolation=how), np.float32)
    tone = _paper_tone(scaled)
    if tone is None:  # ink on cream paper
        tone = np.array(_CREAM, np.float32)
        scaled *= tone / 255
    margin = round(_MARGIN * SIDE)
    height, width = size[1] + 2 * margin, size[0] + 2 * margin
    sheet = np.empty((height, width, 3), np.float32)
    sheet[:] = tone
    sheet[margin:-margin, margin:-margin] = scaled
    sheet *= _shading(height, width)[..., np.newaxis]
    rgb = np.clip(np.rint(sheet), 0, 255).astype(np.uint8)
    opaque = np.dstack([rgb, np.full((height, width), 255, np.uint8)])
    bordered: Rgba = cv2.copyMakeBorder(
        opaque, EDGE, EDGE, EDGE, EDGE, cv2.BORDER_CONSTANT, value=0
    )
    return bordered


def shadow_of(width: int, height: int, softness: int) -> Rgba:
    """Return a soft black rectangle, at a quarter of its size.

    It is larger than a sheet by `3 * softness` on each side."""
    rim = 3 * softness
    cover = np.zeros(((height + 2 * rim) // 4, (width + 2 * rim) // 4), np.uint8)
    inner = rim // 4
    cover[inner:-inner, inner:-inner] = 150
    soft = cv2.GaussianBlur(cover, (0, 0), softness / 4)
    black = np.zeros_like(soft)
    return np.dstack([black, black, black, soft])


def _paper_tone(picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """Return the colour of the paper at a picture's edges, or `None` without a tint."""
    rim = max(2, min(picture.shape[:2]) // 60)
    edges = np.concatenate(
        [
            part.reshape(-1, 3)
            for part in (
                picture[:rim],
                picture[-rim:],
                picture[:, :rim],
                picture[:, -rim:],
            )
        ]
    )
    tone = np.median(edges, axis=0)
    is_even = float(np.median(np.abs(edges - tone))) < _PAPER_SPREAD
    is_tinted = tone.max() < 250 and tone.mean() > _PAPER_LEVEL
    return tone.astype(np.float32) if is_even and is_tinted else None


def _shading(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return the light on a sheet: fibres, and a little less light away from the lamp."""
    rng = np.random.default_rng(height * 10_000 + width)
    fibres = rng.normal(0, 0.006, (height, width)).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lamp = 1.0 - 0.07 * (x / width * 0.5 + y / height)
    return np.asarray(lamp + cv2.GaussianBlur(fibres, (0, 0), 0.8), np.float32)
