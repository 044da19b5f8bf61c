"""Duplicates of a print are found, whether or not the records relate them."""

from collections.abc import Mapping
from pathlib import Path

import drawn_bundle
import numpy as np
import pytest
from bordered_print import add_border
from shared_codebook import trained_codebook

from converter.build import features
from converter.calibrate.duplicates import related, same_image
from device.bundle import layout
from device.imaging.frames import Pixels
from device.recognition.local.match import FeatureMatcher

pytestmark = pytest.mark.slow

PRINTS = 12


def test_relations_are_read_in_both_directions(tmp_path: Path) -> None:
    drawn = drawn_bundle.write(tmp_path / "bundle", range(4), relations={0: 1, 3: 1})

    found = related(drawn.path / layout.RECORDS)

    assert found == {
        0: frozenset({1}),
        1: frozenset({0, 3}),
        2: frozenset(),
        3: frozenset({1}),
    }


@pytest.fixture(scope="module")
def matcher(small_bundle: Path) -> FeatureMatcher:
    """A matcher of twelve real prints."""
    return FeatureMatcher(small_bundle, PRINTS)


def test_a_print_is_the_same_image_as_itself_alone(
    matcher: FeatureMatcher, print_pictures: Mapping[str, Pixels]
) -> None:
    for row, picture in enumerate(print_pictures.values()):
        assert same_image(matcher, picture) == {row}


def test_a_mirrored_image_is_the_same_image(
    matcher: FeatureMatcher, print_pictures: Mapping[str, Pixels]
) -> None:
    picture = next(iter(print_pictures.values()))

    assert same_image(matcher, np.ascontiguousarray(picture[:, ::-1])) == {0}


def test_a_blank_sheet_is_the_same_image_as_no_print(matcher: FeatureMatcher) -> None:
    assert same_image(matcher, np.full((300, 200, 3), 230, np.uint8)) == frozenset()


def test_prints_that_share_only_a_border_show_different_images(
    tmp_path: Path, print_pictures: Mapping[str, Pixels]
) -> None:
    pictures = list(print_pictures.values())
    pages = [add_border(pictures[7], pictures[inside]) for inside in (1, 5)]
    book = trained_codebook()
    features.write([features.make_entry(page, book) for page in pages], book, tmp_path)

    found = same_image(FeatureMatcher(tmp_path, len(pages)), pages[0])

    assert found == {0}
