"""Colours come out in sRGB, by whatever profile; a useless one is ignored with a note."""

import io
import struct
import time
import zlib
from pathlib import Path

import icc_profiles
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icc_profiles import CURVES, dot_gain_curve, from_grey, from_lab, from_rgb, gamma
from PIL import Image

from bench.colour_difference import ciede2000, mean_difference
from device.imaging import decoding
from device.imaging.colour_profiles import MOST_BYTES, colours_of

Floats = npt.NDArray[np.float64]
# What people can't tell apart side by side.
SAME = 1.0
SPACES = sorted(CURVES)


def test_the_colour_difference_is_that_of_its_publication() -> None:
    """Some pairs of table 1 of Sharma, Wu and Dalal."""
    for one, other, wanted in (
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ):
        assert float(ciede2000(np.array(one), np.array(other))) == pytest.approx(wanted, abs=5e-5)


def patches() -> npt.NDArray[np.uint8]:
    """Return a picture of 125 colours, each of 8x8 pixels, so that JPEG keeps them."""
    steps = np.array([0, 70, 128, 190, 255], np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(5, 25, 3)
    return colours.repeat(8, axis=0).repeat(8, axis=1)


def stored(
    mode: str, pixels: npt.NDArray[np.uint8], suffix: str, profile: bytes, path: Path
) -> Path:
    """Write a picture with a profile, as exactly as the format can, and return its path."""
    options = {
        "jpg": {"quality": 100, "subsampling": 0},
        "webp": {"lossless": True},
        "avif": {"quality": 100},
    }
    path = path / f"picture.{suffix}"
    image = Image.fromarray(pixels, mode) if mode == "CMYK" else Image.fromarray(pixels)
    image.save(path, icc_profile=profile, **options.get(suffix, {}))  # type: ignore[arg-type]
    return path


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["png", "tif", "webp", "jpg"])
@pytest.mark.parametrize("version", [2, 4])
@pytest.mark.parametrize("name", SPACES)
def test_a_matrix_profile_is_followed(tmp_path: Path, name: str, version: int, suffix: str) -> None:
    profile = icc_profiles.rgb_profile(name, version=version)
    path = stored("RGB", patches(), suffix, profile, tmp_path)

    wanted = from_rgb(patches(), name)
    for pixels in (decoding.load(path), decoding.load(path, side=200)):
        assert mean_difference(pixels, wanted) <= SAME
    if suffix != "tif":
        assert mean_difference(decoding.decode(path.read_bytes(), name="it"), wanted) <= SAME
    assert decoding.read_header(path).notes == ()


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
@pytest.mark.parametrize("curve", [gamma(2.2), dot_gain_curve], ids=["gamma 2.2", "dot gain"])
def test_a_grey_profile_is_followed(tmp_path: Path, curve: icc_profiles.Curve, suffix: str) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8).repeat(2), (16, 1))
    path = stored("L", ramp, suffix, icc_profiles.grey_profile(curve), tmp_path)

    pixels = decoding.load(path)

    assert mean_difference(pixels, from_grey(ramp, curve)) <= SAME
    assert (pixels[..., 0] == pixels[..., 2]).all()


