"""Evidence locates a print in the frame, so that a screen can overlay one on the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from posed_print import HEIGHT, WIDTH, PosedPrint, pose, transform_points

from device.imaging.corners import clockwise, to_corners, to_points
from device.imaging.frames import Pixels
from device.imaging.rectify import rectify
from device.recognition.local import evidence
from device.recognition.local.evidence import Evidence
from device.recognition.local.match import FeatureMatch, FeatureMatcher

ENOUGH = 12
SIDE = 448
NEAR = 0.02
INSIDE = np.array([(0.2, 0.2), (0.5, 0.5), (0.8, 0.3), (0.7, 0.8), (0.25, 0.7)])
# The four quarter turns, and rotations in between as in a hand.
TURNS = (0, 90, 180, 270)
HELD = (*TURNS, 25, 65, 200, 335)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A print laid in a frame, and the kiosk's match and evidence."""

    laid: PosedPrint
    match: FeatureMatch
    evidence: Evidence


Locate = Callable[[int, bool], Located]


@pytest.fixture(scope="module")
def matcher(small_bundle: Path) -> FeatureMatcher:
    """Return the matcher of twelve real prints."""
    return FeatureMatcher(small_bundle, 12)


@pytest.fixture(scope="module", params=[2, 6], ids=["upright", "lying"])
def picture(request: pytest.FixtureRequest, print_pictures: Mapping[str, Pixels]) -> Pixels:
    """Return one of two real prints."""
    return list(print_pictures.values())[request.param]


@pytest.fixture(scope="module")
def locate(matcher: FeatureMatcher, picture: Pixels) -> Locate:
    """Return a cached function that rectifies, matches and locates a print as the kiosk does."""

    @cache
    def located(turn: int, mirrored: bool) -> Located:
        laid = pose(picture, turn=turn, mirrored=mirrored)
        corners = to_corners(to_points(laid.corners))
        view = rectify(laid.frame, corners, side=SIDE)
        match = matcher.match(view, excluded=(), enough=ENOUGH)[0]
        return Located(
            laid=laid, match=match, evidence=evidence.from_match(match, corners, laid.frame)
        )

    return located


@pytest.mark.slow
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", HELD)
def test_the_transform_maps_frame_pixels_to_the_same_place_in_the_record(
    locate: Locate, turn: int, mirrored: bool
) -> None:
    seen = locate(turn, mirrored)

    found = seen.evidence
    assert found.mirrored is mirrored
    assert found.inliers == seen.match.inliers == len(found.points) >= ENOUGH
    assert 0 < found.covered <= 1
    back = transform_points(
        transform_points(INSIDE, seen.laid.to_frame), np.array(found.transform).reshape(3, 3)
    )
    assert np.abs(back - INSIDE).max() < NEAR


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [0, 65])
def test_the_inliers_agree_with_the_transform(locate: Locate, turn: int, mirrored: bool) -> None:
    seen = locate(turn, mirrored)

    found = seen.evidence.points
    frame = np.array([(point.x, point.y) for point in found])
    record = np.array([(point.record_x, point.record_y) for point in found])
    transform = np.array(seen.evidence.transform).reshape(3, 3)
    assert np.abs(transform_points(frame, transform) - record).max() < 0.03
    assert np.abs(transform_points(record, seen.laid.to_frame) - frame).max() < 0.03 * WIDTH


@pytest.mark.parametrize("mirrored", [False, True])
def test_evidence_is_the_same_for_a_match_of_the_whole_frame(
    matcher: FeatureMatcher, picture: Pixels, mirrored: bool
) -> None:
    laid = pose(picture, turn=90, mirrored=mirrored).cropped()
    match = matcher.match(laid.frame, excluded=(), enough=ENOUGH)[0]

    found = evidence.from_match(match, None, laid.frame)

    back = transform_points(
        transform_points(INSIDE, laid.to_frame), np.array(found.transform).reshape(3, 3)
    )
    assert np.abs(back - INSIDE).max() < NEAR
    assert evidence.rotation_of(found) == 90


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", HELD)
def test_the_rotation_is_clockwise_to_the_nearest_quarter_turn(
    locate: Locate, turn: int, mirrored: bool
) -> None:
    assert evidence.rotation_of(locate(turn, mirrored).evidence) == round(turn / 90) * 90 % 360


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", HELD)
def test_the_corners_start_at_the_prints_own_top_left(
    locate: Locate, turn: int, mirrored: bool
) -> None:
    seen = locate(turn, mirrored)
    as_found = to_corners(to_points(seen.laid.corners))

    own = to_points(evidence.corners_from_print_top_left(as_found, seen.evidence))

    assert np.allclose(own, to_points(seen.laid.corners))
    assert np.allclose(clockwise(own), to_points(as_found))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", [*TURNS, 25])
def test_the_cut_out_print_is_upright_and_unmirrored(
    locate: Locate, picture: Pixels, turn: int, mirrored: bool
) -> None:
    seen = locate(turn, mirrored)

    shown = evidence.cut_out_print(seen.laid.frame, seen.evidence, seen.match.known.aspect)

    height, width = shown.shape[:2]
    assert width / height == pytest.approx(picture.shape[1] / picture.shape[0], rel=0.02)
    assert shown.dtype == np.uint8
    assert shown.flags.c_contiguous
    upright = correlation(shown, picture)
    assert upright > 0.9
    assert upright > correlation(shown[:, ::-1], picture) + 0.1
    assert upright > correlation(shown[::-1], picture) + 0.1


def test_the_cut_out_print_does_not_depend_on_the_frames_size(
    locate: Locate, picture: Pixels
) -> None:
    seen = locate(25, False)
    at_small = evidence.cut_out_print(seen.laid.frame, seen.evidence, seen.match.known.aspect)

    frame = cv2.resize(seen.laid.frame, (4 * WIDTH, 4 * HEIGHT), interpolation=cv2.INTER_CUBIC)
    transform = np.array(seen.evidence.transform).reshape(3, 3) @ np.diag([0.25, 0.25, 1.0])
    larger = replace(seen.evidence, transform=tuple(float(v) for v in transform.reshape(-1)))
    at_large = evidence.cut_out_print(np.asarray(frame), larger, seen.match.known.aspect)

    assert at_large.shape == at_small.shape
    assert correlation(at_large, at_small) > 0.99


def correlation(one: Pixels, other: Pixels) -> float:
    """Return the correlation of two pictures' pixels, -1..1."""
    size = one.shape[1], one.shape[0]
    pair = [np.ascontiguousarray(one), cv2.resize(other, size, interpolation=cv2.INTER_AREA)]
    greys = [cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (0, 0), 2) for p in pair]
    return float(np.corrcoef(*(grey.astype(float).ravel() for grey in greys))[0, 1])
