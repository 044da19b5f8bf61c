"""Every picture is decoded to upright RGB of 8 bits, or refused with a one-line error."""

import io
import random
import struct
import threading
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from device.errors import PictureError
from device.imaging import decoding

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "demo" / "images"
RED, GREEN, BLUE, WHITE = (250, 10, 10), (10, 250, 10), (10, 10, 250), (255, 255, 255)
# How an upright picture is stored under each EXIF orientation: by the inverse of the rotation that it requests.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
SUFFIXES = ("jpg", "png", "webp", "tif")


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Return a picture whose quarters show its orientation: red, blue above green, white."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, BLUE
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = GREEN, WHITE
    return Image.fromarray(pixels)


def assert_quarters(pixels: npt.NDArray[np.uint8], tolerance: int = 12) -> None:
    height, width = pixels.shape[:2]
    found = [
        pixels[y, x] for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)
    ]
    wanted = (RED, BLUE, GREEN, WHITE)
    for one, other in zip(found, wanted, strict=True):
        assert np.abs(one.astype(int) - other).max() <= tolerance, (one, other)


def saved(image: Image.Image, path: Path, **options: object) -> Path:
    lossless = {"jpg": {"quality": 95}, "webp": {"lossless": True}}.get(path.suffix[1:], {})
    image.save(path, **lossless, **options)  # type: ignore[arg-type]
    return path


def size_of(path: Path) -> tuple[int, int]:
    header = decoding.read_header(path)
    return header.width, header.height


def assert_is_frame(pixels: npt.NDArray[np.uint8]) -> None:
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.flags.c_contiguous


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("orientation", sorted(STORED))
@pytest.mark.parametrize("side", [None, 48])
def test_every_orientation_comes_out_upright(
    tmp_path: Path, suffix: str, orientation: int, side: int | None
) -> None:
    turn = STORED[orientation]
    stored = quarters() if turn is None else quarters().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(stored, tmp_path / f"turned.{suffix}", exif=exif)

    pixels = decoding.load(path, side=side)

    assert_is_frame(pixels)
    assert pixels.shape[:2] == ((64, 96) if side is None else (32, 48))
    assert_quarters(pixels)
    assert size_of(path) == (96, 64)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_undefined_orientation_is_ignored(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(quarters(), tmp_path / "odd.jpg", exif=exif)

    assert_quarters(decoding.load(path))
    assert size_of(path) == (96, 64)


@pytest.mark.parametrize("side", [None, 48])
def test_a_sixteen_bit_picture_on_its_side_comes_out_upright(
    tmp_path: Path, side: int | None
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.zeros((96, 64), np.uint16)
    pixels[:48] = 65535  # its stored top half is white, which is its right half when upright
    path = saved(Image.fromarray(pixels), tmp_path / "grey.png", exif=exif)

    found = decoding.load(path, side=side)

    assert found.shape[0] < found.shape[1]
    assert found[:, -4:].min() > 250
    assert found[:, :4].max() < 5


@pytest.mark.parametrize("side", [None, 48])
@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        ("CMYK", "jpg"),
        ("CMYK", "tif"),
        ("P", "png"),
        ("P", "tif"),
        ("RGBA", "png"),
        ("RGBA", "webp"),
        ("RGBA", "tif"),
    ],
)
def test_every_colour_mode_comes_out_in_its_colours(
    tmp_path: Path, mode: str, suffix: str, side: int | None
) -> None:
    stored = quarters().quantize(8) if mode == "P" else quarters().convert(mode)
    path = saved(stored, tmp_path / f"mode.{suffix}")

    pixels = decoding.load(path, side=side)

    assert_is_frame(pixels)
    assert_quarters(pixels)


@pytest.mark.parametrize("side", [None, 48])
@pytest.mark.parametrize(
    ("mode", "suffix"), [("L", "jpg"), ("L", "png"), ("L", "tif"), ("LA", "png"), ("PA", "tif")]
)
def test_grey_comes_out_as_three_equal_channels(
    tmp_path: Path, mode: str, suffix: str, side: int | None
) -> None:
    path = saved(quarters().convert("L").convert("LA").convert(mode), tmp_path / f"grey.{suffix}")

    pixels = decoding.load(path, side=side)

    assert_is_frame(pixels)
    assert (pixels[..., 0] == pixels[..., 1]).all()
    assert (pixels[..., 0] == pixels[..., 2]).all()
    assert pixels[-4, -4, 0] >= 253
    assert pixels[4, 4, 0] < 120


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_scan_in_black_and_white_is_averaged_when_it_is_scaled_down(
    tmp_path: Path, suffix: str
) -> None:
    lines = np.zeros((400, 400), np.uint8)
    lines[:, ::2] = 255
    path = saved(Image.fromarray(lines).convert("1"), tmp_path / f"lines.{suffix}")

    pixels = decoding.load(path, side=50)

    assert (
        np.abs(pixels.astype(int) - 128).max() <= 3
    )  # picking every eighth line would result in 0 or 255


