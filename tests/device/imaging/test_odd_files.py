"""Files of phones and older programs, odd but readable, come out upright and whole."""

import io
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from device.imaging import decoding, picture_formats

RED, BLUE = (220, 30, 30), (30, 30, 220)
# TIFF 6.0, section 2: types of a field.
BYTE, SHORT, LONG = 1, 3, 4


def picture() -> npt.NDArray[np.uint8]:
    """Return a wide picture, red on the left and blue on the right."""
    pixels = np.empty((48, 96, 3), np.uint8)
    pixels[:, :48], pixels[:, 48:] = RED, BLUE
    return pixels


def jpeg(**options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture()).save(buffer, "JPEG", quality=95, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def exif(kind: int, *, following: int = 0) -> bytes:
    """Return EXIF that turns a picture by 90 degrees, in a field of this type."""
    entry = struct.pack("<HHI4s", 0x0112, kind, 1, b"\6")
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + struct.pack("<I", following)


def size_and_corner(path: Path) -> tuple[tuple[int, ...], list[int]]:
    """Return height and width, which header and pixels agree on, and the first pixel."""
    pixels = decoding.load(path)
    header = decoding.read_header(path)
    assert (header.height, header.width) == pixels.shape[:2]
    return pixels.shape[:2], [round(int(value) / 30) for value in pixels[3, 3]]


UPRIGHT = ((48, 96), [7, 1, 1])
TURNED = ((96, 48), [7, 1, 1])


@pytest.mark.parametrize("kind", [SHORT, LONG])
def test_an_orientation_of_either_whole_number_is_followed(tmp_path: Path, kind: int) -> None:
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg(exif=exif(kind)))

    assert size_and_corner(path) == TURNED


def test_an_orientation_of_the_wrong_type_is_followed_or_not(tmp_path: Path) -> None:
    path = tmp_path / "byte.jpg"
    path.write_bytes(jpeg(exif=exif(BYTE)))

    assert size_and_corner(path) in (UPRIGHT, TURNED)


ODD = {
    "EXIF that is cut": jpeg(exif=exif(SHORT)[:17]),
    "EXIF of noise": jpeg(exif=b"Exif\0\0MM\0*\0\0\0\x08" + bytes(range(256))),
    "RGB instead of YCbCr": jpeg(keep_rgb=True),
    "a film behind it": jpeg() + struct.pack(">I4s", 40_000, b"ftyp") + bytes(40_000),
    "a whole JPEG behind it": jpeg() + jpeg(),
    "progressive": jpeg(progressive=True),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_jpeg_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.jpg"
    path.write_bytes(ODD[name])

    assert size_and_corner(path) == UPRIGHT
    assert decoding.decode(ODD[name], name="upload").shape == (48, 96, 3)


def test_exif_that_points_to_itself_ends(tmp_path: Path) -> None:
    path = tmp_path / "ring.jpg"
    path.write_bytes(jpeg(exif=exif(SHORT, following=8)))

    assert size_and_corner(path) == TURNED


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_the_first_picture_of_a_moving_one_is_read(tmp_path: Path, kind: str) -> None:
    if kind not in picture_formats.available((kind,)):
        pytest.skip("this Pillow has no AVIF")
    path = tmp_path / "moving"
    others = [Image.new("RGB", (96, 48), colour) for colour in ("white", "black")]
    Image.fromarray(picture()).save(path, kind, save_all=True, append_images=others)

    assert size_and_corner(path) == UPRIGHT
