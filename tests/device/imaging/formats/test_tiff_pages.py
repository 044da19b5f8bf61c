"""Of a TIFF the largest page is read as it is meant, or refused by its name."""

import io
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icc_profiles import from_rgb, rgb_profile
from PIL import Image
from tiff_files import Page, colour, grey, tiff

from device.errors import PictureError
from device.imaging import decoding

# Byte order, and whether it is a BigTIFF; Pillow reads no big-endian BigTIFF.
ORDERS = [("<", False), (">", False), ("<", True)]
# Light paper with a dark line across, as a scanner stores it in 8 bits.
PRINT = np.full((24, 40), 230, np.uint8)
PRINT[10:14] = 20
RGB = np.stack([PRINT, PRINT // 2, 255 - PRINT], axis=-1)


def written(path: Path, data: bytes) -> Path:
    file = path / "picture.tif"
    file.write_bytes(data)
    return file


def in_order(order: str, pixels: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    return pixels.astype(pixels.dtype.newbyteorder(order))


def assert_print(pixels: npt.NDArray[np.uint8], tolerance: int = 1) -> None:
    assert pixels.shape == (*PRINT.shape, 3)
    assert np.abs(pixels.astype(int) - PRINT[..., None]).max() <= tolerance


@pytest.mark.parametrize(("order", "is_big"), ORDERS)
@pytest.mark.parametrize("is_negative", [False, True])
@pytest.mark.parametrize("kind", ["u1", "u2", "u4"])
def test_grey_of_any_depth_is_positive(
    tmp_path: Path, kind: str, is_negative: bool, order: str, is_big: bool
) -> None:
    full = int(np.iinfo(kind).max)
    values = (PRINT.astype(float) / 255 * full).round().astype(kind)
    stored = in_order(order, full - values if is_negative else values)
    page = grey(stored, photometric=0 if is_negative else 1)
    path = written(tmp_path, tiff(page, order=order, is_big=is_big))

    assert_print(decoding.load(path))
    assert decoding.load(path, side=20)[2, 2, 0] > 200
    header = decoding.read_header(path)
    assert (header.width, header.height, header.notes) == (40, 24, ())


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_white_is_zero_of_few_bits_is_positive(tmp_path: Path, bits: int) -> None:
    paper, ink = 0, (1 << bits) - 1
    values = np.where(PRINT > 100, paper, ink).astype(np.uint8)
    packed = np.packbits(
        np.unpackbits(values[..., None], axis=-1)[..., -bits:].reshape(24, -1), axis=-1
    )
    page = grey(PRINT, photometric=0, t258=bits)
    path = written(tmp_path, tiff(replace(page, data=packed.tobytes())))

    pixels = decoding.load(path)

    assert (pixels[:8] == 255).all()
    assert (pixels[11] == 0).all()


def test_a_fax_is_positive(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.fromarray(PRINT).convert("1", dither=Image.Dither.NONE).save(path, compression="group4")

    assert decoding.load(path)[2, 2, 0] == 255
    assert decoding.load(path)[11, 2, 0] == 0


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_compressed_negative_of_sixteen_bits_is_positive(tmp_path: Path, order: str) -> None:
    stored = in_order(order, 65535 - PRINT.astype(np.uint16) * 257)
    page = grey(stored, photometric=0, t259=8)
    path = written(tmp_path, tiff(replace(page, data=zlib.compress(page.data)), order=order))

    assert_print(decoding.load(path))


def test_compressed_unsigned_grey_of_32_bits_is_light(tmp_path: Path) -> None:
    page = grey(PRINT.astype(np.uint32) * 0x1010101, t259=8)
    path = written(tmp_path, tiff(replace(page, data=zlib.compress(page.data))))

    assert_print(decoding.load(path))


@pytest.mark.parametrize("kind", ["i2", "i4"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_signed_grey_stays_as_it_is(tmp_path: Path, kind: str, order: str) -> None:
    top = np.iinfo(kind).max
    values = (PRINT.astype(float) / 255 * top).round().astype(kind)
    path = written(tmp_path, tiff(grey(in_order(order, values)), order=order))

    # Signed values of 16 bits have no full scale of their own.
    assert_print(decoding.load(path), tolerance=1 if kind == "i4" else 128)


def test_a_floating_point_negative_is_positive(tmp_path: Path) -> None:
    path = written(tmp_path, tiff(grey(1 - PRINT.astype(np.float32) / 255, photometric=0)))

    assert_print(decoding.load(path))


@pytest.mark.parametrize(("order", "is_big"), ORDERS)
def test_colour_of_sixteen_bits_is_read(tmp_path: Path, order: str, is_big: bool) -> None:
    stored = in_order(order, RGB.astype(np.uint16) * 257)
    path = written(tmp_path, tiff(colour(stored), order=order, is_big=is_big))

    assert np.abs(decoding.load(path).astype(int) - RGB).max() <= 1


def test_inks_of_sixteen_bits_are_read(tmp_path: Path) -> None:
    inks = np.concatenate([255 - RGB, np.zeros((24, 40, 1), np.uint8)], axis=-1)
    path = written(tmp_path, tiff(colour(inks.astype(np.uint16) * 257, photometric=5)))

    assert np.abs(decoding.load(path).astype(int) - RGB).max() <= 2


def test_a_fourth_channel_of_unknown_use_is_ignored(tmp_path: Path) -> None:
    pixels = np.concatenate([RGB, np.zeros((24, 40, 1), np.uint8)], axis=-1)
    path = written(tmp_path, tiff(colour(pixels, t338=0)))

    assert (decoding.load(path) == RGB).all()


@pytest.mark.parametrize(
    "compression", ["tiff_lzw", "tiff_adobe_deflate", "zstd", "lzma", "packbits"]
)
def test_every_usual_compression_is_read(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "small.tif"
    Image.fromarray(RGB).save(path, compression=compression)

    assert (decoding.load(path) == RGB).all()


def thumbnail(**more: int) -> Page:
    return colour(np.full((12, 20, 3), 128, np.uint8), **more)


# Pages, and the number of notes about them.
FILES = {
    "a marked thumbnail first": ([thumbnail(t254=1), colour(RGB)], 0),
    "an unmarked thumbnail first": ([thumbnail(), colour(RGB)], 1),
    "a thumbnail marked the old way": ([thumbnail(t255=2), colour(RGB)], 0),
    "reduced copies behind": ([colour(RGB), thumbnail(t254=1), thumbnail(t254=1)], 0),
    "a mask in front": ([colour(RGB * 0, t254=4), colour(RGB)], 0),
    "recto and verso": ([colour(RGB), colour(np.zeros((25, 41, 3), np.uint8))], 1),
    "a nested picture": ([replace(thumbnail(t254=1), nested=[colour(RGB)])], 0),
    "nested reduced copies": ([replace(colour(RGB), nested=[thumbnail(t254=1)])], 0),
    "everything marked": ([thumbnail(t254=1), colour(RGB, t254=1)], 0),
}


@pytest.mark.parametrize(("order", "is_big"), ORDERS)
@pytest.mark.parametrize("name", FILES)
def test_the_largest_page_at_full_resolution_is_read(
    tmp_path: Path, name: str, order: str, is_big: bool
) -> None:
    pages, notes = FILES[name]
    path = written(tmp_path, tiff(*pages, order=order, is_big=is_big))

    assert (decoding.load(path) == RGB).all()
    header = decoding.read_header(path)
    assert (header.width, header.height) == (40, 24)
    assert len(header.notes) == notes


def test_a_note_says_which_page_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, tiff(thumbnail(), colour(RGB)))

    assert decoding.read_header(path).notes == ("the TIFF has 2 pages, of which page 2 is used",)


def test_a_compressed_page_behind_a_thumbnail_is_read(tmp_path: Path) -> None:
    path = tmp_path / "two.tif"
    small = Image.new("RGB", (4, 4))
    small.save(path, save_all=True, append_images=[Image.fromarray(RGB)], compression="tiff_lzw")

    assert (decoding.load(path) == RGB).all()


def test_a_nested_page_takes_orientation_and_profile_of_the_first(tmp_path: Path) -> None:
    first = thumbnail(t254=1, t274=6)
    tags = {**first.tags, 34675: rgb_profile("Adobe RGB")}
    path = written(tmp_path, tiff(replace(first, tags=tags, nested=[colour(RGB)])))

    wanted = np.rot90(from_rgb(RGB, "Adobe RGB"), -1)
    assert np.abs(decoding.load(path).astype(int) - wanted).max() <= 2
    header = decoding.read_header(path)
    assert (header.width, header.height) == (24, 40)


LAB16 = np.zeros((4, 4, 3), np.uint16)
HALF = np.zeros((4, 4, 3), np.float16)
REFUSED = {
    "floats": (colour(RGB.astype(np.float32)), "a TIFF of 32-bit floating-point values"),
    "half floats": (colour(HALF), "a TIFF of 16-bit floating-point values"),
    "half floats of grey": (grey(HALF[..., 0]), "a TIFF of 16-bit floating-point values"),
    "double floats": (grey(np.zeros((4, 4))), "a TIFF of 64-bit floating-point values"),
    "Lab": (colour(LAB16, photometric=8), "a TIFF in 16-bit CIELab"),
    "ICC's Lab": (colour(RGB, photometric=9), "a TIFF in 8-bit ICCLab"),
    "LogLuv": (colour(LAB16, photometric=32845), "a TIFF of LogLuv values"),
    "JPEG of 12 bits": (grey(LAB16[..., 0], t259=7, t258=12), "a TIFF of 12 bits compressed as JPEG"),
    "JPEG XL": (colour(RGB, t259=50002), "a TIFF compressed as JPEG XL"),
    "WebP": (colour(RGB, t259=50001), "a TIFF compressed as WebP"),
    "JPEG 2000": (colour(RGB, t259=33003), "a TIFF compressed as JPEG 2000"),
    "unknown": (colour(RGB, t259=12345), "a TIFF compressed as method 12345"),
    "raw": (grey(LAB16[..., 0], photometric=32803), "a camera's raw file"),
    "grey and alpha": (colour(LAB16[..., :2], photometric=1), "a TIFF of 2 x 16 bits (photometric interpretation 1)"),
    "32-bit colour": (colour(LAB16.astype(np.uint32)), "a TIFF of 3 x 32 bits (photometric interpretation 2)"),
}  # fmt: skip


@pytest.mark.parametrize("read", [decoding.load, decoding.read_header])
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_its_name(
    tmp_path: Path, name: str, read: object
) -> None:
    page, found = REFUSED[name]
    path = written(tmp_path, tiff(page))

    with pytest.raises(PictureError) as refused:
        read(path)  # type: ignore[operator]

    assert f"found {found}; " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_compressed_big_endian_grey_of_32_bits_is_refused_by_its_name(tmp_path: Path) -> None:
    page = grey(in_order(">", PRINT.astype(np.uint32)), t259=8)
    path = written(tmp_path, tiff(replace(page, data=zlib.compress(page.data)), order=">"))

    with pytest.raises(
        PictureError, match="found a compressed big-endian TIFF of 32 bits; save it"
    ):
        decoding.read_header(path)


def test_a_big_endian_bigtiff_is_read_or_refused_by_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, tiff(colour(RGB), order=">", is_big=True))

    try:
        assert (decoding.load(path) == RGB).all()
    except PictureError as error:
        assert "found a big-endian BigTIFF; save it" in str(error)


def test_a_raw_picture_behind_a_thumbnail_is_refused_and_not_shown_small(tmp_path: Path) -> None:
    raw = grey(np.zeros((50, 50), np.uint16), photometric=32803)
    path = written(tmp_path, tiff(replace(thumbnail(t254=1), nested=[raw])))

    with pytest.raises(
        PictureError, match="found a camera's raw file; export the developed picture"
    ):
        decoding.read_header(path)


def test_a_ring_of_pages_ends(tmp_path: Path) -> None:
    data = bytearray(tiff(colour(RGB)))
    first = int.from_bytes(data[4:8], "little")
    data[-4:] = first.to_bytes(4, "little")
    path = written(tmp_path, bytes(data))

    assert (decoding.load(path) == RGB).all()


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(["nested", "negative", "big", "pages"]))
def test_an_altered_tiff_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, seed: int, name: str
) -> None:
    files = {
        "nested": tiff(replace(thumbnail(t254=1), nested=[colour(RGB)])),
        "negative": tiff(grey(PRINT.astype(">u2"), photometric=0), order=">"),
        "big": tiff(grey(PRINT.astype(np.uint32)), is_big=True),
        "pages": tiff(thumbnail(), colour(RGB), thumbnail()),
    }
    dice = np.random.default_rng(seed)
    changed = bytearray(files[name])
    for _ in range(dice.integers(1, 9)):
        changed[dice.integers(len(changed))] = dice.integers(256)
    path = tmp_path_factory.getbasetemp() / "altered.tif"
    path.write_bytes(
        bytes(changed[: dice.integers(1, len(changed))]) if dice.random() < 0.2 else changed
    )

    try:
        header = decoding.read_header(path)
        if header.width * header.height < 5_000_000:
            decoding.load(path)
    except PictureError as error:
        assert "\n" not in str(error)


def test_a_palette_keeps_its_colours(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(RGB).quantize(8).save(buffer, "TIFF")

    assert np.abs(decoding.load(written(tmp_path, buffer.getvalue())).astype(int) - RGB).max() <= 2
