"""CIEDE2000 gives the values that its authors publish.

Source: Sharma, Wu and Dalal (2005), table 1: pairs of colours in CIELab, with their difference.
"""

import numpy as np
import pytest

from bench.colour_difference import ciede2000, mean_difference, to_lab

PAIRS = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "difference"), PAIRS)
def test_published_pairs(
    one: tuple[float, ...], other: tuple[float, ...], difference: float
) -> None:
    for first, second in ((one, other), (other, one)):
        found = ciede2000(np.array([first]), np.array([second]))
        assert found[0] == pytest.approx(difference, abs=1e-4)


def test_white_and_black_are_the_ends_of_the_scale() -> None:
    ends = np.array([[[255, 255, 255], [0, 0, 0]]], np.uint8)

    assert to_lab(ends) == pytest.approx(np.array([[[100, 0, 0], [0, 0, 0]]]), abs=0.01)
    assert mean_difference(ends, ends) == 0
    assert mean_difference(ends, ends[:, ::-1]) == pytest.approx(100, abs=0.01)
