"""A bundle in which the pictures of several records show one print."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import related_pictures
from related_pictures import RelatedPicture

from converter.build.duplicates.bundle_pictures import BundlePicture, list_pictures
from converter.ingest.item import Item
from device.bundle.reader import OpenedBundle, opened, read_manifest
from device.imaging.frames import Pixels

DEMO = Path(__file__).parents[4] / "demo/bundle"


@pytest.fixture(scope="session")
def related_bundle(
    tmp_path_factory: pytest.TempPathFactory,
    small_items: tuple[Item, ...],
    print_pictures: Mapping[str, Pixels],
) -> Path:
    """Ten records: five show one print, and three another; two of these share a file.

    The ninth has three pictures. The first two show one print, and the third that of the tenth.
    """
    first, second, third, fourth, fifth, *_ = print_pictures.values()
    return related_pictures.write(
        tmp_path_factory.mktemp("related") / "bundle",
        [
            RelatedPicture(record_id="whole", pixels=first, file="a", relations=(("", "paler"),)),
            RelatedPicture(
                record_id="paler", pixels=related_pictures.another_scan(first), file="b"
            ),
            RelatedPicture(record_id="mirrored", pixels=related_pictures.mirrored(first), file="c"),
            RelatedPicture(record_id="detail", pixels=related_pictures.detail(first), file="d"),
            RelatedPicture(
                record_id="state", pixels=related_pictures.other_state(first, second), file="e"
            ),
            RelatedPicture(record_id="file-1", pixels=third, file="f", title="<b>Same & file</b>"),
            RelatedPicture(record_id="file-2", pixels=third, file="f"),
            RelatedPicture(
                record_id="hidden",
                pixels=related_pictures.mirrored(related_pictures.another_scan(third)),
                file="g",
                is_shown=False,
                relations=(("Kopie", "2014.0228"), ("Part of", "A book")),
            ),
            RelatedPicture(
                record_id="several",
                pixels=fourth,
                file="h",
                more=(
                    related_pictures.another_scan(fourth),
                    related_pictures.another_scan(fifth),
                ),
            ),
            RelatedPicture(record_id="single", pixels=fifth, file="i"),
        ],
        small_items[0],
        read_manifest(DEMO).thresholds,
    )


@pytest.fixture
def open_related(related_bundle: Path) -> Iterator[OpenedBundle]:
    """The bundle, open."""
    with opened(related_bundle) as bundle:
        yield bundle


@pytest.fixture
def related(open_related: OpenedBundle) -> tuple[BundlePicture, ...]:
    """Its pictures."""
    return list_pictures(open_related)
