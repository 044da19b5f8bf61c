"""Thresholds are fitted on captures whose print is left out of the collection."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.calibrate.captures import PrintPicture
from converter.calibrate.duplicates import SAME_IMAGE_INLIERS
from converter.calibrate.thresholds import (
    CAUTIOUS_SAME_IMAGE,
    CAUTIOUS_SIMILAR,
    ENOUGH_PRINTS,
    FALSE_BY_FEATURES,
    FALSE_BY_FINGERPRINT,
    FEWEST_INLIERS,
    GAP_EXCEEDED_SHARE,
    PARTIAL_SHARE,
    SIMILAR_SHARE,
    SMALLEST_GAP,
    UNFITTED,
    CaptureOutcome,
    evidence_of,
    fit,
    observe,
)
from converter.ingest.item import Item
from device.bundle.manifest import Manifest
from device.bundle.reader import OpenedBundle, opened
from device.imaging import frames
from device.imaging.frames import Pixels
from device.recognition.local.match import FeatureMatcher
from device.recognition.recogniser import Recogniser
from device.recognition.verdict import MatchEvidence, Verdict, decide
from evaluation.scored_prints import is_scored

# The whole print, found by its local features.
CLEAR = MatchEvidence(cosine=0.95, inliers=80, covered=0.5, gap=0.0, mirrored=False, is_sheet=True)
# Similar to its nearest print, but not the same image.
STRANGER = MatchEvidence(cosine=0.5, inliers=4, covered=0.0, gap=0.0, mirrored=False, is_sheet=True)
# No print is left to compare it with.
ALONE = MatchEvidence(cosine=None, inliers=0, covered=0.0, gap=0.0, mirrored=False, is_sheet=True)


def outcome(
    item: int = 0,
    *,
    known: MatchEvidence = CLEAR,
    unknown: MatchEvidence = STRANGER,
    is_right: bool = True,
) -> CaptureOutcome:
    return CaptureOutcome(item=item, is_right=is_right, known=known, unknown=unknown)


def accepted(evidence: MatchEvidence, fitted: object) -> bool:
    return decide(evidence, fitted) in (Verdict.SAME_PRINT, Verdict.SAME_IMAGE)  # type: ignore[arg-type]


# Possible evidence for a left-out print that has no other duplicate.
UNKNOWN = st.builds(
    MatchEvidence,
    cosine=st.floats(0, 0.99),
    inliers=st.integers(0, SAME_IMAGE_INLIERS - 2),
    covered=st.floats(0, 1),
    gap=st.floats(0, 400),
    mirrored=st.booleans(),
    is_sheet=st.booleans(),
)
ANYTHING = st.builds(
    MatchEvidence,
    cosine=st.one_of(st.none(), st.floats(-1, 1)),
    inliers=st.integers(0, 400),
    covered=st.floats(0, 1),
    gap=st.floats(0, 400),
    mirrored=st.booleans(),
    is_sheet=st.booleans(),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(UNKNOWN, min_size=20, max_size=40), st.integers(4, 12))
def test_few_left_out_prints_are_accepted_by_thresholds_fitted_on_them(
    unknown: list[MatchEvidence], times: int
) -> None:
    seen = [outcome(unknown=evidence) for evidence in unknown] * times

    fitted = fit(seen).thresholds

    by_details = sum(
        one.unknown.inliers >= fitted.inliers and one.unknown.gap <= fitted.gap for one in seen
    )
    in_all = sum(accepted(one.unknown, fitted) for one in seen)
    assert by_details <= FALSE_BY_FEATURES * len(seen)
    assert in_all <= (FALSE_BY_FEATURES + FALSE_BY_FINGERPRINT) * len(seen)


@pytest.mark.parametrize("inliers", [0, 4, FEWEST_INLIERS - 1])
@pytest.mark.parametrize("prints", [5, 2 * ENOUGH_PRINTS])
def test_fewer_than_twelve_inliers_are_never_evidence(inliers: int, prints: int) -> None:
    seen = [outcome(n, unknown=replace(STRANGER, inliers=inliers)) for n in range(prints)]

    assert fit(seen).thresholds.inliers == FEWEST_INLIERS == 12


def test_the_fewest_inliers_are_just_above_those_of_chance_matches() -> None:
    few = [outcome(n, unknown=replace(STRANGER, inliers=20)) for n in range(6)]
    many = [outcome(n) for n in range(594)]

    assert fit(few + many).thresholds.inliers == 21
    # One in two hundred may pass.
    assert fit(few[:2] + many).thresholds.inliers == FEWEST_INLIERS


def test_a_left_out_print_with_very_many_inliers_counts_as_an_unlisted_duplicate() -> None:
    """Many copies of one image must not raise the threshold for all other prints."""
    copies = [outcome(n, unknown=replace(CLEAR, inliers=300)) for n in range(50)]

    assert fit(copies + [outcome(n) for n in range(50)]).thresholds.inliers == SAME_IMAGE_INLIERS


def test_prints_that_share_only_a_border_are_left_to_the_fingerprint() -> None:
    """Such prints have a hundred inliers and a large mismatch region."""
    bordered = replace(STRANGER, inliers=116, gap=28.0, cosine=0.8)
    seen = [outcome(n, unknown=bordered) for n in range(200)]

    fitted = fit(seen).thresholds

    assert fitted.inliers == FEWEST_INLIERS
    assert fitted.gap == SMALLEST_GAP
    assert fitted.same_image > 0.8
    assert not accepted(bordered, fitted)


def test_mismatch_regions_of_known_prints_are_allowed() -> None:
    seen = [outcome(n, known=replace(CLEAR, cosine=0.3, gap=n / 10)) for n in range(400)]

    fitted = fit(seen).thresholds

    refused = [one for one in seen if not accepted(one.known, fitted)]
    assert 0 < len(refused) <= GAP_EXCEEDED_SHARE * len(seen)


def test_the_fingerprint_alone_is_trusted_just_above_the_cosines_of_left_out_prints() -> None:
    near = [outcome(n, unknown=replace(STRANGER, cosine=0.5 + n / 1000)) for n in range(400)]

    fitted = fit(near).thresholds

    assert fitted.same_image == pytest.approx(0.5 + 0.398 + 0.005, abs=1e-4)
    # A tenth of the left-out prints are shown similar prints.
    similar = sum(one.unknown.cosine >= fitted.similar for one in near if one.unknown.cosine)
    assert similar / len(near) == pytest.approx(SIMILAR_SHARE, abs=0.01)


def test_few_whole_prints_are_answered_as_a_part() -> None:
    seen = [outcome(n, known=replace(CLEAR, covered=0.1 + n / 1000)) for n in range(500)]

    fitted = fit(seen).thresholds

    parts = [one for one in seen if decide(one.known, fitted) is Verdict.SAME_IMAGE]
    assert 0 < len(parts) <= PARTIAL_SHARE * len(seen)


def test_wrong_and_unsure_captures_do_not_affect_the_covered_share() -> None:
    wrong = [outcome(n, known=replace(CLEAR, covered=0.01), is_right=False) for n in range(50)]
    unsure = [outcome(n, known=replace(CLEAR, covered=0.01, inliers=5)) for n in range(50)]

    fitted = fit([*wrong, *unsure, *(outcome(n) for n in range(100))]).thresholds

    assert fitted.covered == 0.5


@pytest.mark.parametrize("prints", [1, 2, 5, ENOUGH_PRINTS - 1])
def test_few_prints_get_cautious_cosines_and_a_note(prints: int) -> None:
    found = fit([outcome(n) for n in range(prints)])

    assert found.thresholds.same_image == CAUTIOUS_SAME_IMAGE
    assert found.thresholds.similar == CAUTIOUS_SIMILAR
    assert found.note is not None
    assert f"fitted on {prints} prints" in found.note
    assert "cautious values" in found.note


def test_enough_prints_get_fitted_cosines_and_no_note() -> None:
    found = fit([outcome(n) for n in range(ENOUGH_PRINTS)])

    assert found.note is None
    assert found.thresholds.same_image == pytest.approx(0.505)
    assert found.thresholds.similar == pytest.approx(0.5)


def test_few_similar_prints_raise_the_cosine_above_the_cautious_one() -> None:
    found = fit([outcome(n, unknown=replace(STRANGER, cosine=0.95)) for n in range(10)])

    assert found.thresholds.same_image == pytest.approx(0.955)


def test_error_rates_are_measured_on_prints_that_were_not_fitted_on() -> None:
    """Left out, every other print resembles another; fitted on the rest, half would pass."""
    like, unlike = replace(STRANGER, inliers=25), STRANGER
    seen = [outcome(n, unknown=(like, unlike)[n % 2]) for n in range(2 * ENOUGH_PRINTS)]

    fitted = fit(seen).thresholds

    assert fitted.inliers == 26
    assert not any(accepted(one.unknown, fitted) for one in seen)
    assert fitted.false_accepts == 0.5  # measured on all that were fitted on, it would be 0
    assert fitted.missed == 0
    assert fitted.fitted_on == fitted.measured_on == len(seen)


@pytest.mark.parametrize("is_first", [True, False])
def test_both_halves_are_measured(is_first: bool) -> None:
    """A miss counts in either half."""
    missed = outcome(known=replace(STRANGER, inliers=3))
    pair = [missed, outcome()] if is_first else [outcome(), missed]

    assert fit(pair * ENOUGH_PRINTS).thresholds.missed == 0.5


def test_a_wrong_print_is_a_miss_at_any_confidence() -> None:
    seen = [outcome(n, is_right=n % 4 != 0) for n in range(2 * ENOUGH_PRINTS)]

    assert fit(seen).thresholds.missed == 0.25


def test_similar_prints_shown_for_a_left_out_print_are_counted() -> None:
    seen = [outcome(n, unknown=replace(STRANGER, cosine=0.3 + n / 1000)) for n in range(400)]

    fitted = fit(seen).thresholds

    assert fitted.false_accepts == 0
    assert fitted.false_similar == pytest.approx(SIMILAR_SHARE, abs=0.02)


def test_rates_that_cannot_be_measured_are_stated_at_their_worst() -> None:
    alone = fit([outcome(unknown=ALONE)]).thresholds
    none = fit([]).thresholds

    assert (alone.false_accepts, alone.false_similar, alone.missed) == (1, 1, 0)
    assert (none.false_accepts, none.false_similar, none.missed) == (1, 1, 1)
    assert none.inliers == FEWEST_INLIERS
    assert none.same_image == CAUTIOUS_SAME_IMAGE


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            CaptureOutcome,
            item=st.just(0),
            is_right=st.booleans(),
            known=ANYTHING,
            unknown=ANYTHING,
        ),
        max_size=250,
    )
)
def test_any_outcomes_give_usable_thresholds(seen: list[CaptureOutcome]) -> None:
    fitted = fit(seen).thresholds

    assert FEWEST_INLIERS <= fitted.inliers <= SAME_IMAGE_INLIERS
    assert 0 <= fitted.covered <= 1
    assert -1 <= fitted.similar <= fitted.same_image <= 1
    for rate in (fitted.false_accepts, fitted.missed, fitted.false_similar):
        assert 0 <= rate <= 1
    assert accepted(replace(CLEAR, inliers=SAME_IMAGE_INLIERS), fitted)


def test_unfitted_thresholds_trust_local_features_alone() -> None:
    near = replace(STRANGER, cosine=0.999)

    assert not accepted(near, UNFITTED)
    assert decide(replace(near, inliers=FEWEST_INLIERS), UNFITTED) is Verdict.SAME_PRINT


@pytest.fixture
def unfitted(bundle_copy: Path, change_manifest: Callable[..., Manifest]) -> Iterator[OpenedBundle]:
    """The small bundle before its thresholds are fitted."""
    change_manifest(bundle_copy, thresholds=UNFITTED)
    with opened(bundle_copy) as bundle:
        yield bundle


@pytest.fixture
def recogniser(unfitted: OpenedBundle) -> Recogniser:
    """The kiosk's own recogniser, on real prints."""
    return Recogniser(unfitted, threads=2)


