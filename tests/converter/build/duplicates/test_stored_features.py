"""Pictures are looked up by what a bundle stores of them."""

from pathlib import Path

import numpy as np
import pytest

from converter.build.duplicates.stored_features import StoredFeatures
from device.bundle import layout
from device.errors import BundleDamagedError
from device.recognition.local.inverted_index import FEATURES_LOOKED_UP, WORDS_PER_FEATURE

pytestmark = pytest.mark.slow

PRINTS = 12


@pytest.fixture(scope="module")
def stored(small_bundle: Path) -> StoredFeatures:
    return StoredFeatures(small_bundle, PRINTS)


def test_each_picture_finds_itself_first_as_it_is(stored: StoredFeatures) -> None:
    for row in range(PRINTS):
        as_is, mirrored = stored.queries(row)

        assert stored.propose(as_is, 3, ())[0].item == row
        assert not as_is.mirrored
        assert mirrored.mirrored


def test_an_excluded_picture_is_not_proposed(stored: StoredFeatures) -> None:
    as_is, _ = stored.queries(4)

    assert 4 not in [candidate.item for candidate in stored.propose(as_is, 12, {4})]


def test_most_features_are_looked_up_in_their_own_word(
    stored: StoredFeatures, small_bundle: Path
) -> None:
    as_is, _ = stored.queries(0)
    count = min(len(as_is.features), FEATURES_LOOKED_UP)

    assert as_is.words.shape == (count, WORDS_PER_FEATURE)
    cells = np.load(small_bundle / layout.DETAIL_CELLS).astype(int)
    positions = np.load(small_bundle / layout.DETAIL_POSITIONS)[:count]
    own = np.searchsorted(cells, positions, side="right") - 1
    assert (as_is.words == own[:, np.newaxis]).any(axis=1).mean() > 0.8


def test_a_wrong_number_of_pictures_is_an_error(small_bundle: Path) -> None:
    with pytest.raises(BundleDamagedError, match="local features: expected sizes"):
        StoredFeatures(small_bundle, PRINTS + 1)
