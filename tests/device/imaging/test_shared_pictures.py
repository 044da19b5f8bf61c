"""The shared cases of pictures come out as their README says.

The other tests here make pictures of the same kinds themselves.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from bench.colour_difference import mean_difference
from converter.ingest import heif_format
from device.errors import PictureError
from device.imaging import decoding

CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "pictures"
pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the shared cases are not next to this checkout"
)
HAS_HEIF = heif_format.register()

REFERENCES = {
    "icc_adobergb.jpg": "icc_adobergb.png",
    "icc_adobergb.png": "icc_adobergb_png.png",
    "icc_prophoto.jpg": "icc_prophoto.png",
    "icc_cmyk.jpg": "icc_cmyk.png",
}
COLOUR = [
    "animated.png",
    "animated.webp",
    "arithmetic.jpg",
    "baseline.jpg",
    "bigtiff.tif",
    "cmyk8.tif",
    "cmyk16.tif",
    "cmyk_noicc.jpg",
    "cut_eoi.jpg",
    "cut_last_20_bytes.jpg",
    "exif_broken.jpg",
    "exif_loop.jpg",
    "icc_adobergb.jpg",
    "icc_adobergb.png",
    "icc_garbage.jpg",
    "icc_prophoto.jpg",
    "lab8.tif",
    "lossless.jpg",
    "lzma.tif",
    "mpo_gainmap.jpg",
    "orient_as_long.jpg",
    "orient_exif.png",
    "orient_exif.webp",
    "photo.avif",
    "photo.heic",
    "photo.jp2",
    "png_big_text.png",
    "png_gama_linear.png",
    "progressive.jpg",
    "rgb16.tif",
    "rgb16_be_tiled.tif",
    "rgb16_deflate_pred.tif",
    "rgb16_planar.tif",
    "rgb_jpeg.jpg",
    "rgb_plus_mask_unspecified.tif",
    "thumb_first.tif",
    "trailing_motion.jpg",
    "zstd.tif",
]
GREY = [
    "fax_g4.tif",
    "grey16_black_print_dark.tif",
    "grey16_miniswhite.tif",
    "grey32.tif",
    "grey8_miniswhite.tif",
    "icc_rgb_on_grey.jpg",
]
NOTED = {
    "icc_garbage.jpg": "colour profile ignored: it is damaged",
    "icc_rgb_on_grey.jpg": "colour profile ignored: it is for RGB colours, and the picture has GRAY",
    "cut_eoi.jpg": "the JPEG lacks its last bytes",
    "cut_last_20_bytes.jpg": "the JPEG lacks its last bytes",
}
REFUSED = {
    "cut_half.jpg": "image file is truncated",
    "float_rgb.tif": "a TIFF of 32-bit floating-point values",
    "float16_rgb.tif": "a TIFF of 16-bit floating-point values",
    "jpeg12bit.jpg": "a JPEG of 12 bits",
    "jxl_in_tiff.tif": "a TIFF compressed as JPEG XL",
    "leading_newline.jpg": "something else",
    "photo.gif": "GIF",
    "photo.jxl": "JPEG XL",
    "webp_in_tiff.tif": "a TIFF compressed as WebP",
}


def load(name: str) -> npt.NDArray[np.uint8]:
    if name == "photo.heic" and not HAS_HEIF:
        pytest.skip("pillow-heif isn't installed")
    return decoding.load(CASES / name)


def upper(pixels: npt.NDArray[np.uint8], ratio: float) -> npt.NDArray[np.uint8]:
    """Return the upper part of a picture, of this ratio; some cases are cropped below."""
    return pixels[: round(pixels.shape[1] * ratio)]


def outline(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return a picture as 16x16 greys around 0."""
    small = Image.fromarray(pixels).convert("L").resize((16, 16), Image.Resampling.BOX)
    values = np.asarray(small, np.float64)
    return values - values.mean()


@pytest.mark.parametrize("name", [*COLOUR, *GREY])
def test_a_picture_is_upright_and_in_its_colours(name: str) -> None:
    whole, whole_wanted = load(name), load("baseline.jpg")
    ratio = min(one.shape[0] / one.shape[1] for one in (whole, whole_wanted))
    pixels, wanted = upper(whole, ratio), upper(whole_wanted, ratio)

    ours, theirs = outline(pixels), outline(wanted)
    alike = (ours * theirs).sum() / np.sqrt((ours**2).sum() * (theirs**2).sum())
    assert alike > 0.97  # neither turned nor a negative
    off = pixels.mean(axis=(0, 1)) - wanted.mean(axis=(0, 1))
    assert np.abs(off).max() < 4 if name in COLOUR else abs(off.mean()) < 12


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCES)
def test_colours_are_those_of_the_reference(name: str) -> None:
    wanted = np.asarray(Image.open(CASES / "reference" / REFERENCES[name]).convert("RGB"))

    difference = mean_difference(load(name), wanted)

    print(f"PICTURES {name}: CIEDE2000 {difference:.2f}")
    assert difference <= 1.5


def test_the_negative_of_a_collection_is_positive() -> None:
    assert load("coll_miniswhite16.tif").mean() > 150


@pytest.mark.parametrize("name", ["png_big_iccp.png", "orient_as_byte.jpg"])
def test_it_is_read_one_way_or_another(name: str) -> None:
    assert min(load(name).shape[:2]) > 100


@pytest.mark.parametrize("name", REFUSED)
def test_check_and_build_refuse_it_in_the_same_line(name: str) -> None:
    lines = []
    for read in (decoding.load, decoding.read_header):
        with pytest.raises(PictureError) as refused:
            read(CASES / name)
        lines.append(str(refused.value))

    assert lines[0] == lines[1]
    assert f"found {REFUSED[name]}" in lines[0]
    assert "\n" not in lines[0]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.*")), ids=lambda path: path.name)
def test_check_and_build_agree_on_every_picture(path: Path) -> None:
    try:
        pixels = decoding.load(path)
    except PictureError:
        with pytest.raises(PictureError):
            decoding.read_header(path)
        return
    header = decoding.read_header(path)
    assert (header.height, header.width) == pixels.shape[:2]
    assert header.notes == ((NOTED[path.name],) if path.name in NOTED else ())
