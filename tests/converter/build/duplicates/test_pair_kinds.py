"""The bundle's thresholds say what a pair of pictures is."""

from dataclasses import replace

import numpy as np
import pytest
from bundle_manifest import thresholds

from converter.build.duplicates.measure_pair import PairMeasures
from converter.build.duplicates.pair_kinds import TEXTS, PairKind, Sureness, kind_of, sureness_of

THRESHOLDS = thresholds(covered=0.6)
SAME = PairMeasures(
    inliers=40,
    covered_first=0.9,
    covered_second=0.8,
    shown_first=1.0,
    shown_second=0.9,
    gap=3.0,
    mirrored=False,
    points_first=np.zeros((0, 2), np.float32),
    points_second=np.zeros((0, 2), np.float32),
)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, PairKind.SAME_IMAGE),
        ({"covered_first": 0.3, "covered_second": 0.3}, PairKind.SAME_IMAGE),
        ({"mirrored": True}, PairKind.REVERSAL),
        ({"shown_first": 0.59}, PairKind.DETAIL),
        ({"shown_second": 0.59, "mirrored": True}, PairKind.DETAIL),
        ({"gap": 12.1}, PairKind.PARTLY_DIFFERENT),
        ({"gap": 12.1, "shown_first": 0.3}, PairKind.PARTLY_DIFFERENT),
        ({"gap": 8.0, "inliers": 15}, PairKind.PARTLY_DIFFERENT),
        ({"covered_first": 0.1, "covered_second": 0.02}, PairKind.SMALL_PART),
        ({"covered_first": 0.1, "covered_second": 0.9}, PairKind.SAME_IMAGE),
    ],
)
def test_measures_decide(change: dict[str, float], kind: PairKind) -> None:
    measures = replace(SAME, **change)  # type: ignore[arg-type]  # mirrored is a bool

    assert kind_of(measures, THRESHOLDS) is kind


def test_another_bundle_has_its_own_limits() -> None:
    wider = replace(THRESHOLDS, gap=14.0, covered=0.5)

    assert kind_of(replace(SAME, gap=13.0), wider) is PairKind.SAME_IMAGE
    assert kind_of(replace(SAME, shown_first=0.55), wider) is PairKind.SAME_IMAGE


def test_more_inliers_are_surer() -> None:
    levels = [sureness_of(replace(SAME, inliers=count)) for count in (12, 19, 20, 29, 30, 400)]

    one, two, three = Sureness.POSSIBLE, Sureness.PROBABLE, Sureness.CERTAIN
    assert levels == [one, one, two, two, three, three]


def test_each_kind_has_its_texts() -> None:
    assert set(TEXTS) == set(PairKind)
