"""A still WebP has the same pixels as Pillow's own, at the size that is wanted."""

import io

import numpy as np
import pytest
from PIL import Image

from device.imaging.formats import webp_image
from device.imaging.formats.webp_image import StillWebpImage

EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"


def picture(mode: str) -> Image.Image:
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 4), np.uint8)
    return Image.fromarray(noise).resize((400, 300), Image.Resampling.BICUBIC).convert(mode)


def saved(image: Image.Image, **options: object) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, "WEBP", **options)
    return file


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
def test_the_pixels_are_pillows(mode: str, lossless: bool) -> None:
    file = saved(picture(mode), lossless=lossless)

    found, wanted = StillWebpImage(file), Image.open(io.BytesIO(file.getvalue()))

    assert (found.size, found.mode) == (wanted.size, wanted.mode)
    assert np.array_equal(np.asarray(found), np.asarray(wanted))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_it_is_decoded_at_the_size_that_is_requested(mode: str) -> None:
    image = picture(mode)
    found = StillWebpImage(saved(image, lossless=True))

    found.draft("RGB", (100, 100))
    found.load()

    assert found.size == (100, 75)
    averaged = image.resize((100, 75), Image.Resampling.BOX)
    difference = np.asarray(found, np.int16) - np.asarray(averaged, np.int16)
    assert np.abs(difference).mean() < 4


def test_a_smaller_picture_keeps_its_size() -> None:
    found = StillWebpImage(saved(picture("RGB")))
    found.draft("RGB", (4000, 4000))
    found.load()
    assert found.size == (400, 300)


def test_profile_and_orientation_are_found() -> None:
    found = StillWebpImage(saved(picture("RGB"), exif=EXIF, icc_profile=b"a profile"))

    assert found.info["icc_profile"] == b"a profile"
    assert found.getexif()[0x0112] == 6


@pytest.mark.parametrize("lossless", [True, False])
def test_a_file_that_ends_early_is_damaged(lossless: bool) -> None:
    data = saved(picture("RGB"), lossless=lossless).getvalue()

    with pytest.raises(OSError, match="truncated"):
        StillWebpImage(io.BytesIO(data[:-30])).load()
    with pytest.raises(SyntaxError):
        StillWebpImage(io.BytesIO(data[:20]))


def test_an_animation_is_left_to_pillow() -> None:
    image = picture("RGB")
    file = saved(image, save_all=True, append_images=[Image.new("RGB", image.size)])

    assert not webp_image.is_readable(file)
    assert webp_image.size_of(file) == (400, 300)
    with pytest.raises(SyntaxError):
        StillWebpImage(file)


@pytest.mark.parametrize("data", [b"", b"RIFF" + bytes(40), b"RIFF\0\0\0\0WEBPVP8 " + bytes(40)])
def test_what_is_no_webp_has_no_size(data: bytes) -> None:
    assert webp_image.size_of(io.BytesIO(data)) is None
