"""A print fits itself in every pose, at its true place, and no other print."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytest
from posed_print import WIDTH, index_features, indexed_features_of, pose, transform_points, warp

from device.imaging.frames import Pixels
from device.recognition.local import features, geometric_check
from device.recognition.local.inverted_index import PLACE, IndexedFeatures

# Chance alone leads to fewer inliers.
ENOUGH = 12
# Tolerance as a share of the picture's sides.
NEAR = 0.02
INSIDE = np.array([(0.2, 0.2), (0.5, 0.5), (0.8, 0.3), (0.7, 0.8), (0.25, 0.7)])


@pytest.fixture(scope="module")
def known(print_pictures: Mapping[str, Pixels]) -> dict[str, IndexedFeatures]:
    """Return the features of twelve real prints."""
    return {
        record_id: indexed_features_of(picture) for record_id, picture in print_pictures.items()
    }


def noisy(pixels: Pixels) -> Pixels:
    """Return a picture as from a poor camera: darker, of low contrast, noisy."""
    noise = np.random.default_rng(1).normal(0, 6, pixels.shape)
    return np.clip(pixels * 0.7 + 25 + noise, 0, 255).astype(np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 33, 90, 180, 251])
def test_a_rotated_tilted_noisy_print_is_located(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures], turn: int
) -> None:
    for record_id, picture in print_pictures.items():
        laid = pose(picture, turn=turn).cropped()
        frame = noisy(laid.frame)

        fit = geometric_check.check(indexed_features_of(frame), known[record_id])

        assert fit is not None, record_id
        assert len(fit) >= ENOUGH, record_id
        shares = transform_points(INSIDE, laid.to_frame) / (frame.shape[1], frame.shape[0])
        assert np.abs(transform_points(shares, fit.transform) - INSIDE).max() < NEAR, record_id


@pytest.mark.slow
def test_a_part_of_a_print_is_located_and_covers_only_its_share(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures]
) -> None:
    for record_id, picture in print_pictures.items():
        height, width = picture.shape[:2]
        top, left = height // 4, width // 5
        part = np.ascontiguousarray(picture[top : top + height // 2, left : left + 3 * width // 5])

        fit = geometric_check.check(indexed_features_of(part), known[record_id])

        assert fit is not None, record_id
        corners = transform_points(np.array([(0.0, 0.0), (1, 1)]), fit.transform)
        inside = np.array([(0.2, 0.25), (0.8, 0.75)])
        assert np.abs(corners - inside).max() < NEAR, record_id
        assert 0.05 < fit.covered < 0.6, record_id


@pytest.mark.slow
def test_an_inverted_fit_is_that_of_the_other_direction(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures]
) -> None:
    record_id, picture = next(iter(print_pictures.items()))
    print_ = known[record_id]
    height, width = picture.shape[:2]
    part = indexed_features_of(picture[height // 4 :, : width * 2 // 3].copy())
    fit = geometric_check.check(part, print_)
    assert fit is not None

    inverted = geometric_check.inverted(fit, part, print_)

    assert inverted is not None
    assert (inverted.matched == fit.matched[:, ::-1]).all()
    there = transform_points(INSIDE, fit.transform)
    assert np.abs(transform_points(there, inverted.transform) - INSIDE).max() < 1e-6
    assert fit.covered < 0.6 < inverted.covered
    again = geometric_check.inverted(inverted, print_, part)
    assert again is not None
    assert again.covered == pytest.approx(fit.covered)


def test_a_whole_print_fits_itself_with_the_identity_and_covers_all_of_it(
    known: Mapping[str, IndexedFeatures],
) -> None:
    for record_id, print_ in known.items():
        fit = geometric_check.check(print_, print_)

        assert fit is not None
        assert np.allclose(fit.transform, np.eye(3), atol=1e-3), record_id
        assert fit.covered == pytest.approx(1, abs=0.03), record_id


@pytest.mark.slow
def test_inliers_refer_to_existing_features_and_to_none_of_the_prints_twice(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures]
) -> None:
    for record_id, picture in print_pictures.items():
        here = indexed_features_of(pose(picture, turn=20).cropped().frame)

        fit = geometric_check.check(here, known[record_id])

        assert fit is not None
        rows, targets = fit.matched.T
        assert rows.min() >= 0
        assert rows.max() < len(here)
        assert targets.max() < len(known[record_id])
        assert len(set(targets.tolist())) == len(targets) == len(fit)


@pytest.mark.slow
def test_another_print_never_has_enough_inliers(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures]
) -> None:
    for shown, picture in print_pictures.items():
        here = indexed_features_of(pose(picture, turn=10).cropped().frame)
        for record_id, print_ in known.items():
            fit = None if record_id == shown else geometric_check.check(here, print_)

            assert fit is None or len(fit) < ENOUGH, (shown, record_id)


@pytest.mark.slow
def test_a_mirrored_print_fits_only_with_mirrored_features(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures]
) -> None:
    for record_id, picture in print_pictures.items():
        found = features.extract(pose(picture, turn=70, mirrored=True).cropped().frame)

        plain = geometric_check.check(index_features(found), known[record_id])
        reverse = geometric_check.check(index_features(features.mirrored(found)), known[record_id])

        assert plain is None or len(plain) < ENOUGH, record_id
        assert reverse is not None, record_id
        assert len(reverse) >= ENOUGH, record_id


def test_a_mirrored_print_is_located(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures]
) -> None:
    record_id, picture = next(iter(print_pictures.items()))
    laid = pose(picture, turn=70, mirrored=True).cropped()

    fit = geometric_check.check(
        index_features(features.mirrored(features.extract(laid.frame))), known[record_id]
    )

    assert fit is not None
    shares = transform_points(INSIDE, laid.to_frame) / (laid.frame.shape[1], laid.frame.shape[0])
    shares[:, 0] = 1 - shares[:, 0]  # the transform maps from the mirrored frame
    assert np.abs(transform_points(shares, fit.transform) - INSIDE).max() < NEAR


def test_a_wide_frame_and_a_narrow_print_keep_their_own_aspect_ratios(
    print_pictures: Mapping[str, Pixels], known: Mapping[str, IndexedFeatures]
) -> None:
    """Shares of sides differ in scale, so a transform is fitted in square pixels."""
    record_id, picture = next(iter(print_pictures.items()))
    scale = 300 / picture.shape[0]
    to_frame = np.array([(0.0, -scale, 700), (scale, 0, 20), (0, 0, 1)])
    frame = warp(picture, to_frame, WIDTH, 330)

    fit = geometric_check.check(indexed_features_of(frame), known[record_id])

    assert fit is not None
    pixels = transform_points(INSIDE * (picture.shape[1], picture.shape[0]), to_frame)
    assert np.abs(transform_points(pixels / (WIDTH, 330), fit.transform) - INSIDE).max() < NEAR


def made_up(x: np.ndarray, y: np.ndarray, aspect: float = 1.0) -> IndexedFeatures:  # type: ignore[type-arg]
    """Return features at these places, 0..65,535, with very different signatures."""
    places = np.zeros(len(x), PLACE)
    places["x"], places["y"], places["size"] = x, y, 50
    signatures = np.random.default_rng(1).integers(0, 2**64, (len(x), 2), dtype=np.uint64)
    return IndexedFeatures(signatures=signatures, places=places, aspect=aspect)


SPREAD = np.random.default_rng(2).integers(0, 65_536, (2, 40))


@pytest.mark.parametrize("here", [0, 1, 2, 3, 40])
@pytest.mark.parametrize("there", [0, 1, 2, 3])
def test_too_few_features_have_no_fit(here: int, there: int) -> None:
    few, fewer = made_up(*SPREAD[:, :here]), made_up(*SPREAD[:, :there])

    assert geometric_check.check(few, fewer) is None
    assert geometric_check.check(fewer, few) is None


def test_the_same_features_in_the_same_places_are_all_inliers() -> None:
    fit = geometric_check.check(made_up(*SPREAD), made_up(*SPREAD))

    assert fit is not None
    assert len(fit) == 40
    assert np.allclose(fit.transform, np.eye(3), atol=1e-6)


LINE = np.linspace(3000, 60_000, 40).astype(int)
PLACES = {
    "in one place": (np.full(40, 30_000), np.full(40, 9_000)),
    "across": (LINE, np.full(40, 30_000)),
    "down": (np.full(40, 30_000), LINE),
    "askew": (LINE, LINE),
}


@pytest.mark.parametrize("here", [*PLACES.values(), tuple(SPREAD)], ids=[*PLACES, "spread"])
@pytest.mark.parametrize("there", list(PLACES.values()), ids=list(PLACES))
@pytest.mark.parametrize("count", [4, 8, 40])
def test_features_at_one_point_or_on_a_line_have_no_fit(
    here: tuple[np.ndarray, np.ndarray],  # type: ignore[type-arg]
    there: tuple[np.ndarray, np.ndarray],  # type: ignore[type-arg]
    count: int,
) -> None:
    """A transform that fits them is singular, so nothing could be overlaid with it."""
    one, other = made_up(*(axis[:count] for axis in here)), made_up(*(a[:count] for a in there))

    assert geometric_check.check(one, other) is None
    assert geometric_check.check(other, one) is None


def test_features_at_one_point_do_not_fit_a_small_patch_either() -> None:
    """Each is near enough to the patch's centre to agree, but the transform is singular."""
    x, y = (30_000 + SPREAD / 65_535 * 1000).astype(int)
    one, patch = made_up(*PLACES["in one place"]), made_up(x, y)

    assert geometric_check.check(one, patch) is None
    assert geometric_check.check(patch, one) is None


def own_pairs(print_: IndexedFeatures) -> npt.NDArray[np.intp]:
    rows = np.arange(len(print_))
    return np.column_stack([rows, rows])


def test_pairs_at_the_same_places_are_consistent_and_random_pairs_are_not(
    known: Mapping[str, IndexedFeatures],
) -> None:
    for record_id, print_ in known.items():
        pairs = own_pairs(print_)
        shuffled = np.column_stack([pairs[:, 0], np.random.default_rng(2).permutation(pairs[:, 1])])

        alike = geometric_check.count_consistent(print_, print_, pairs)
        by_chance = geometric_check.count_consistent(print_, print_, shuffled)

        # One point has several features if lines run in several directions.
        assert len(pairs) / 2 < alike <= len(pairs), record_id
        assert by_chance < alike / 10, record_id


def test_pairs_that_share_one_point_count_once(
    known: Mapping[str, IndexedFeatures],
) -> None:
    print_ = next(iter(known.values()))

    assert geometric_check.count_consistent(print_, print_, np.zeros((30, 2), np.intp)) == 1
    assert geometric_check.count_consistent(print_, print_, np.empty((0, 2), np.intp)) == 0
