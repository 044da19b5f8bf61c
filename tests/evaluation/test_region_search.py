"""Boxes have the stated size and lie within the picture; the tallies add up."""

import numpy as np
import pytest

from device.bundle.reader import OpenedBundle
from evaluation import region_search

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("share", region_search.SHARES)
def test_a_box_covers_its_share_within_the_picture(share: float) -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (300, 500, 3), np.uint8)
    for _ in range(20):
        left_top, _, right_bottom, _ = region_search.box_of(pixels, share, rng)
        assert 0 <= left_top.x < right_bottom.x <= 500
        assert 0 <= left_top.y < right_bottom.y <= 300
        area = (right_bottom.x - left_top.x) * (right_bottom.y - left_top.y)
        assert area / 150_000 == pytest.approx(share, rel=0.02)


def test_tallies_count_every_capture(open_small: OpenedBundle) -> None:
    tallies = list(region_search.measure(open_small, 3))
    assert [tally.share for tally in tallies] == list(region_search.SHARES)
    for tally in tallies:
        assert 0 <= tally.accepted <= tally.first <= tally.in_first <= tally.captures <= 3
        assert tally.wrongly_accepted <= tally.captures - tally.first
    assert tallies[0].first == tallies[0].captures > 0
