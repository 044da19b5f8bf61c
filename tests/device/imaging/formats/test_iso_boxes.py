"""The profile in a JPEG 2000 file is followed, which Pillow leaves out."""

import io
import struct
from pathlib import Path

import icc_profiles
import numpy as np
import pytest
from icc_profiles import from_rgb
from PIL import Image

from bench.colour_difference import mean_difference
from device.errors import PictureError
from device.imaging import decoding

PIXELS = np.random.default_rng(6).integers(0, 256, (24, 36, 3), np.uint8)


def jp2(profile: bytes | None = None, *, method: int = 2) -> bytes:
    """Return a lossless JPEG 2000 file, with a profile instead of its own colour space."""
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "JPEG2000", irreversible=False)
    data = buffer.getvalue()
    if profile is None:
        return data
    header, colour = data.index(b"jp2h") - 4, data.index(b"colr") - 4
    (header_size,) = struct.unpack_from(">I", data, header)
    (size,) = struct.unpack_from(">I", data, colour)
    box = b"colr" + bytes((method, 0, 0)) + profile
    new = struct.pack(">I", len(box) + 4) + box
    changed = data[:colour] + new + data[colour + size :]
    return (
        changed[:header] + struct.pack(">I", header_size + len(new) - size) + changed[header + 4 :]
    )


@pytest.mark.parametrize("method", [2, 3])
def test_a_profile_is_followed(tmp_path: Path, method: int) -> None:
    path = tmp_path / "picture.jp2"
    path.write_bytes(jp2(icc_profiles.rgb_profile("eciRGB v2"), method=method))

    assert mean_difference(decoding.load(path), from_rgb(PIXELS, "eciRGB v2")) < 1
    assert decoding.read_header(path).notes == ()


def test_a_file_without_a_profile_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "picture.jp2"
    path.write_bytes(jp2())

    assert (decoding.load(path) == PIXELS).all()


def test_a_bare_codestream_is_read(tmp_path: Path) -> None:
    path = tmp_path / "picture.j2k"
    Image.fromarray(PIXELS).save(path, irreversible=False)

    assert (decoding.load(path) == PIXELS).all()


def test_grey_of_sixteen_bits_is_scaled(tmp_path: Path) -> None:
    path = tmp_path / "grey.jp2"
    values = PIXELS[..., 0].astype(np.uint16) * 257
    Image.fromarray(values).save(path, irreversible=False)

    assert np.abs(decoding.load(path)[..., 0].astype(int) - PIXELS[..., 0]).max() <= 1


def test_a_damaged_profile_is_ignored_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "picture.jp2"
    path.write_bytes(jp2(b"not a profile" * 30))

    assert (decoding.load(path) == PIXELS).all()
    assert decoding.read_header(path).notes == ("colour profile ignored: it is damaged",)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.8])
def test_a_file_that_ends_early_is_refused_by_both(tmp_path: Path, share: float) -> None:
    data = jp2(icc_profiles.rgb_profile("eciRGB v2"))
    path = tmp_path / "cut.jp2"
    path.write_bytes(data[: int(len(data) * share)])

    for read in (decoding.load, decoding.read_header):
        with pytest.raises(PictureError):
            read(path)
