"""The drawing of a hand."""

import numpy as np
import pytest

from device.cameras.table.hand import draw_hand
from device.cameras.table.visits import ARM, HAND_REACH


@pytest.fixture(scope="module")
def hand():
    return draw_hand()


def cover_at(layer, x, y):
    column, row, _ = np.linalg.inv(layer.matrix) @ np.array([x, y, 1.0])
    inside = 0 <= row < layer.picture.shape[0] and 0 <= column < layer.picture.shape[1]
    return int(layer.picture[int(row), int(column), 3]) if inside else 0


def test_the_thumb_lies_on_the_sheet_and_the_fingers_go_under_it(hand):
    assert cover_at(hand.before, -40, -96) > 240
    assert cover_at(hand.before, -60, 10) == 0
    assert cover_at(hand.behind, -60, 10) > 240


def test_the_arm_goes_on_until_it_is_out_of_any_picture(hand):
    for far in (300, 700, 1100):
        assert cover_at(hand.behind, ARM[0] * far, ARM[1] * far) > 240
    assert np.hypot(*ARM) == pytest.approx(1.0, abs=0.01)
    assert HAND_REACH > 1000


def test_colours_are_multiplied_by_alpha(hand):
    for layer in (hand.behind, hand.before):
        assert (layer.picture[..., :3].max(axis=-1) <= layer.picture[..., 3]).all()
        assert layer.picture.flags.c_contiguous


@pytest.mark.slow
def test_a_hand_is_drawn_the_same_each_time(hand):
    assert np.array_equal(draw_hand().behind.picture, hand.behind.picture)
