"""Complete a JPEG that lacks only its last bytes.

A copy that ended early often lacks the end marker, or the last few blocks. libjpeg decodes such a file to its full size once
the marker is there, but a file cut in half too: it fills the rest with grey. So the missing part is measured first. The
file is decoded twice, with the marker and with random data before it. Where data is missing, the two differ.

Source: ITU-T T.81, annex B (markers) and G.1 (progressive scans).
"""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from device.imaging.formats.jpeg_segments import PROGRESSIVE, is_frame, is_progressive, segments

# Bytes that end a whole file. In a file without them there, decoding tells whether it is whole.
END = b"\xff\xd9"
# What may be missing: a part of the last rows of blocks, which comes out grey. Of a progressive JPEG, whose other scans are
# there, it is fine detail of a part of the picture.
_MOST_ROWS, _MOST_SHARE, _MOST_PROGRESSIVE_SHARE = 32, 0.05, 0.15
# In pixels; a picture whose sides are all longer than the first, or one than the second, is compared at a fraction of its size.
_SIDE, _MOST_SIDE = 800, 8000
_BLOCK = 16
_ALL_COEFFICIENTS = 2**64 - 1
# Data that a decoder takes for pixels where it still expects some, and skips otherwise; also after a restart.
_RANDOM = bytes(np.random.default_rng(1).integers(0, 255, 512, np.uint8))
_OTHER_PIXELS = _RANDOM + b"".join(bytes((0xFF, 0xD0 + n % 8)) + _RANDOM for n in range(16))


def complete(data: bytes) -> bytes | None:
    """Return a JPEG with its end marker; `None` if more than its last bytes are missing.

    Args:
        data: A JPEG file that Pillow found truncated.

    Raises:
        OSError: If it can't be decoded with an end marker either.
    """
    data = data.rstrip(b"\xff")  # it would begin a marker
    if not _has_every_scan(data):
        return None
    marked, scale = _decoded(data + END)
    other, _ = _decoded(data + _OTHER_PIXELS + END)
    if marked.shape != other.shape:
        return None
    rows, share = _missing((marked != other).any(axis=2), _BLOCK // scale)
    if is_progressive(data):
        is_small = share <= _MOST_PROGRESSIVE_SHARE
    else:
        is_small = rows * scale <= _MOST_ROWS and share <= _MOST_SHARE
    return data + END if is_small else None


def _missing(differs: npt.NDArray[np.bool_], block: int) -> tuple[int, float]:
    """Return how many rows and what share of the picture are missing.

    Blocks lie row by row: behind the first that differs, all are missing.
    """
    height, width = differs.shape
    found = np.flatnonzero(differs.any(axis=1))
    if found.size == 0:
        return 0, 0.0
    # Smoothed colours differ one row before the block does.
    row = (int(found[0]) + 1) // block * block
    band = differs[row : row + block]
    column = int(np.argmax(band.any(axis=0)))
    return height - row, ((height - row) * width - column * len(band)) / differs.size


def _decoded(data: bytes) -> tuple[npt.NDArray[np.uint8], int]:
    """Return a JPEG's pixels, (H, W, C), and by how much they are scaled down: 1, 2, 4 or 8."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        width = image.width
        # By the longer side, too: of a panorama, the shorter one may be too short for any scale.
        scale = max(min(image.size) // _SIDE, max(image.size) // _MOST_SIDE, 1)
        image.draft("RGB", (max(image.width // scale, 1), max(image.height // scale, 1)))
        scale = max(1, round(width / image.width))
        return np.atleast_3d(np.asarray(image)), scale


def _has_every_scan(data: bytes) -> bool:
    """Return whether scans for all coefficients of all components are there or started."""
    wanted: set[int] = set()
    found: dict[int, int] = {}
    refines = False
    for marker, segment in segments(data):
        if is_frame(marker) and len(segment) > 6:
            wanted = set(segment[6::3])
            refines = marker in PROGRESSIVE
        elif marker == 0xDA and wanted and len(segment) >= 4 + 2 * segment[0]:
            first, last, bits = segment[1 + 2 * segment[0] :][:3]
            is_final = not refines or bits & 15 == 0
            scanned = (2 << last) - (1 << first) if refines else _ALL_COEFFICIENTS
            for component in segment[1 : 1 + 2 * segment[0] : 2]:
                found[component] = found.get(component, 0) | (scanned if is_final else 0)
    return bool(wanted) and all(found.get(one) == _ALL_COEFFICIENTS for one in wanted)
