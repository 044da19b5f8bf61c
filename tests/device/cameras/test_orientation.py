"""Orienting pictures, for every size and region."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.cameras.orientation import orient
from device.config import CameraConfig

_span = st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True).map(sorted)
_regions = st.tuples(_span, _span).map(lambda s: (s[0][0], s[1][0], s[0][1], s[1][1]))
_pictures = st.tuples(st.integers(1, 20), st.integers(1, 20)).map(
    lambda size: np.arange(size[0] * size[1] * 3).astype(np.uint8).reshape(*size, 3)
)
_degrees = st.sampled_from([0, 90, 180, 270])


@pytest.mark.slow
@given(_pictures, _degrees, st.booleans(), _regions)
def test_every_region_of_every_picture_has_contiguous_pixels(picture, degrees, mirror, region):
    result = orient(picture, CameraConfig(rotate_deg=degrees, mirror=mirror, region=region))

    assert result.flags.c_contiguous
    assert result.shape[0] >= 1 and result.shape[1] >= 1 and result.shape[2] == 3


@pytest.mark.slow
@given(_pictures)
def test_four_quarter_turns_change_nothing(picture):
    result = picture
    for _ in range(4):
        result = orient(result, CameraConfig(rotate_deg=90))

    assert np.array_equal(result, picture)


@given(_pictures, _degrees)
def test_a_rotation_and_its_inverse_change_nothing(picture, degrees):
    config = CameraConfig(rotate_deg=degrees)
    there = orient(picture, config)

    back = orient(there, replace(config, rotate_deg=(360 - degrees) % 360))

    assert np.array_equal(back, picture)


@given(_pictures)
def test_mirroring_twice_changes_nothing(picture):
    config = CameraConfig(mirror=True)

    assert np.array_equal(orient(orient(picture, config), config), picture)


@given(_pictures, st.floats(0.1, 0.9))
def test_two_regions_that_share_an_edge_cover_the_picture_once(picture, edge):
    """Each row of pixels is in exactly one of the two regions."""
    top = orient(picture, CameraConfig(region=(0, 0, 1, edge)))
    bottom = orient(picture, CameraConfig(region=(0, edge, 1, 1)))

    if 0 < round(edge * picture.shape[0]) < picture.shape[0]:
        assert np.array_equal(np.concatenate([top, bottom]), picture)
