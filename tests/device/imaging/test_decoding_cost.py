"""A picture's cost is known before it is decoded, in bytes."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from bench.crafted_pictures import jpeg, png, resized_jpeg, scan_bomb
from device.errors import PictureError
from device.imaging import decoding
from device.imaging.decoding_cost import UPLOADS, Budget, check_cost

SMALL = Budget(
    jpeg_pixels=2_000_000, other_pixels=1_000_000, held_bytes=2_000_000, scans=20, advice=", or so"
)


def draft_of(data: bytes, budget: Budget = SMALL, side: int | None = 100) -> tuple[int, int] | None:
    file = io.BytesIO(data)
    with Image.open(file) as image:
        return check_cost(image, file, "a", budget, side=side)


def test_a_baseline_jpeg_is_scaled_while_both_sides_stay_longer_than_the_result() -> None:
    assert draft_of(jpeg(400, 300)) == (200, 150)
    assert draft_of(jpeg(199, 300)) is None


def test_a_panorama_is_scaled_further_where_it_would_cost_too_much() -> None:
    assert draft_of(jpeg(9000, 150)) == (4500, 75)
    assert draft_of(jpeg(9000, 150), replace(SMALL, held_bytes=6_000_000)) is None


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (jpeg(1500, 1400), "expected at most 2 megapixels, found 2.1; scale it down"),
        (png(1001, 1000), "expected at most 1 megapixels, found 1; scale it down, or so"),
        (png(900, 900), "expected at most 0 megapixels in a PNG, found 0.81; scale it down, or so"),
        (
            jpeg(1300, 1300, progressive=True, subsampling=0),
            "expected at most 0 megapixels in a progressive JPEG, found 1.69; scale it down, or save it as a baseline JPEG",
        ),
        (
            scan_bomb(20, side=64),
            "expected at most 20 scans, found 21; save it as a baseline JPEG",
        ),
    ],
)
def test_a_picture_above_the_budget_is_refused_with_what_works(data: bytes, found: str) -> None:
    with pytest.raises(PictureError) as refusal:
        draft_of(data)
    assert str(refusal.value) == f"a: {found}"


def test_a_jpeg_that_is_wanted_whole_is_not_scaled() -> None:
    assert draft_of(jpeg(400, 300), side=None) is None
    with pytest.raises(PictureError, match=r"at most 0 megapixels, found 1\.96; scale it down"):
        draft_of(jpeg(1400, 1400), side=None)


def test_grey_costs_less_than_colour() -> None:
    assert draft_of(png(900, 900, colour=0), side=None) is None


def test_an_upload_of_two_hundred_megapixels_is_allowed_where_it_is_baseline() -> None:
    whole = jpeg(64, 64)
    assert draft_of(resized_jpeg(whole, 16_320, 12_240), UPLOADS, 1600) == (4080, 3060)
    assert draft_of(resized_jpeg(whole, 4000, 3000), UPLOADS, 1600) is None
    with pytest.raises(PictureError, match=r"at most 200 megapixels, found 201"):
        draft_of(resized_jpeg(whole, 16_400, 12_240), UPLOADS, 1600)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_webp_of_sixteen_megapixels_is_allowed_since_it_is_scaled_while_it_is_decoded(
    mode: str,
) -> None:
    file = io.BytesIO()
    Image.new(mode, (4096, 4096)).save(file, "WEBP", lossless=True, method=0)

    assert decoding.decode(file.getvalue(), name="a").shape == (1600, 1600, 3)


def test_an_honest_progressive_upload_is_allowed() -> None:
    whole = jpeg(64, 64, progressive=True, subsampling=0)
    assert draft_of(resized_jpeg(whole, 4000, 3000), UPLOADS, 1600) == (2000, 1500)
    with pytest.raises(
        PictureError, match=r"at most 16 megapixels in a progressive JPEG, found 64"
    ):
        draft_of(resized_jpeg(whole, 8000, 8000), UPLOADS, 1600)