@pytest.fixture
def matcher(unfitted: OpenedBundle) -> FeatureMatcher:
    """A matcher of the same prints' local features."""
    return FeatureMatcher(unfitted.path, unfitted.manifest.items)


@pytest.fixture
def prints(
    small_items: tuple[Item, ...], print_pictures: Mapping[str, Pixels]
) -> list[PrintPicture]:
    """The twelve prints as in a build."""
    return [
        PrintPicture(
            record_id=item.record_id,
            item=row,
            load=lambda record_id=item.record_id: print_pictures[record_id],
        )
        for row, item in enumerate(small_items)
    ]


@pytest.mark.slow
def test_real_prints_are_found_unless_they_are_left_out(
    recogniser: Recogniser, matcher: FeatureMatcher, prints: list[PrintPicture]
) -> None:
    steps: list[tuple[str, int, int]] = []

    seen = observe(
        recogniser, matcher, prints, {}, count=3, seed=1, progress=lambda *s: steps.append(s)
    )

    assert len(seen) == len({one.item for one in seen}) == 3
    assert steps == [("thresholds", n, 3) for n in range(1, 4)]
    for one in seen:
        # Thresholds are never fitted on prints that the evaluation scores.
        assert not is_scored(prints[one.item].record_id)
        assert one.is_right
        assert one.known.inliers >= FEWEST_INLIERS > one.unknown.inliers
        assert one.known.cosine is not None
        assert one.unknown.cosine is not None
        assert one.unknown.cosine < one.known.cosine
    assert fit(seen).thresholds.missed == 0


