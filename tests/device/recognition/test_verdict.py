"""A verdict changes exactly at its threshold."""

import math
from dataclasses import replace

import pytest
from bundle_manifest import thresholds
from hypothesis import given
from hypothesis import strategies as st

from device.bundle.manifest import Thresholds
from device.recognition.verdict import MatchEvidence, Verdict, confidence, decide

FITTED = thresholds(inliers=15)
NOTHING = MatchEvidence(cosine=None, inliers=0, covered=0.0, gap=0.0, mirrored=False, is_sheet=True)
ACCEPTED = (Verdict.SAME_PRINT, Verdict.SAME_IMAGE)

# In the steps in which thresholds are stored.
COSINES = st.integers(-10_000, 10_000).map(lambda step: step / 10_000)
FINDINGS = st.builds(
    MatchEvidence,
    cosine=st.one_of(st.none(), st.just(math.nan), COSINES, st.sampled_from([0.7, 0.9])),
    inliers=st.one_of(st.integers(0, 400), st.sampled_from([14, 15])),
    covered=st.floats(0, 1),
    gap=st.one_of(st.floats(0, 400), st.sampled_from([12.0])),
    mirrored=st.booleans(),
    is_sheet=st.booleans(),
)
THRESHOLDS = st.builds(
    lambda inliers, covered, cosines: replace(
        FITTED, inliers=inliers, covered=covered, similar=min(cosines), same_image=max(cosines)
    ),
    st.integers(1, 60),
    st.floats(0, 1),
    st.tuples(COSINES, COSINES),
)


@pytest.mark.parametrize("cosine", [None, -1.0, 0.8, 1.0, math.nan])
@pytest.mark.parametrize("is_sheet", [True, False])
@pytest.mark.parametrize(
    ("inliers", "covered", "mirrored", "verdict"),
    [
        (15, 0.1, False, Verdict.SAME_PRINT),
        (400, 1.0, False, Verdict.SAME_PRINT),
        (15, math.nextafter(0.1, 0), False, Verdict.SAME_IMAGE),
        (15, 0.1, True, Verdict.SAME_IMAGE),
        (400, 0.0, True, Verdict.SAME_IMAGE),
        (15, math.nan, False, Verdict.SAME_IMAGE),
    ],
)
def test_enough_inliers_decide_regardless_of_the_fingerprint(
    inliers: int,
    covered: float,
    mirrored: bool,
    verdict: Verdict,
    cosine: float | None,
    is_sheet: bool,
) -> None:
    findings = MatchEvidence(
        cosine=cosine,
        inliers=inliers,
        covered=covered,
        gap=0.0,
        mirrored=mirrored,
        is_sheet=is_sheet,
    )

    assert decide(findings, FITTED) is verdict


@pytest.mark.parametrize("inliers", [0, 14])
@pytest.mark.parametrize(
    ("cosine", "verdict", "without_a_sheet"),
    [
        (1.0, Verdict.SAME_IMAGE, Verdict.SAME_IMAGE),
        (0.9, Verdict.SAME_IMAGE, Verdict.SAME_IMAGE),
        (math.nextafter(0.9, 0), Verdict.SIMILAR_ONLY, Verdict.NOT_IN_COLLECTION),
        (0.7, Verdict.SIMILAR_ONLY, Verdict.NOT_IN_COLLECTION),
        (math.nextafter(0.7, 0), Verdict.NOT_IN_COLLECTION, Verdict.NOT_IN_COLLECTION),
        (-1.0, Verdict.NOT_IN_COLLECTION, Verdict.NOT_IN_COLLECTION),
        (None, Verdict.NOT_IN_COLLECTION, Verdict.NOT_IN_COLLECTION),
        (math.nan, Verdict.NOT_IN_COLLECTION, Verdict.NOT_IN_COLLECTION),
    ],
)
def test_with_too_few_inliers_the_fingerprint_decides_but_never_the_same_print(
    cosine: float | None, verdict: Verdict, without_a_sheet: Verdict, inliers: int
) -> None:
    findings = MatchEvidence(
        cosine=cosine, inliers=inliers, covered=1.0, gap=0.0, mirrored=False, is_sheet=True
    )

    assert decide(findings, FITTED) is verdict
    assert decide(replace(findings, is_sheet=False), FITTED) is without_a_sheet


@given(FINDINGS, THRESHOLDS, st.integers(0, 100), st.floats(0, 1), st.floats(0, 400), COSINES)
def test_better_evidence_never_leads_to_a_worse_verdict(
    findings: MatchEvidence,
    thresholds: Thresholds,
    more: int,
    covered: float,
    gap: float,
    cosine: float,
) -> None:
    order = [
        Verdict.NOT_IN_COLLECTION,
        Verdict.SIMILAR_ONLY,
        Verdict.SAME_IMAGE,
        Verdict.SAME_PRINT,
    ]
    known = findings.cosine if findings.cosine is not None else -1.0
    better = MatchEvidence(
        cosine=cosine if math.isnan(known) else max(known, cosine),
        inliers=findings.inliers + more,
        covered=max(findings.covered, covered),
        gap=min(findings.gap, gap),
        mirrored=False,
        is_sheet=True,
    )

    was, is_now = decide(findings, thresholds), decide(better, thresholds)

    assert order.index(was) <= order.index(is_now)


@pytest.mark.parametrize("cosine", [0.95, 0.8, 0.2])
def test_with_a_large_mismatch_region_the_fingerprint_decides(
    cosine: float,
) -> None:
    within_one_border = MatchEvidence(
        cosine=cosine, inliers=116, covered=1.0, gap=28.0, mirrored=False, is_sheet=True
    )

    verdict = decide(within_one_border, FITTED)

    assert verdict is decide(replace(within_one_border, inliers=0, gap=0.0), FITTED)


@given(FINDINGS, THRESHOLDS)
def test_the_same_print_needs_enough_inliers_unmirrored(
    findings: MatchEvidence, thresholds: Thresholds
) -> None:
    if decide(findings, thresholds) is Verdict.SAME_PRINT:
        assert findings.inliers >= thresholds.inliers
        assert findings.covered >= thresholds.covered
        assert findings.gap <= thresholds.gap
        assert not findings.mirrored


@given(FINDINGS, THRESHOLDS)
def test_confidence_is_at_least_one_exactly_if_the_print_counts_as_found(
    findings: MatchEvidence, thresholds: Thresholds
) -> None:
    sure = confidence(findings, thresholds)

    assert not math.isnan(sure)
    assert (sure >= 1) == (decide(findings, thresholds) in ACCEPTED)


def test_confidence_grows_with_inliers_and_cosine() -> None:
    details = [confidence(replace(NOTHING, inliers=n), FITTED) for n in (0, 7, 15, 60)]
    nearness = [confidence(replace(NOTHING, cosine=c), FITTED) for c in (0.2, 0.6, 0.9, 1.0)]

    assert details == sorted(set(details))
    assert nearness == sorted(set(nearness))
    assert details[2] == nearness[2] == 1