@pytest.mark.parametrize("side", [None, 48])
@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("top", [65535, 16383, 4095, 1023, 255])
def test_sixteen_bits_are_scaled_by_the_scans_full_scale(
    tmp_path: Path, top: int, suffix: str, side: int | None
) -> None:
    ramp = np.tile(np.linspace(0, top, 96).round().astype(np.uint16), (64, 1))
    path = saved(Image.fromarray(ramp), tmp_path / f"ramp.{suffix}")

    pixels = decoding.load(path, side=side)

    assert pixels[20, 0, 0] <= 4
    assert pixels[20, -1, 0] >= 251
    assert (np.diff(pixels[20, :, 0].astype(int)) >= 0).all()


@pytest.mark.parametrize("top", [1.0, 255.0])
def test_floats_up_to_one_or_255_fill_the_range(tmp_path: Path, top: float) -> None:
    ramp = np.tile(np.linspace(0, top, 96, dtype=np.float32), (64, 1))
    ramp[0, 0] = np.nan
    path = saved(Image.fromarray(ramp), tmp_path / "ramp.tif")

    pixels = decoding.load(path)

    assert pixels[0, 0, 0] == 0
    assert pixels[32, -1, 0] == 255


def test_sixteen_bit_colour_comes_out_in_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "colour.png"
    path.write_bytes(png(2, 1, 16, 2, b"\0" + struct.pack(">6H", 65535, 0, 0, 0, 32768, 0)))

    assert decoding.load(path).tolist() == [[[255, 0, 0], [0, 128, 0]]]


@pytest.mark.parametrize("side", [None, 48])
@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
def test_transparent_pixels_become_white(tmp_path: Path, suffix: str, side: int | None) -> None:
    image = Image.new("RGBA", (96, 64), (0, 0, 0, 0))
    image.paste((250, 10, 10, 255), (0, 0, 48, 64))
    path = saved(image, tmp_path / f"clear.{suffix}")

    pixels = decoding.load(path, side=side)

    assert (pixels[:, -4:] >= 253).all()
    assert np.abs(pixels[:, :4].astype(int) - RED).max() <= 3


@pytest.mark.parametrize("side", [None, 48])
def test_a_transparent_palette_colour_becomes_white(tmp_path: Path, side: int | None) -> None:
    image = Image.new("P", (96, 64), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (0, 0, 48, 64))
    path = saved(image, tmp_path / "clear.png", transparency=0)

    pixels = decoding.load(path, side=side)

    assert (pixels[:, -4:] >= 253).all()
    assert np.abs(pixels[:, :4].astype(int) - RED).max() <= 3


def test_a_phones_multi_picture_file_is_decoded_to_its_first_picture(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    quarters().save(
        path, "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))], quality=95
    )

    assert_quarters(decoding.load(path))
    assert_quarters(decoding.decode(path.read_bytes(), name="phone.jpg"))


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.integers(1, 80),
    st.integers(1, 80),
    st.sampled_from(["PNG", "JPEG", "WEBP"]),
    st.sampled_from(["RGB", "RGBA", "L", "LA", "P", "1", "CMYK", "I;16"]),
    st.integers(1, 90),
)
def test_every_size_and_mode_comes_out_within_the_side(
    width: int, height: int, kind: str, mode: str, side: int
) -> None:
    if (
        mode
        not in {"PNG": "RGB RGBA L LA P 1 I;16", "JPEG": "RGB L CMYK 1", "WEBP": "RGB RGBA"}[
            kind
        ].split()
    ):
        mode = "RGB"
    image = (
        Image.new("L", (width, height), 128)
        .convert("RGB" if mode in ("CMYK", "P") else "L")
        .convert(mode)
    )
    buffer = io.BytesIO()
    image.save(buffer, kind)

    pixels = decoding.decode(buffer.getvalue(), name="any", side=side)

    assert_is_frame(pixels)
    assert max(pixels.shape[:2]) == min(max(width, height), side)


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.integers(1, 40).flatmap(
        lambda width: st.integers(1, 40).map(
            lambda height: (np.random.default_rng(width * 41 + height), height, width)
        )
    )
)
def test_a_lossless_picture_comes_out_pixel_for_pixel(
    drawn: tuple[np.random.Generator, int, int],
) -> None:
    generator, height, width = drawn
    pixels = generator.integers(0, 256, (height, width, 3), np.uint8)
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True})):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, kind, **options)  # type: ignore[arg-type]

        assert (decoding.decode(buffer.getvalue(), name="any") == pixels).all()