@pytest.mark.slow
def test_related_prints_are_left_out_together(
    recogniser: Recogniser, matcher: FeatureMatcher, prints: list[PrintPicture]
) -> None:
    chosen = next(one for one in prints if not is_scored(one.record_id))
    everyone = frozenset(range(len(prints)))

    (seen,) = observe(recogniser, matcher, [chosen], {chosen.item: everyone}, count=1, seed=1)

    assert seen.is_right
    assert seen.unknown == replace(ALONE, is_sheet=seen.unknown.is_sheet)


@pytest.mark.slow
def test_scored_prints_are_observed_if_there_are_no_others(
    recogniser: Recogniser, matcher: FeatureMatcher, prints: list[PrintPicture]
) -> None:
    scored = [one for one in prints if is_scored(one.record_id)]

    (seen,) = observe(recogniser, matcher, scored[:1], {}, count=5, seed=1)

    assert seen.item == scored[0].item


def test_evidence_comes_from_the_best_match_of_the_answer(
    recogniser: Recogniser, matcher: FeatureMatcher, prints: list[PrintPicture]
) -> None:
    answer = recogniser.recognise(frames.frame(prints[2].load(), source="test"), count=3)

    found = evidence_of(answer)

    best = answer.matches[0]
    assert best.evidence is not None
    assert found == MatchEvidence(
        cosine=best.score,
        inliers=best.evidence.inliers,
        covered=best.evidence.covered,
        gap=best.evidence.gap,
        mirrored=False,
        is_sheet=answer.sheet is not None,
    )
    assert decide(found, UNFITTED) is answer.verdict


def test_an_answer_without_matches_has_no_evidence(
    recogniser: Recogniser, matcher: FeatureMatcher, prints: list[PrintPicture]
) -> None:
    everyone = frozenset(range(len(prints)))

    answer = recogniser.recognise(frames.frame(prints[2].load(), source="test"), excluded=everyone)

    assert evidence_of(answer) == replace(ALONE, is_sheet=answer.sheet is not None)
