"""The report is a page that loads nothing from elsewhere, and two files for a spreadsheet."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from converter.build.duplicates import broken_relations, find_pairs, report
from converter.build.duplicates.bundle_pictures import list_pictures
from converter.build.duplicates.pair_kinds import PairKind
from converter.build.duplicates.report import DuplicatesReport
from converter.build.duplicates.reported_pairs import report_pairs
from converter.progress import quiet
from device.bundle.reader import OpenedBundle, opened

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundle(related_bundle: Path) -> Iterator[OpenedBundle]:
    with opened(related_bundle) as bundle:
        yield bundle


@pytest.fixture(scope="module")
def found(bundle: OpenedBundle) -> DuplicatesReport:
    """The report of ten records."""
    pictures, thresholds = list_pictures(bundle), bundle.manifest.thresholds
    pairs = find_pairs.find(
        bundle.path, pictures, inliers=thresholds.inliers, workers=1, progress=quiet
    ).pairs
    return DuplicatesReport(
        pairs=report_pairs(bundle.records, pictures, pairs, thresholds),
        relations=broken_relations.find(bundle),
        pictures=len(pictures),
        full=(),
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # without it, Excel reads another encoding
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_pair_is_what_it_was_made_as(found: DuplicatesReport) -> None:
    kinds = {
        (pair.first.record.record_id, pair.second.record.record_id): pair.kind
        for pair in found.pairs
    }

    assert kinds[("file-1", "file-2")] is PairKind.SAME_SCAN
    assert kinds[("whole", "paler")] is PairKind.SAME_IMAGE
    assert kinds[("whole", "mirrored")] is PairKind.REVERSAL
    assert kinds[("file-1", "hidden")] is PairKind.REVERSAL
    assert kinds[("whole", "detail")] is PairKind.DETAIL
    assert kinds[("single", "several")] is PairKind.SAME_IMAGE
    assert kinds[("whole", "state")] is PairKind.PARTLY_DIFFERENT


def test_the_files_hold_every_pair_and_relation(
    bundle: OpenedBundle, found: DuplicatesReport, tmp_path: Path
) -> None:
    path = report.write(found, bundle, tmp_path / "new" / "report")

    pairs = rows_of(path.parent / "same_images.csv")
    assert len(pairs) == len(found.pairs)
    by_ids = {(row["record_1"], row["record_2"]): row for row in pairs}
    assert by_ids["whole", "paler"]["already related"] == "whole: , paler"
    assert by_ids["whole", "mirrored"]["mirrored"] == "yes"
    assert by_ids["whole", "detail"]["suggested relation of record_2"] == "Detail of, whole"
    assert by_ids["file-1", "file-2"]["matching points"] == ""
    relations = rows_of(path.parent / "broken_relations.csv")
    assert [(row["record_id"], row["to"]) for row in relations] == [
        ("hidden", "2014.0228"),
        ("hidden", "A book"),
    ]


def test_the_page_shows_pairs_side_by_side(bundle: OpenedBundle, found: DuplicatesReport) -> None:
    page = report.page(found, bundle)

    # Each pair has two pictures, but for the hidden one.
    assert page.count('<img src="data:image/webp;base64,') == 2 * len(found.pairs) - 1
    assert page.count("picture may not be shown") == 1
    assert "picture 3 of this record" in page
    assert "already related" in page
    assert "<code>Detail of, whole</code>" in page
    assert "2014.0228" in page
    assert "&lt;b&gt;Same &amp; file&lt;/b&gt;" in page
    assert "<b>Same" not in page
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
    assert str(bundle.path) not in page


def test_equal_findings_make_equal_files(
    bundle: OpenedBundle, found: DuplicatesReport, tmp_path: Path
) -> None:
    paths = [report.write(found, bundle, tmp_path / name) for name in "ab"]

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_records_of_a_border_are_shown_as_one_group(
    bundle: OpenedBundle, found: DuplicatesReport
) -> None:
    partly = [pair for pair in found.pairs if pair.kind is PairKind.PARTLY_DIFFERENT]
    border = [replace(pair, kind=PairKind.SHARED_BORDER) for pair in partly]

    page = report.page(replace(found, pairs=tuple(border)), bundle)

    members = {item for pair in partly for item in pair.items}
    assert f"<b>{len(members)} records</b>" in page
    assert page.count("<img") == len(members)


def test_a_long_list_is_cut_on_the_page_and_says_so(
    bundle: OpenedBundle, found: DuplicatesReport, tmp_path: Path
) -> None:
    same = [pair for pair in found.pairs if pair.kind is PairKind.SAME_IMAGE][:1]
    many = replace(found, pairs=tuple(same * 70), full=("whole",))

    page = report.page(many, bundle)

    assert page.count("<article") == 60
    assert "10 more are in" in page
    assert "some may be missing: whole." in page
    path = report.write(many, bundle, tmp_path)
    assert len(rows_of(path.parent / "same_images.csv")) == 70


def test_a_bundle_without_pairs_has_a_short_page(
    bundle: OpenedBundle, found: DuplicatesReport
) -> None:
    page = report.page(replace(found, pairs=(), relations=()), bundle)

    assert "0 pairs of records" in page
    assert "<article" not in page
    assert "None." in page


def test_the_summary_counts_kinds_and_sureness(found: DuplicatesReport) -> None:
    lines = report.summary(found).splitlines()

    assert lines[0] == f"{len(found.pairs)} pairs of records among 12 pictures"
    assert lines[1].strip() == "1 the same file in several records: 1 certain"
    assert lines[-1] == "1 relations with a wrong number, and 1 to something without a record"
