"""The model's input is 224x224: the whole picture, squashed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from device.errors import BundleFormatError
from device.recognition.embedding import preprocess
from device.recognition.embedding.preprocess import INPUT_SIDE, to_input

SIDES = st.integers(1, 700)


@settings(max_examples=40, deadline=None)
@given(SIDES, SIDES, st.tuples(*[st.integers(0, 255)] * 3))
def test_a_picture_of_one_colour_stays_that_colour(
    height: int, width: int, colour: tuple[int, int, int]
) -> None:
    made = to_input(np.full((height, width, 3), colour, np.uint8))

    assert made.shape == (INPUT_SIDE, INPUT_SIDE, 3)
    assert made.dtype == np.uint8
    assert made.flags.c_contiguous
    assert (made == colour).all()


def test_a_picture_of_the_inputs_size_is_unchanged() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (224, 224, 3), dtype=np.uint8)

    assert (to_input(pixels) == pixels).all()
    assert to_input(pixels[:, ::-1]).flags.c_contiguous


def test_the_whole_picture_is_squashed_without_a_crop() -> None:
    wide = np.zeros((100, 900, 3), np.uint8)
    wide[:, :300], wide[:, 600:] = (255, 0, 0), (0, 0, 255)

    made = to_input(wide)

    assert tuple(made[112, 0]) == (255, 0, 0)
    assert tuple(made[112, 112]) == (0, 0, 0)
    assert tuple(made[112, 223]) == (0, 0, 255)
    assert (made[0] == made[223]).all()


def test_black_and_white_stay_black_and_white_and_a_fine_grid_turns_grey() -> None:
    """A filter that picks pixels would turn a woodcut's hatching into stripes."""
    grid = np.zeros((896, 896, 3), np.uint8)
    grid[::2] = 255

    made = to_input(grid)

    assert to_input(np.zeros((50, 60, 3), np.uint8)).max() == 0
    assert to_input(np.full((50, 60, 3), 255, np.uint8)).min() == 255
    assert abs(made.astype(int) - 127).max() <= 24  # a filter that picks pixels is 127 off


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (224, 223), (225, 224), (1200, 800)])
def test_the_resize_is_pillows_bilinear_after_averaging(size: tuple[int, int]) -> None:
    """The index was built with this resize, and another filter changes every fingerprint."""
    pixels = np.random.default_rng(2).integers(0, 256, (*size, 3), dtype=np.uint8)
    wanted = Image.fromarray(pixels).resize(
        (224, 224), Image.Resampling.BILINEAR, reducing_gap=1.25
    )

    assert (to_input(pixels) == np.asarray(wanted)).all()


def test_whole_pixels_are_averaged_first_and_the_edges_are_not_moved() -> None:
    """1280x960 is averaged by 4 and 3 from the picture's own edges, then filtered."""
    pixels = np.random.default_rng(3).integers(0, 256, (960, 1280, 3), dtype=np.uint8)
    reduced = Image.fromarray(pixels).reduce((4, 3))
    wanted = reduced.resize((224, 224), Image.Resampling.BILINEAR)

    assert (to_input(pixels) == np.asarray(wanted)).all()


def test_a_bundle_of_another_resize_is_refused_and_both_are_named() -> None:
    preprocess.check(preprocess.RESIZE, "dahlem")

    with pytest.raises(BundleFormatError) as caught:
        preprocess.check("squash-lanczos", "dahlem")

    assert str(caught.value).startswith("dahlem: ")
    assert preprocess.RESIZE in str(caught.value)
    assert "squash-lanczos" in str(caught.value)
