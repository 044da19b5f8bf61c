"""One picture is looked up among those of other records, as it is and mirrored."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from shared_codebook import trained_codebook

from converter.build import features
from converter.build.duplicates import look_up
from converter.build.duplicates.bundle_pictures import BundlePicture
from converter.build.duplicates.look_up import LookUp, PictureLookUp
from device.bundle import layout
from device.errors import BundleDamagedError
from device.imaging.frames import Pixels

pytestmark = pytest.mark.slow


def partners(found: LookUp, row: int, pictures: tuple[BundlePicture, ...]) -> dict[str, bool]:
    """Return the record of each partner, and whether it is mirrored."""
    return {
        pictures[pair.first + pair.second - row].record_id: pair.measures.mirrored
        for pair in found.pairs
    }


def test_partners_are_found_as_they_are_and_mirrored(
    related_bundle: Path, related: tuple[BundlePicture, ...]
) -> None:
    found = PictureLookUp(related_bundle, related, inliers=12).look_up(0)

    assert partners(found, 0, related) == {
        "paler": False,
        "mirrored": True,
        "detail": False,
        "state": False,
    }
    assert all(pair.first < pair.second for pair in found.pairs)
    assert not found.is_full


def test_a_hidden_picture_is_looked_up_by_its_stored_features(
    related_bundle: Path, related: tuple[BundlePicture, ...]
) -> None:
    found = PictureLookUp(related_bundle, related, inliers=12).look_up(7)

    assert not related[7].is_shown
    assert partners(found, 7, related) == {"file-1": True}  # stands for file-2, too


def test_pictures_of_one_record_are_no_pair(
    related_bundle: Path, related: tuple[BundlePicture, ...]
) -> None:
    own = PictureLookUp(related_bundle, related, inliers=12)

    assert [p.record_id for p in related[8:]] == ["several", "single", "several", "several"]
    assert partners(own.look_up(8), 8, related) == {}
    assert partners(own.look_up(10), 10, related) == {}
    assert partners(own.look_up(11), 11, related) == {"single": False}
    assert partners(own.look_up(9), 9, related) == {"several": False}


def test_a_picture_with_a_partner_in_every_round_says_so(
    related_bundle: Path, related: tuple[BundlePicture, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_up, "_PROPOSED", 1)
    monkeypatch.setattr(look_up, "_ROUNDS", 2)

    found = PictureLookUp(related_bundle, related, inliers=12).look_up(0)

    assert found.is_full
    assert len([pair for pair in found.pairs if not pair.measures.mirrored]) == 2


def test_pictures_without_lines_are_no_pair(
    tmp_path: Path, print_pictures: Mapping[str, Pixels]
) -> None:
    blank = np.full((300, 200, 3), 230, np.uint8)
    book = trained_codebook()
    pixels = [blank, blank, *list(print_pictures.values())[:2]]
    features.write([features.make_entry(each, book) for each in pixels], book, tmp_path)
    pictures = tuple(
        BundlePicture(row=row, item=row, position=0, record_id=str(row), sha256=str(row), is_shown=True)
        for row in range(len(pixels))
    )
    own = PictureLookUp(tmp_path, pictures, inliers=12)

    assert [own.look_up(row).pairs for row in range(len(pixels))] == [()] * len(pixels)


def test_inconsistent_files_are_damage(
    tmp_path: Path, print_pictures: Mapping[str, Pixels]
) -> None:
    book = trained_codebook()
    entries = [features.make_entry(p, book) for p in list(print_pictures.values())[:2]]
    features.write(entries, book, tmp_path)
    positions = np.load(tmp_path / layout.DETAIL_POSITIONS)
    np.save(tmp_path / layout.DETAIL_POSITIONS, positions + np.uint32(len(positions)))
    pictures = tuple(
        BundlePicture(row=row, item=row, position=0, record_id=str(row), sha256=str(row), is_shown=True)
        for row in range(2)
    )

    with pytest.raises(BundleDamagedError, match="local features: expected consistent rows"):
        PictureLookUp(tmp_path, pictures, inliers=12).look_up(0)
