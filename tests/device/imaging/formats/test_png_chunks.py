"""A PNG's texts never stand in the picture's way, and a bomb among them is never unpacked."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import icc_profiles
import numpy as np
import pytest
from icc_profiles import from_rgb
from PIL import Image, PngImagePlugin

from bench.colour_difference import mean_difference
from device.errors import PictureError
from device.imaging import decoding

PIXELS = np.random.default_rng(5).integers(0, 256, (20, 30, 3), np.uint8)
MB = 1024 * 1024
EXIF = Image.Exif()
EXIF[0x0112] = 6


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*early: bytes, late: bytes = b"") -> bytes:
    """Return a PNG with chunks before its pixels and after them."""
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "PNG")
    data = buffer.getvalue()
    return data[:33] + b"".join(early) + data[33:-12] + late + data[-12:]


def packed_text(size: int, keyword: bytes = b"Comment") -> bytes:
    return chunk(b"zTXt", keyword + b"\0\0" + zlib.compress(b"a" * size, 9))


def profile_chunk(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"name\0\0" + zlib.compress(profile, 9))


LONG = b"x" * (3 * MB)
TEXTS: dict[str, Callable[[], bytes]] = {
    "1.5 MB, packed": lambda: png(packed_text(1_500_000, b"Raw profile type 8bim")),
    "100 MB, packed": lambda: png(packed_text(100 * MB)),
    "3 MB, plain": lambda: png(chunk(b"tEXt", b"Comment\0" + LONG)),
    "3 MB of XMP": lambda: png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + LONG)),
    "3 MB of packed XMP": lambda: png(
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(LONG))
    ),
    "3 MB of EXIF in hex": lambda: png(packed_text(3 * MB, b"Raw profile type exif")),
    "behind the pixels": lambda: png(late=packed_text(5 * MB)),
    "many": lambda: png(*[packed_text(900_000)] * 100),
    "damaged": lambda: png(chunk(b"zTXt", b"Comment\0\0" + b"not packed")),
    "without an end": lambda: png(chunk(b"zTXt", b"Raw profile type exif")),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_a_png_with_any_text_is_read(tmp_path: Path, name: str) -> None:
    data = TEXTS[name]()
    path = tmp_path / "text.png"
    path.write_bytes(data)

    assert (decoding.load(path) == PIXELS).all()
    assert (decoding.decode(data, name="upload") == PIXELS).all()
    assert decoding.read_header(path).notes == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["100 MB, packed", "3 MB of packed XMP", "many"])
def test_a_text_takes_no_memory(name: str) -> None:
    data = TEXTS[name]()
    decoding.decode(png(), name="upload")
    tracemalloc.start()

    decoding.decode(data, name="upload")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(data) + 4 * MB


@pytest.mark.parametrize("size", [MB + 300_000, 3 * MB])
def test_a_large_profile_is_followed(tmp_path: Path, size: int) -> None:
    profile = icc_profiles.rgb_profile("Adobe RGB")
    path = tmp_path / "large.png"
    path.write_bytes(png(profile_chunk(profile.ljust(size, b"\0"))))

    assert mean_difference(decoding.load(path), from_rgb(PIXELS, "Adobe RGB")) < 1
    assert decoding.read_header(path).notes == ()


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (chunk(b"iCCP", b"name\0\0not packed"), "it is damaged"),
        (chunk(b"iCCP", b""), "it is damaged"),
        (chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(1000))[:-9]), "it is damaged"),
        (profile_chunk(bytes(200 * MB)), "it is larger than 4 MB"),
    ],
    ids=["not packed", "empty", "cut", "a bomb"],
)
def test_a_profile_that_cannot_be_unpacked_is_ignored_with_a_note(
    tmp_path: Path, profile: bytes, reason: str
) -> None:
    path = tmp_path / "odd.png"
    path.write_bytes(png(profile))

    assert (decoding.load(path) == PIXELS).all()
    assert decoding.read_header(path).notes == (f"colour profile ignored: {reason}",)


def text_of_imagemagick(data: bytes) -> str:
    lines = data.hex()
    return f"\nexif\n{len(data):8}\n{lines}\n"


@pytest.mark.parametrize("is_packed", [False, True])
def test_an_orientation_in_a_text_is_followed(tmp_path: Path, is_packed: bool) -> None:
    xmp, exif = PngImagePlugin.PngInfo(), PngImagePlugin.PngInfo()
    packet = '<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    xmp.add_itxt("XML:com.adobe.xmp", packet, zip=is_packed)
    exif.add_text("Raw profile type exif", text_of_imagemagick(EXIF.tobytes()), zip=is_packed)
    for texts in (xmp, exif):
        texts.add_text("Comment", "x" * 200_000, zip=True)
        path = tmp_path / "turned.png"
        Image.fromarray(PIXELS).save(path, pnginfo=texts)

        assert (decoding.load(path) == np.rot90(PIXELS, -1)).all()
        header = decoding.read_header(path)
        assert (header.width, header.height) == (20, 30)


def test_more_texts_between_more_parts_than_a_picture_has_are_refused() -> None:
    parts = [chunk(b"tEXt", b"a\0b"), chunk(b"zzZz", b"")] * 5000

    with pytest.raises(PictureError, match="more than 1000 texts"):
        decoding.decode(png(*parts), name="upload")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_png_that_ends_early_is_refused(tmp_path: Path, share: float) -> None:
    data = png(packed_text(2 * MB), profile_chunk(icc_profiles.rgb_profile("Adobe RGB")))
    path = tmp_path / "cut.png"
    path.write_bytes(data[: int(len(data) * share)])

    for read in (decoding.load, decoding.read_header):
        with pytest.raises(PictureError):
            read(path)
