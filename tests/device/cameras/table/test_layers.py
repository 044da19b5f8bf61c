"""Laying pictures with transparency over a frame."""

import numpy as np
import pytest

from device.cameras.table import layers
from device.cameras.table.layers import PictureLayer


def plain(colour, alpha, size=(4, 6)):
    picture = np.zeros((*size, 4), np.uint8)
    picture[..., :3] = np.array(colour) * (alpha / 255)
    picture[..., 3] = alpha
    return picture


@pytest.fixture
def frame():
    return np.full((20, 30, 3), 100, np.uint8)


def test_an_opaque_layer_covers_its_place_and_nothing_else(frame):
    layers.lay(frame, PictureLayer(picture=plain((9, 8, 7), 255), matrix=layers.move(10, 5)))

    assert frame[5, 10].tolist() == [9, 8, 7]
    assert (frame != 100).any(axis=-1).sum() == 4 * 6


def test_half_a_shadow_halves_the_light(frame):
    layers.lay(frame, PictureLayer(picture=plain((0, 0, 0), 128), matrix=layers.move(0, 0)))

    assert frame[1, 1, 0] == pytest.approx(50, abs=1)
    assert frame[10, 10, 0] == 100


@pytest.mark.parametrize("at", [(-3, -2), (27, 17), (-3, 17)])
def test_a_layer_is_cut_off_at_the_edge(frame, at):
    layers.lay(frame, PictureLayer(picture=plain((0, 0, 0), 255), matrix=layers.move(*at)))

    assert 0 < (frame == 0).all(axis=-1).sum() < 4 * 6


@pytest.mark.parametrize("at", [(-100, 0), (40, 5), (5, -50), (5, 50)])
def test_a_layer_outside_changes_nothing(frame, at):
    layers.lay(frame, PictureLayer(picture=plain((0, 0, 0), 255), matrix=layers.move(*at)))

    assert (frame == 100).all()


def test_a_turn_is_clockwise_and_a_moved_layer_is_placed_after_its_own_matrix():
    x, y, _ = layers.turn(90) @ np.array([1.0, 0.0, 1.0])
    layer = PictureLayer(picture=plain((0, 0, 0), 255), matrix=layers.scale(2)).moved(
        layers.move(3, 4)
    )

    assert (x, y) == pytest.approx((0.0, 1.0))
    assert (layer.matrix @ np.array([1.0, 1.0, 1.0])).tolist() == [5.0, 6.0, 1.0]