def encoded(kind: str, **options: object) -> bytes:
    noise = np.random.default_rng(7).integers(0, 256, (48, 64, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, kind, exif=exif, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


KINDS = {
    "jpeg": encoded("JPEG"),
    "progressive": encoded("JPEG", progressive=True),
    "png": encoded("PNG"),
    "webp": encoded("WEBP"),
    "tiff": encoded("TIFF"),
    "tiff-lzw": encoded("TIFF", compression="tiff_lzw"),
    "tiff-deflate": encoded("TIFF", compression="tiff_deflate"),
    "tiff-jpeg": encoded("TIFF", compression="jpeg"),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.97])
def test_a_truncated_picture_is_refused_in_one_line(
    tmp_path: Path, kind: str, share: float
) -> None:
    path = tmp_path / "cut"
    path.write_bytes(KINDS[kind][: int(len(KINDS[kind]) * share)])

    with pytest.raises(PictureError, match=r"^cut: expected [^\n]*, found [^\n]+$"):
        decoding.load(path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(KINDS))
@settings(deadline=None)
@given(seed=st.integers(0, 2**32), side=st.sampled_from([None, 30]))
def test_a_damaged_picture_is_either_decoded_or_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: str, seed: int, side: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / f"damaged-{kind}"
    path.write_bytes(damaged(KINDS[kind], seed))

    try:
        width, height = size_of(path)
        assume(width * height < 5_000_000)  # larger pictures are tested below, and slow here
        pixels = decoding.load(path, side=side)
    except PictureError as error:
        assert "\n" not in str(error)
    else:
        assert_is_frame(pixels)


def damaged(data: bytes, seed: int) -> bytes:
    """Return a file's bytes with a few altered, mostly in the header, or truncated."""
    dice = random.Random(seed)
    changed = bytearray(data[: dice.randrange(len(data)) if dice.random() < 0.3 else None])
    reach = min(len(changed), dice.choice([64, 256, len(data)]))
    for _ in range(dice.choice([1, 1, 2, 8]) if reach else 0):
        changed[dice.randrange(reach)] = dice.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "something else"),
        (b"\0" * 100, "something else"),
        (b"\xff\xd8\xff", "something else"),
        (b"GIF89a" + b"\0" * 50, "GIF; send it as JPEG or PNG"),
        (b"<svg/>", "SVG; send it as JPEG or PNG"),
        (b"%PDF-1.7\n", "PDF; send it as JPEG or PNG"),
        (KINDS["tiff"], "TIFF; send it as JPEG or PNG"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_other_uploads_are_refused_with_the_accepted_formats(data: bytes, found: str) -> None:
    with pytest.raises(PictureError) as refused:
        decoding.decode(data, name="upload")

    assert str(refused.value) == f"upload: expected a picture (JPEG, PNG, WEBP), found {found}"


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"none\.jpg: can't be opened"):
        decoding.load(tmp_path / "none.jpg")
    with pytest.raises(PictureError, match="can't be opened"):
        decoding.read_header(tmp_path)


def png(width: int, height: int, bits: int, colour: int, raw: bytes) -> bytes:
    """Return a PNG file with this header and these scanlines, which may be inconsistent."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height"), [(8001, 8000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_decompression_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(
        PictureError, match=r"expected at most 16 megapixels, found .*scale it down"
    ):
        decoding.decode(png(width, height, 8, 2, b""), name="bomb")


@pytest.mark.parametrize("read", [decoding.load, decoding.read_header])
def test_a_museums_picture_is_refused_only_above_the_limit(tmp_path: Path, read: object) -> None:
    large, too_large = tmp_path / "large.png", tmp_path / "too_large.png"
    # Above Pillow's own limit (179 megapixels) and below ours.
    large.write_bytes(png(20_000, 19_999, 8, 0, b""))
    too_large.write_bytes(png(20_001, 20_000, 8, 0, b""))

    assert size_of(large) == (20_000, 19_999)
    with pytest.raises(
        PictureError, match=r"^too_large\.png: expected at most 400 megapixels, found 400"
    ):
        read(too_large)  # type: ignore[operator]


def test_the_size_of_a_large_picture_is_read_without_decoding_it(tmp_path: Path) -> None:
    path = tmp_path / "header.png"
    path.write_bytes(png(9000, 7000, 8, 2, b""))  # has no pixels at all

    assert size_of(path) == (9000, 7000)
    with pytest.raises(PictureError, match="whole picture"):
        decoding.load(path)


@pytest.mark.slow
def test_a_large_jpeg_is_scaled_to_the_requested_side(tmp_path: Path) -> None:
    path = saved(quarters(4000, 3000), tmp_path / "large.jpg")

    pixels = decoding.load(path, side=500)

    assert pixels.shape == (375, 500, 3)
    assert_quarters(pixels)


def test_several_threads_can_decode_at_once(tmp_path: Path) -> None:
    path = saved(quarters(), tmp_path / "one.jpg")
    found: list[npt.NDArray[np.uint8]] = []
    threads = [threading.Thread(target=lambda: found.append(decoding.load(path))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert all((one == found[0]).all() for one in found)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real prints are not next to this checkout")
def test_the_headers_size_agrees_with_the_decoded_size_for_real_prints() -> None:
    paths = sorted(REAL.glob("*.jpg"))[::30]

    assert paths
    for path in paths:
        pixels = decoding.load(path)
        assert size_of(path) == (pixels.shape[1], pixels.shape[0])
        small = decoding.load(path, side=224)
        assert max(small.shape[:2]) == 224
        assert abs(float(small.mean()) - float(pixels.mean())) < 3
