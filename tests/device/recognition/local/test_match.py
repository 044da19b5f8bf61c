"""A picture leads to the prints that it shows, and to no others."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from seen import lay

from device.bundle import layout
from device.errors import BundleDamagedError
from device.imaging.frames import Pixels
from device.recognition.local.match import FeatureMatcher

PRINTS = 12
ENOUGH = 12
EVERYTHING = 100_000


@pytest.fixture(scope="module")
def matcher(small_bundle: Path) -> FeatureMatcher:
    """Traces to twelve real prints."""
    return FeatureMatcher(small_bundle, PRINTS)


@pytest.fixture
def pictures(print_pictures: Mapping[str, Pixels]) -> list[Pixels]:
    """The twelve, row = item."""
    return list(print_pictures.values())


def beside(left: Pixels, right: Pixels) -> Pixels:
    """Give two pictures side by side."""
    height = max(left.shape[0], right.shape[0])
    both = np.full((height, left.shape[1] + right.shape[1], 3), 128, np.uint8)
    both[: left.shape[0], : left.shape[1]] = left
    both[: right.shape[0], left.shape[1] :] = right
    return both


@pytest.mark.parametrize(("turn", "mirrored"), [(0, False), (200, False), (290, True)])
def test_every_print_is_traced_to_itself_first(
    matcher: FeatureMatcher, pictures: list[Pixels], turn: int, mirrored: bool
) -> None:
    for item, picture in enumerate(pictures):
        shown = lay(picture, turn=turn, mirrored=mirrored).close().frame

        best = matcher.match(shown, excluded=(), enough=ENOUGH)[0]

        assert best.item == item
        assert best.mirrored is mirrored
        assert best.inliers == len(best.fit) >= ENOUGH


def test_a_trace_keeps_the_details_that_agree(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    best = matcher.match(pictures[2], excluded=(), enough=ENOUGH)[0]

    rows, targets = best.fit.matched.T
    assert rows.max() < len(best.seen)
    assert targets.max() < len(best.known)
    assert best.seen.aspect == pytest.approx(pictures[2].shape[1] / pictures[2].shape[0])


def test_a_print_that_is_left_out_is_not_traced_and_no_other_takes_its_place(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    for item, picture in enumerate(pictures):
        found = matcher.match(picture, excluded={item}, enough=ENOUGH)

        assert item not in [trace.item for trace in found]
        assert all(trace.inliers < ENOUGH for trace in found)


def test_two_prints_in_one_picture_are_both_traced_those_with_most_evidence_first(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    found = matcher.match(beside(pictures[3], pictures[9]), excluded=(), enough=ENOUGH)

    assert {trace.item for trace in found if trace.inliers >= ENOUGH} == {3, 9}
    inliers = [trace.inliers for trace in found]
    assert inliers == sorted(inliers, reverse=True)


def test_a_picture_is_tried_in_reverse_only_when_too_little_agrees(
    matcher: FeatureMatcher, pictures: list[Pixels]
) -> None:
    both = beside(pictures[3], np.ascontiguousarray(pictures[9][:, ::-1]))

    content = matcher.match(both, excluded=(), enough=ENOUGH)
    not_content = matcher.match(both, excluded=(), enough=EVERYTHING)

    assert not any(trace.mirrored for trace in content)
    held = {(trace.item, trace.mirrored) for trace in not_content if trace.inliers >= ENOUGH}
    assert held == {(3, False), (9, True)}


@pytest.mark.parametrize("size", [(1, 1), (5, 700), (300, 400)])
def test_a_picture_with_nothing_to_see_is_traced_to_nothing(
    matcher: FeatureMatcher, size: tuple[int, int]
) -> None:
    assert matcher.match(np.full((*size, 3), 128, np.uint8), excluded=(), enough=ENOUGH) == ()


def test_noise_is_not_evidence(matcher: FeatureMatcher) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 300, 3), dtype=np.uint8)

    found = matcher.match(noise, excluded=(), enough=ENOUGH)

    assert all(trace.inliers < ENOUGH for trace in found)


def test_a_bundle_without_a_codebook_is_refused(bundle_copy: Path) -> None:
    (bundle_copy / layout.CODEBOOK).unlink()

    with pytest.raises(BundleDamagedError, match="codebook"):
        FeatureMatcher(bundle_copy, PRINTS)


def test_details_of_another_number_of_prints_are_refused(small_bundle: Path) -> None:
    with pytest.raises(BundleDamagedError, match="local features"):
        FeatureMatcher(small_bundle, PRINTS + 1)
