"""A picture matches the prints that it shows, and no others."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from posed_print import pose

from device.bundle import layout
from device.errors import BundleDamagedError
from device.imaging.frames import Pixels
from device.recognition.local.match import FeatureMatcher

PRINTS = 12
ENOUGH = 12
EVERYTHING = 100_000


@pytest.fixture(scope="module")
def matcher(small_bundle: Path) -> FeatureMatcher:
    """Return the matcher of twelve real prints."""
    return FeatureMatcher(small_bundle, PRINTS)


@pytest.fixture
def pictures(print_pictures: Mapping[str, Pixels]) -> list[Pixels]:
    """Return pictures of the twelve prints, indexed by item."""
    return list(print_pictures.values())


def side_by_side(left: Pixels, right: Pixels) -> Pixels:
    """Return two pictures side by side."""
    height = max(left.shape[0], right.shape[0])
    both = np.full((height, left.shape[1] + right.shape[1], 3), 128, np.uint8)
    both[: left.shape[0], : left.shape[1]] = left
    both[: right.shape[0], left.shape[1] :] = right
    return both


@pytest.mark.slow
@pytest.mark.parametrize(("turn", "mirrored"), [(0, False), (200, False), (290, True)])
def test_every_print_matches_itself_first(
    matcher: FeatureMatcher, pictures: list[Pixels], turn: int, mirrored: bool
) -> None:
    for item, picture in enumerate(pictures):
        shown = pose(picture, turn=turn, mirrored=mirrored).cropped().frame

        best = matcher.match(shown, excluded=(), enough=ENOUGH)[0]

        assert best.item == item
        assert best.mirrored is mirrored
        assert best.inliers == len(best.fit) >= ENOUGH


def test_a_match_refers_to_existing_features(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    best = matcher.match(pictures[2], excluded=(), enough=ENOUGH)[0]

    rows, targets = best.fit.matched.T
    assert rows.max() < len(best.seen)
    assert targets.max() < len(best.known)
    assert best.seen.aspect == pytest.approx(pictures[2].shape[1] / pictures[2].shape[0])


@pytest.mark.slow
def test_an_excluded_print_is_not_matched_and_no_other_replaces_it(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    for item, picture in enumerate(pictures):
        found = matcher.match(picture, excluded={item}, enough=ENOUGH)

        assert item not in [match.item for match in found]
        assert all(match.inliers < ENOUGH for match in found)


def test_two_prints_in_one_picture_are_both_matched_most_inliers_first(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    found = matcher.match(side_by_side(pictures[3], pictures[9]), excluded=(), enough=ENOUGH)

    assert {match.item for match in found if match.inliers >= ENOUGH} == {3, 9}
    inliers = [match.inliers for match in found]
    assert inliers == sorted(inliers, reverse=True)


def test_a_picture_is_mirrored_only_with_too_few_inliers(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    both = side_by_side(pictures[3], np.ascontiguousarray(pictures[9][:, ::-1]))

    satisfied = matcher.match(both, excluded=(), enough=ENOUGH)
    exhaustive = matcher.match(both, excluded=(), enough=EVERYTHING)

    assert not any(match.mirrored for match in satisfied)
    held = {(match.item, match.mirrored) for match in exhaustive if match.inliers >= ENOUGH}
    assert held == {(3, False), (9, True)}


@pytest.mark.parametrize("size", [(1, 1), (5, 700), (300, 400)])
def test_a_uniform_picture_matches_nothing(matcher: FeatureMatcher, size: tuple[int, int]) -> None:
    assert matcher.match(np.full((*size, 3), 128, np.uint8), excluded=(), enough=ENOUGH) == ()


def test_noise_has_too_few_inliers(matcher: FeatureMatcher) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 300, 3), dtype=np.uint8)

    found = matcher.match(noise, excluded=(), enough=ENOUGH)

    assert all(match.inliers < ENOUGH for match in found)


def test_a_bundle_without_a_codebook_is_refused(bundle_copy: Path) -> None:
    (bundle_copy / layout.CODEBOOK).unlink()

    with pytest.raises(BundleDamagedError, match="codebook"):
        FeatureMatcher(bundle_copy, PRINTS)


def test_an_index_of_another_number_of_prints_is_refused(small_bundle: Path) -> None:
    with pytest.raises(BundleDamagedError, match="local features"):
        FeatureMatcher(small_bundle, PRINTS + 1)
