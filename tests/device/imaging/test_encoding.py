"""Pictures are encoded within the wanted side, and what is encoded stays as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.imaging import decoding, encoding


@pytest.mark.slow
@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_an_encoded_picture_fits_the_side_when_decoded(width: int, height: int, side: int) -> None:
    pixels = np.full((height, width, 3), 200, np.uint8)

    for data in (
        encoding.to_jpeg(pixels, side=side),
        encoding.to_webp(pixels, side=side, quality=80),
    ):
        found = decoding.decode(data, name="own")
        assert max(found.shape[:2]) == min(max(width, height), side)
        assert np.abs(found.astype(int) - 200).max() <= 4


def test_encoding_does_not_change_the_pixels() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (64, 96, 3), np.uint8)
    before = pixels.copy()

    encoding.to_jpeg(pixels, side=10)
    encoding.to_webp(pixels, side=10, quality=50)

    assert (pixels == before).all()