def test_a_profile_of_sixteen_bits_of_grey_is_followed(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint16) * 257, (16, 1))
    path = tmp_path / "grey.png"
    Image.fromarray(ramp).save(path, icc_profile=icc_profiles.grey_profile(gamma(1.0)))

    wanted = from_grey((ramp // 257).astype(np.uint8), gamma(1.0))
    assert mean_difference(decoding.load(path), wanted) <= SAME


def ink_to_lab(ink: Floats) -> Floats:
    """Return the colour of ink on warm paper, made up but smooth; all ink is black."""
    cyan, magenta, yellow, black = np.moveaxis(ink, -1, 0)
    light = 95 * (1 - 0.4 * cyan) * (1 - 0.5 * magenta) * (1 - 0.1 * yellow) * (1 - black)
    bare = 1 - black
    a = bare * (60 * magenta - 35 * cyan)
    b = bare * (5 + 80 * yellow - 45 * cyan - 10 * magenta)
    return np.stack([light, a, b], axis=-1)


@pytest.mark.parametrize("suffix", ["tif", "jpg"])
def test_a_profile_of_inks_is_followed(tmp_path: Path, suffix: str) -> None:
    steps = np.array([0, 85, 170, 255], np.uint8)
    inks = np.stack(np.meshgrid(steps, steps, steps, steps[:3]), axis=-1).reshape(6, 32, 4)
    inks = inks.repeat(8, axis=0).repeat(8, axis=1)
    profile = icc_profiles.lut_profile(b"CMYK", ink_to_lab, steps=7)
    path = stored("CMYK", inks, suffix, profile, tmp_path)

    wanted = from_lab(ink_to_lab(inks / 255.0))
    assert mean_difference(decoding.load(path), wanted) <= 1.5
    assert mean_difference(decoding.load(path), np.asarray(Image.open(path).convert("RGB"))) > 5


def rgb_to_lab(values: Floats) -> Floats:
    light = values.mean(axis=-1)
    return np.stack(
        [100 * light, 60 * (values[..., 0] - light), 60 * (light - values[..., 2])], axis=-1
    )


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_profile_with_a_table_to_lab_is_followed(tmp_path: Path, suffix: str) -> None:
    profile = icc_profiles.lut_profile(b"RGB ", rgb_to_lab, steps=17)
    path = stored("RGB", patches(), suffix, profile, tmp_path)

    wanted = from_lab(rgb_to_lab(patches() / 255.0))
    assert mean_difference(decoding.load(path), wanted) <= SAME


def test_a_profile_in_several_segments_of_a_jpeg_is_followed(tmp_path: Path) -> None:
    large = icc_profiles.lut_profile(b"RGB ", rgb_to_lab, steps=33)
    assert len(large) > 3 * 65_536
    path = stored("RGB", patches(), "jpg", large, tmp_path)

    assert path.read_bytes().count(b"ICC_PROFILE\0") > 3
    assert mean_difference(decoding.load(path), from_lab(rgb_to_lab(patches() / 255.0))) <= SAME


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA"])
def test_transparency_is_kept_and_not_converted(tmp_path: Path, mode: str) -> None:
    grey = mode == "LA"
    profile = (
        icc_profiles.grey_profile(gamma(1.0)) if grey else icc_profiles.rgb_profile("ProPhoto RGB")
    )
    image = Image.new("RGBA", (64, 32), (100, 100, 100, 255))
    image.paste((0, 0, 0, 0), (0, 0, 32, 32))
    path = tmp_path / "clear.png"
    image.convert(mode).save(path, icc_profile=profile)

    for pixels in (decoding.load(path), decoding.load(path, side=32)):
        value = np.full((1, 1), 100, np.uint8)
        wanted = (
            from_grey(value, gamma(1.0))
            if grey
            else from_rgb(value.repeat(3)[None], "ProPhoto RGB")
        )
        assert (pixels[:, :2] == 255).all()
        assert np.abs(pixels[4, -2].astype(int) - wanted[0, 0]).max() <= 2


def test_a_turned_picture_keeps_its_profile_and_its_turn(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    profile = icc_profiles.rgb_profile("Adobe RGB")
    Image.fromarray(patches()).save(
        path, exif=exif, icc_profile=profile, quality=100, subsampling=0
    )

    wanted = np.rot90(from_rgb(patches(), "Adobe RGB"), -1)
    assert mean_difference(decoding.load(path), np.ascontiguousarray(wanted)) <= SAME


@pytest.mark.parametrize("version", [2, 4])
def test_an_srgb_profile_changes_no_pixel(tmp_path: Path, version: int) -> None:
    with_profile, without = tmp_path / "with.png", tmp_path / "without.png"
    Image.fromarray(patches()).save(
        with_profile, icc_profile=icc_profiles.rgb_profile("sRGB", version=version)
    )
    Image.fromarray(patches()).save(without)

    assert (decoding.load(with_profile) == decoding.load(without)).all()


ADOBE = icc_profiles.rgb_profile("Adobe RGB")
CHAINED = icc_profiles.profile(
    b"RGB ", b"XYZ ", {b"D2B1": b"mpet\0\0\0\0" + struct.pack(">HHI", 3, 3, 1)}
)
USELESS = {
    "garbage": ("RGB", b"not a profile at all" * 20, "it is damaged"),
    "cut": ("RGB", ADOBE[:300], "it is damaged"),
    "empty": ("RGB", b"\0" * 128, "it is damaged"),
    "no curves": ("RGB", icc_profiles.profile(b"RGB ", b"XYZ ", {}), "it is damaged"),
    "RGB on grey": ("L", ADOBE, "it is for RGB colours, and the picture has GRAY"),
    "grey on RGB": ("RGB", icc_profiles.grey_profile(gamma(2.2)), "it is for GRAY colours, and the picture has RGB"),
    "inks on RGB": ("RGB", icc_profiles.lut_profile(b"CMYK", ink_to_lab, steps=2), "it is for CMYK colours"),
    "RGB on inks": ("CMYK", ADOBE, "it is for RGB colours, and the picture has CMYK"),
    "Photo YCC": ("RGB", icc_profiles.profile(b"YCbr", b"XYZ ", {}), "it is for YCbr colours"),
    "Lab": ("RGB", icc_profiles.profile(b"Lab ", b"Lab ", {}), "it is for Lab colours"),
    "a link": ("RGB", icc_profiles.profile(b"RGB ", b"Lab ", {}, kind=b"link"), "it is not about a picture's colours"),
    "too large": ("RGB", ADOBE.ljust(MOST_BYTES + 1, b"\0"), "it is larger than 4 MB"),
    "chained": ("RGB", CHAINED, "it chains elements"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", USELESS)
def test_a_useless_profile_is_ignored_with_a_note(tmp_path: Path, name: str) -> None:
    mode, profile, note = USELESS[name]
    image = Image.fromarray(patches()).convert(mode)
    with_profile, without = tmp_path / "with.tif", tmp_path / "without.tif"
    image.save(with_profile, icc_profile=profile)
    image.save(without)

    assert (decoding.load(with_profile) == decoding.load(without)).all()
    (found,) = decoding.read_header(with_profile).notes
    assert found.startswith(f"colour profile ignored: {note}")
    assert decoding.read_header(without).notes == ()


def test_a_jpeg_that_lacks_a_part_of_its_profile_is_read_with_a_note(tmp_path: Path) -> None:
    path = stored(
        "RGB", patches(), "jpg", icc_profiles.lut_profile(b"RGB ", rgb_to_lab, steps=33), tmp_path
    )
    data = path.read_bytes()
    at = data.index(b"ICC_PROFILE\0") - 4
    path.write_bytes(data[:at] + data[at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0] :])

    assert decoding.load(path).shape == patches().shape
    assert decoding.read_header(path).notes == ("colour profile ignored: it is damaged",)


def test_a_lab_picture_needs_no_profile_and_gets_no_note(tmp_path: Path) -> None:
    path = tmp_path / "lab.tif"
    lab = Image.new("LAB", (32, 32), (136, 128 + 20, 128 + 30))
    lab.save(path, icc_profile=icc_profiles.profile(b"Lab ", b"Lab ", {}))

    wanted = from_lab(np.array([136 / 2.55, 20.0, 30.0]))
    assert np.abs(decoding.load(path)[5, 5].astype(int) - wanted).max() <= 3
    assert decoding.read_header(path).notes == ()


def with_gamma(value: int, pixels: npt.NDArray[np.uint8], path: Path, **options: object) -> Path:
    """Write a PNG with a gAMA chunk, in units of 1/100,000."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", **options)  # type: ignore[arg-type]
    data = buffer.getvalue()
    path.write_bytes(data[:33] + chunk(b"gAMA", struct.pack(">I", value)) + data[33:])
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(("value", "exponent"), [(100_000, 1.0), (55_556, 1.8)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_gamma_of_a_png_is_followed(
    tmp_path: Path, mode: str, value: int, exponent: float
) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    pixels = ramp if mode == "L" else ramp[..., None].repeat(3, axis=2)

    found = decoding.load(with_gamma(value, pixels, tmp_path / "linear.png"))

    assert mean_difference(found, from_grey(ramp, gamma(exponent))) <= SAME


@pytest.mark.parametrize("value", [45_455, 45_000])
def test_the_gamma_of_srgb_changes_nothing(tmp_path: Path, value: int) -> None:
    path = with_gamma(value, patches(), tmp_path / "usual.png")

    assert (decoding.load(path) == patches()).all()


def test_a_profile_wins_over_a_gamma(tmp_path: Path) -> None:
    path = with_gamma(
        100_000, patches(), tmp_path / "both.png", icc_profile=icc_profiles.rgb_profile("sRGB")
    )

    assert (decoding.load(path) == patches()).all()


def test_an_impossible_gamma_is_ignored_with_a_note(tmp_path: Path) -> None:
    path = with_gamma(1, patches(), tmp_path / "odd.png")

    assert (decoding.load(path) == patches()).all()
    assert decoding.read_header(path).notes == ("gamma of 1e-05 ignored",)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32), mode=st.sampled_from(["RGB", "L", "CMYK"]))
def test_an_altered_profile_is_followed_or_ignored_at_once(seed: int, mode: str) -> None:
    dice = np.random.default_rng(seed)
    profiles = {
        "RGB": ADOBE,
        "L": icc_profiles.grey_profile(dot_gain_curve),
        "CMYK": icc_profiles.lut_profile(b"CMYK", ink_to_lab, steps=3),
    }
    changed = bytearray(profiles[mode])
    for _ in range(dice.integers(1, 20)):
        changed[dice.integers(len(changed))] = dice.integers(256)
    image = Image.new(mode, (20, 10))
    started = time.monotonic()

    found = colours_of(image, bytes(changed), is_kept=False).apply(image)

    assert found.size == (20, 10)
    assert time.monotonic() - started < 5
