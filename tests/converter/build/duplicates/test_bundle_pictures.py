"""Every picture of a bundle is listed with its record."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from converter.build.duplicates.bundle_pictures import BundlePicture, list_pictures, load_thumbnail
from device.bundle import layout
from device.bundle.reader import OpenedBundle, opened
from device.errors import BundleDamagedError

GOLDEN = Path(__file__).parents[3] / "golden"


def test_each_record_has_one_picture_whose_row_is_its_item(open_small: OpenedBundle) -> None:
    pictures = list_pictures(open_small)

    records = [open_small.records.at(item) for item in range(open_small.manifest.items)]
    assert [(p.row, p.item, p.record_id, p.is_shown) for p in pictures] == [
        (record.item, record.item, record.record_id, record.show_picture) for record in records
    ]
    assert len({picture.sha256 for picture in pictures}) == len(records)


def test_further_pictures_follow_with_their_position(related: tuple[BundlePicture, ...]) -> None:
    assert [(p.row, p.item, p.position, p.record_id) for p in related[8:]] == [
        (8, 8, 0, "several"),
        (9, 9, 0, "single"),
        (10, 8, 1, "several"),
        (11, 8, 2, "several"),
    ]
    assert len({picture.sha256 for picture in related}) == 11  # two records share one


def test_each_picture_has_its_own_thumbnail(
    open_related: OpenedBundle, related: tuple[BundlePicture, ...]
) -> None:
    thumbnails = {load_thumbnail(open_related, picture) for picture in related[8:]}

    assert len(thumbnails) == 4
    assert None not in thumbnails


def test_a_bundle_of_format_1_has_one_picture_a_record(tmp_path: Path) -> None:
    with ZipFile(GOLDEN / "format-1.zip") as file:
        file.extractall(tmp_path)
    (manifest,) = tmp_path.rglob("manifest.json")

    with opened(manifest.parent) as bundle:
        pictures = list_pictures(bundle)

    assert [picture.item for picture in pictures] == list(range(bundle.manifest.items))


def test_a_hidden_picture_has_no_thumbnail(open_small: OpenedBundle) -> None:
    shown, *_, hidden = list_pictures(open_small)

    assert (load_thumbnail(open_small, shown) or b"").startswith(b"RIFF")
    assert not hidden.is_shown
    assert load_thumbnail(open_small, hidden) is None


def test_a_damaged_records_file_is_named(bundle_copy: Path) -> None:
    with opened(bundle_copy) as bundle:
        path = bundle_copy / layout.RECORDS
        path.unlink()
        path.write_bytes(b"no database")

        with pytest.raises(BundleDamagedError, match=r"records\.sqlite: expected a records file"):
            list_pictures(bundle)
