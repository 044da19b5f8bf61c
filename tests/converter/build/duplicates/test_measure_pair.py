"""Two pictures are measured in both directions."""

from collections.abc import Mapping

import numpy as np
import pytest
import related_pictures
from shared_codebook import trained_codebook

from converter.build.duplicates.measure_pair import PairMeasures, measure, swapped
from converter.build.features import make_entry
from device.imaging.frames import Pixels
from device.recognition.local.inverted_index import IndexedFeatures

pytestmark = pytest.mark.slow


def indexed(pixels: Pixels) -> IndexedFeatures:
    entry = make_entry(pixels, trained_codebook())
    return IndexedFeatures(signatures=entry.signatures, places=entry.places, aspect=entry.aspect)


def measured(first: Pixels, second: Pixels, *, mirrored: bool = False) -> PairMeasures:
    found = measure(indexed(first), indexed(second), inliers=12, mirrored=mirrored)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def picture(print_pictures: Mapping[str, Pixels]) -> Pixels:
    return next(iter(print_pictures.values()))


def test_another_scan_shows_all_of_the_picture(picture: Pixels) -> None:
    found = measured(picture, related_pictures.another_scan(picture))

    assert found.inliers > 60
    assert min(found.covered_first, found.covered_second) > 0.8
    assert min(found.shown_first, found.shown_second) > 0.95
    assert found.gap < 6
    assert len(found.points_first) == len(found.points_second) == found.inliers
    assert np.abs(found.points_first - found.points_second).max() < 0.03


def test_a_detail_shows_only_a_part_of_the_whole(picture: Pixels) -> None:
    found = measured(picture, related_pictures.detail(picture))

    assert found.shown_first < 0.5
    assert found.shown_second > 0.95
    # The detail is the middle half of each side.
    assert np.abs(found.points_first - (found.points_second / 2 + 0.25)).max() < 0.03


def test_a_changed_half_is_a_mismatch(
    picture: Pixels, print_pictures: Mapping[str, Pixels]
) -> None:
    other = list(print_pictures.values())[1]

    found = measured(picture, related_pictures.other_state(picture, other))

    assert found.gap > 12
    assert found.points_first[:, 0].max() < 0.6


def test_points_of_a_mirrored_picture_are_those_of_the_picture_as_it_is(picture: Pixels) -> None:
    flipped = related_pictures.mirrored(picture)

    found = measured(flipped, flipped, mirrored=True)

    assert found.mirrored
    assert np.abs(found.points_first[:, 0] - (1 - found.points_second[:, 0])).max() < 0.03


def test_the_direction_with_more_inliers_is_measured(picture: Pixels) -> None:
    first, second = indexed(picture), indexed(related_pictures.another_scan(picture))

    one = measure(first, second, inliers=12)
    other = measure(second, first, inliers=12)

    assert one is not None
    assert other is not None
    assert one.inliers == other.inliers
    assert one.covered_first == pytest.approx(other.covered_second, abs=0.05)
    back = swapped(one)
    assert (back.covered_first, back.shown_first) == (one.covered_second, one.shown_second)
    assert back.points_first is one.points_second


def test_different_prints_have_no_measures(print_pictures: Mapping[str, Pixels]) -> None:
    first, second, *_ = print_pictures.values()

    assert measure(indexed(first), indexed(second), inliers=12) is None
