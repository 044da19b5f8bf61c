"""Features are detected in structured pictures, and again if mirrored or resized."""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.features import DESCRIPTOR_LENGTH, SIDE, Features

# Of the picture's longest side: how far a feature may move.
NEAR = 0.01


@pytest.fixture(params=[0, 4, 8])
def picture(request: pytest.FixtureRequest, print_pictures: Mapping[str, Pixels]) -> Pixels:
    """Return one of three real prints."""
    return list(print_pictures.values())[request.param]


def coincide(one: Features, other: Features) -> npt.NDArray[np.bool_]:
    """Return which features coincide in position and orientation: bool (N, M)."""
    far = np.linalg.norm(one.places[:, np.newaxis] - other.places, axis=2)
    turned = np.abs((one.angles[:, np.newaxis] - other.angles + np.pi) % (2 * np.pi) - np.pi)
    return np.asarray((far < NEAR * max(one.width, one.height)) & (turned < 0.2))


def flipped(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def test_mirrored_features_are_those_of_the_mirrored_picture(picture: Pixels) -> None:
    reversed_order = features.mirrored(features.extract(picture))
    reversed_picture = features.extract(flipped(picture))

    same = coincide(reversed_order, reversed_picture)
    alike = reversed_order.descriptors @ reversed_picture.descriptors.T
    best = np.where(same, alike, -1).max(axis=1)

    assert same.any(axis=1).mean() > 0.85
    assert (best > 0.95).mean() > 0.8


def test_a_mirrored_print_matches_only_after_its_features_are_mirrored(
    picture: Pixels,
) -> None:
    upright, in_reverse = features.extract(picture), features.extract(flipped(picture))

    plain = (upright.descriptors @ in_reverse.descriptors.T).max(axis=1)
    turned = (features.mirrored(upright).descriptors @ in_reverse.descriptors.T).max(axis=1)

    assert (turned > 0.95).mean() > 0.8
    assert (plain > 0.95).mean() < 0.2


def test_mirroring_twice_changes_nothing(picture: Pixels) -> None:
    once = features.extract(picture)

    twice = features.mirrored(features.mirrored(once))

    assert np.allclose(twice.places, once.places, atol=1e-3)
    assert np.allclose(twice.angles % (2 * np.pi), once.angles % (2 * np.pi), atol=1e-4)
    assert np.array_equal(twice.descriptors, once.descriptors)


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 2000), (2000, 1), (200, 150)])
def test_a_uniform_picture_has_no_features(size: tuple[int, int]) -> None:
    found = features.extract(np.zeros((*size, 3), np.uint8))

    assert len(found) == len(found.places) == len(found.sizes) == len(found.angles) == 0
    assert found.descriptors.shape == (0, DESCRIPTOR_LENGTH)
    assert (found.height, found.width) == size
    assert len(features.mirrored(found)) == 0


def test_features_are_within_the_picture_and_descriptors_have_unit_length(picture: Pixels) -> None:
    found = features.extract(picture)

    assert (found.width, found.height) == (picture.shape[1], picture.shape[0])
    assert (found.places >= 0).all()
    assert (found.places <= (found.width, found.height)).all()
    assert (found.sizes > 0).all()
    assert ((found.angles >= 0) & (found.angles <= 2 * np.pi)).all()
    assert np.allclose(np.linalg.norm(found.descriptors, axis=1), 1, atol=1e-5)
    for array in (found.places, found.sizes, found.angles, found.descriptors):
        assert array.dtype == np.float32


def test_only_the_strongest_features_are_kept(picture: Pixels) -> None:
    few, many = features.extract(picture, max_features=50), features.extract(
        picture, max_features=200
    )

    assert len(few) == 50
    assert len(many) == 200
    # The strongest come first, so the few are the first of the many, except for ties.
    kept = coincide(few, many)[:, :60].any(axis=1)
    assert kept.mean() > 0.9


def test_a_picture_has_the_same_features_at_twice_the_size(picture: Pixels) -> None:
    height, width = picture.shape[:2]
    shrink = SIDE / max(height, width)
    size = round(width * shrink), round(height * shrink)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    large = cv2.resize(small, (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_NEAREST)

    at_small, at_large = features.extract(small), features.extract(large)

    halved = Features(
        places=at_large.places / 2,
        sizes=at_large.sizes / 2,
        angles=at_large.angles,
        descriptors=at_large.descriptors,
        width=at_small.width,
        height=at_small.height,
    )
    same = coincide(at_small, halved)
    partner = same.argmax(axis=1)
    assert same.any(axis=1).mean() > 0.95
    assert np.median(halved.sizes[partner] / at_small.sizes) == pytest.approx(1, abs=0.02)
