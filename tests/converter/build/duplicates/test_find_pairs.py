"""Pairs of pictures that share lines are found by look-ups, in one process or several."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from converter.build.duplicates import find_pairs
from converter.build.duplicates.bundle_pictures import BundlePicture
from converter.progress import quiet

pytestmark = pytest.mark.slow


def names(found: find_pairs.FoundPairs, pictures: Sequence[BundlePicture]) -> set[tuple[str, str]]:
    return {(pictures[p.first].record_id, pictures[p.second].record_id) for p in found.pairs}


def test_each_picture_is_found_with_all_that_share_its_lines(
    related_bundle: Path, related: tuple[BundlePicture, ...]
) -> None:
    reports: list[tuple[int, int]] = []

    found = find_pairs.find(
        related_bundle,
        related,
        inliers=12,
        workers=1,
        progress=lambda step, done, total: reports.append((done, total)),
    )

    print_ = ("whole", "paler", "mirrored", "detail", "state")
    pairs = {(a, b) for i, a in enumerate(print_) for b in print_[i + 1 :]}
    assert names(found, related) == {*pairs, ("file-1", "hidden"), ("single", "several")}
    assert found.full == ()
    assert found.compared >= len(found.pairs)
    assert reports[-1] == (11, 11)  # records that share a file are looked up once


def test_several_processes_find_the_same(
    related_bundle: Path, related: tuple[BundlePicture, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = find_pairs.find(related_bundle, related, inliers=12, workers=1, progress=quiet)
    monkeypatch.setattr(find_pairs, "_FEWEST_FOR_PROCESSES", 2)
    monkeypatch.setattr(find_pairs, "_CHUNK", 3)

    together = find_pairs.find(related_bundle, related, inliers=12, workers=2, progress=quiet)

    assert names(together, related) == names(alone, related)
    assert together.compared == alone.compared
