"""A region with other lines is a mismatch; a hidden, blurred or cut-off region isn't."""

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
from bordered_print import add_border
from posed_print import indexed_features_of, pose

from device.imaging.frames import Pixels
from device.recognition.local import geometric_check
from device.recognition.local.mismatch_region import mismatch_size

# As many mismatched features as inliers are evidence for a print.
MANY = 12


@pytest.fixture(scope="module")
def pictures(print_pictures: Mapping[str, Pixels]) -> list[Pixels]:
    """Return twelve real prints."""
    return list(print_pictures.values())


def mismatch_of(shown: Pixels, known: Pixels) -> float:
    there, here = indexed_features_of(known), indexed_features_of(shown)
    fit = geometric_check.check(here, there)
    assert fit is not None
    assert len(fit) >= MANY
    return mismatch_size(fit, here, there)


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 90, 197])
def test_a_held_print_has_no_large_mismatch_region(pictures: list[Pixels], turn: int) -> None:
    for picture in pictures:
        assert mismatch_of(pose(picture, turn=turn).cropped().frame, picture) < MANY


def test_prints_that_share_only_a_border_have_a_large_mismatch_region(
    pictures: list[Pixels],
) -> None:
    ornament = pictures[7]
    for first, second in ((pictures[1], pictures[5]), (pictures[2], pictures[6])):
        page, other = add_border(ornament, first), add_border(ornament, second)

        assert mismatch_of(pose(page).cropped().frame, other) > MANY
        assert mismatch_of(pose(page).cropped().frame, page) < MANY


@pytest.mark.slow
def test_an_area_hidden_by_a_hand_is_not_a_mismatch(pictures: list[Pixels]) -> None:
    for picture in pictures:
        hidden = picture.copy()
        height, width = picture.shape[:2]
        cv2.ellipse(
            hidden, (width // 2, height), (width // 5, height // 3), 0, 0, 360, (205, 160, 140), -1
        )

        assert mismatch_of(hidden, picture) < MANY


@pytest.mark.slow
def test_a_part_of_a_print_has_no_large_mismatch_region(pictures: list[Pixels]) -> None:
    for picture in pictures:
        height, width = picture.shape[:2]
        part = np.ascontiguousarray(picture[height // 5 :, : 3 * width // 4])

        assert mismatch_of(part, picture) < MANY
