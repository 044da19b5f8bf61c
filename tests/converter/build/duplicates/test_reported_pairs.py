"""Each pair gets its kind, its group, and what the museum says about it already."""

from collections.abc import Iterator

import drawn_bundle
import numpy as np
import pytest

from converter.build.duplicates.bundle_pictures import BundlePicture
from converter.build.duplicates.look_up import PicturePair
from converter.build.duplicates.measure_pair import PairMeasures
from converter.build.duplicates.pair_kinds import PairKind, Sureness
from converter.build.duplicates.reported_pairs import ReportedPair, report_pairs
from device.bundle.reader import OpenedBundle, opened

pytestmark = pytest.mark.slow

PRINTS = 8


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedBundle]:
    """Eight records, of which the second is a state of the first."""
    folder = tmp_path_factory.mktemp("drawn") / "bundle"
    with opened(drawn_bundle.write(folder, range(PRINTS), relations={1: 0}).path) as bundle:
        yield bundle


def pictures(*same_file: int) -> list[BundlePicture]:
    return [
        BundlePicture(
            row=row,
            item=row,
            position=0,
            record_id=f"D-{row:03d}",
            sha256="same" if row in same_file else str(row),
            is_shown=True,
        )
        for row in range(PRINTS)
    ]


def pair(
    first: int, second: int, *, inliers: int = 40, gap: float = 0, shown: float = 1
) -> PicturePair:
    points = np.zeros((inliers, 2), np.float32)
    measures = PairMeasures(
        inliers=inliers,
        covered_first=0.9,
        covered_second=0.9,
        shown_first=1.0,
        shown_second=shown,
        gap=gap,
        mirrored=False,
        points_first=points,
        points_second=points,
    )
    return PicturePair(first=first, second=second, measures=measures)


def reported(
    bundle: OpenedBundle, pairs: list[PicturePair], *same_file: int
) -> tuple[ReportedPair, ...]:
    return report_pairs(bundle.records, pictures(*same_file), pairs, bundle.manifest.thresholds)


def ids(pair: ReportedPair) -> tuple[str, str]:
    return pair.first.record.record_id, pair.second.record.record_id


def test_records_of_one_file_come_first_without_measures(drawn: OpenedBundle) -> None:
    found = reported(drawn, [pair(0, 3)], 2, 4, 5)

    assert [(one.kind, ids(one)) for one in found] == [
        (PairKind.SAME_SCAN, ("D-002", "D-004")),
        (PairKind.SAME_SCAN, ("D-002", "D-005")),
        (PairKind.SAME_IMAGE, ("D-000", "D-003")),
    ]
    assert found[0].measures is None
    assert found[0].sureness is Sureness.CERTAIN
    assert found[0].suggestion == ""


def test_pictures_of_one_record_may_share_a_file(drawn: OpenedBundle) -> None:
    first, *rest = pictures(0, 1)
    same_record = [
        first,
        BundlePicture(row=1, item=0, position=1, record_id="D-000", sha256="same", is_shown=True),
    ]

    found = report_pairs(drawn.records, [*same_record, *rest[1:]], [], drawn.manifest.thresholds)

    assert found == ()


def test_the_surest_pair_of_a_kind_comes_first(drawn: OpenedBundle) -> None:
    found = reported(
        drawn, [pair(0, 3, inliers=15), pair(4, 5, inliers=90), pair(2, 6, inliers=25)]
    )

    assert [one.sureness for one in found] == [
        Sureness.CERTAIN,
        Sureness.PROBABLE,
        Sureness.POSSIBLE,
    ]


def test_a_stated_relation_is_named_and_nothing_is_suggested(drawn: OpenedBundle) -> None:
    related, other = reported(drawn, [pair(0, 1, inliers=90), pair(0, 2)])

    assert related.related == ("D-001: State of, D-000",)
    assert related.suggestion == ""
    assert other.related == ()
    assert other.suggestion == "Other impression of, D-000"


def test_the_detail_comes_second_and_gets_the_relation(drawn: OpenedBundle) -> None:
    whole_second, whole_first = reported(
        drawn, [pair(2, 3, inliers=90, shown=0.05), pair(4, 5, shown=0.05)]
    )

    assert whole_second.kind is whole_first.kind is PairKind.DETAIL
    assert ids(whole_second) == ("D-003", "D-002")
    assert whole_second.suggestion == "Detail of, D-003"


def test_pairs_that_share_records_are_one_group(drawn: OpenedBundle) -> None:
    found = reported(drawn, [pair(0, 1), pair(2, 3), pair(1, 4)])

    groups = {ids(one): one.group for one in found}
    assert groups["D-000", "D-001"] == groups["D-001", "D-004"] != groups["D-002", "D-003"]
    assert set(groups.values()) == {1, 2}


def test_a_part_that_many_images_share_is_a_border(drawn: OpenedBundle) -> None:
    """Four may be states of one plate. Five are more likely pages of one book."""
    chain = [pair(row, row + 1, gap=20) for row in range(4)]

    four, five = reported(drawn, chain[:3]), reported(drawn, chain)

    assert {one.kind for one in four} == {PairKind.PARTLY_DIFFERENT}
    assert {one.kind for one in five} == {PairKind.SHARED_BORDER}
    assert {one.suggestion for one in five} == {""}


def test_records_of_one_image_count_once_towards_a_border(drawn: OpenedBundle) -> None:
    """A state next to four impressions of another one is no border."""
    impressions = [pair(row, row + 1) for row in range(3)]
    state = [pair(row, 4, gap=20) for row in range(4)]

    kinds = [one.kind for one in reported(drawn, impressions + state)]

    assert kinds == [PairKind.SAME_IMAGE] * 3 + [PairKind.PARTLY_DIFFERENT] * 4
