"""Features lead to their print, and inconsistent files are refused."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from posed_print import index_features, indexed_features_of, pose
from shared_codebook import trained_codebook

from device.bundle import layout
from device.errors import BundleDamagedError
from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.codebook import hamming
from device.recognition.local.features import Features
from device.recognition.local.inverted_index import (
    FEATURES_LOOKED_UP,
    MAX_HAMMING,
    PLACE,
    SIDES,
    SMALLEST,
    STEPS_PER_OCTAVE,
    WORDS_PER_FEATURE,
    Candidate,
    IndexedFeatures,
    InvertedIndex,
    quantise_places,
)

PRINTS = 12


@pytest.fixture(scope="module")
def inverted_index(small_bundle: Path) -> InvertedIndex:
    """Return the inverted index of twelve real prints."""
    return InvertedIndex(small_bundle, PRINTS)


@pytest.fixture
def damaged(small_bundle: Path, tmp_path: Path) -> Path:
    """Return a folder with copies of the index files, to be damaged."""
    (tmp_path / "details").mkdir()
    for name in layout.DETAILS:
        shutil.copyfile(small_bundle / name, tmp_path / name)
    return tmp_path


def proposals(
    inverted_index: InvertedIndex,
    found: Features,
    count: int = PRINTS,
    excluded: tuple[int, ...] = (),
) -> list[Candidate]:
    book = trained_codebook()
    words = book.words(book.project(found.descriptors)[:FEATURES_LOOKED_UP], WORDS_PER_FEATURE)
    return inverted_index.propose(index_features(found), words, count, excluded)


def proposed(
    inverted_index: InvertedIndex,
    found: Features,
    count: int = PRINTS,
    excluded: tuple[int, ...] = (),
) -> list[int]:
    return [proposal.item for proposal in proposals(inverted_index, found, count, excluded)]


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 90, 200])
def test_a_print_is_proposed_first_by_its_own_features_at_any_rotation(
    inverted_index: InvertedIndex, print_pictures: Mapping[str, Pixels], turn: int
) -> None:
    for item, picture in enumerate(print_pictures.values()):
        found = features.extract(pose(picture, turn=turn).frame)

        assert proposed(inverted_index, found)[0] == item


@pytest.mark.slow
def test_an_excluded_print_is_not_proposed_and_the_others_are_unchanged(
    inverted_index: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(list(print_pictures.values())[3])

    everyone, others = proposed(inverted_index, found), proposed(
        inverted_index, found, excluded=(3, 5)
    )

    assert everyone[0] == 3
    assert others == [item for item in everyone if item not in (3, 5)]


def test_at_most_the_requested_number_is_proposed_and_none_twice(
    inverted_index: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(next(iter(print_pictures.values())))

    everyone = proposed(inverted_index, found)

    assert len(set(everyone)) == len(everyone)
    assert proposed(inverted_index, found, count=2) == everyone[:2]


def test_a_candidate_has_pairs_of_similar_features_each_of_the_frames_once(
    inverted_index: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(list(print_pictures.values())[3])

    for proposal in proposals(inverted_index, found):
        here, there = proposal.pairs.T
        known = inverted_index.features_of(proposal.item)
        assert (
            hamming(index_features(found).signatures[here], known.signatures[there]).max()
            <= MAX_HAMMING
        )
        assert len(set(here)) == len(here) > 0


def test_a_picture_without_features_proposes_nothing(inverted_index: InvertedIndex) -> None:
    assert proposed(inverted_index, features.extract(np.zeros((50, 50, 3), np.uint8))) == []


def test_with_every_print_excluded_nothing_is_proposed(
    inverted_index: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(next(iter(print_pictures.values())))

    assert proposed(inverted_index, found, excluded=tuple(range(PRINTS))) == []


@pytest.mark.slow
def test_the_index_holds_every_prints_own_features(
    inverted_index: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    assert len(inverted_index) == PRINTS
    for item, picture in enumerate(print_pictures.values()):
        held = inverted_index.features_of(item)

        here = indexed_features_of(picture)
        nearest = hamming(held.signatures[:, np.newaxis], here.signatures).min(axis=1)
        assert len(held) == len(held.places) > 100
        assert held.aspect == pytest.approx(picture.shape[1] / picture.shape[0], rel=0.01)
        assert np.median(nearest) < 24


@pytest.mark.parametrize(
    "name",
    [
        layout.DETAIL_SIGNATURES,
        layout.DETAIL_PLACES,
        layout.DETAIL_STARTS,
        layout.DETAIL_ASPECTS,
        layout.DETAIL_POSTINGS,
        layout.DETAIL_POSITIONS,
        layout.DETAIL_CELLS,
    ],
)
class TestDamage:
    def test_a_truncated_file_is_refused(self, damaged: Path, name: str) -> None:
        data = (damaged / name).read_bytes()
        (damaged / name).write_bytes(data[: len(data) // 2])

        with pytest.raises(BundleDamagedError, match="fetch it again"):
            InvertedIndex(damaged, PRINTS)

    def test_an_absent_file_is_refused_by_name(self, damaged: Path, name: str) -> None:
        (damaged / name).unlink()

        with pytest.raises(BundleDamagedError, match=f"{name}: expected an array, found"):
            InvertedIndex(damaged, PRINTS)

    @pytest.mark.parametrize("zipped", [b"", b"PK\x03\x04 is how an archive begins", b"hello"])
    def test_a_file_of_another_kind_is_refused_by_name(
        self, damaged: Path, name: str, zipped: bytes
    ) -> None:
        (damaged / name).write_bytes(zipped)

        with pytest.raises(BundleDamagedError, match=f"{name}: expected an array, found"):
            InvertedIndex(damaged, PRINTS)

    def test_an_archive_instead_of_an_array_is_refused_by_name(
        self, damaged: Path, name: str
    ) -> None:
        shutil.copyfile(damaged / layout.CODEBOOK, damaged / name)

        with pytest.raises(BundleDamagedError, match=f"{name}: expected"):
            InvertedIndex(damaged, PRINTS)

    def test_another_dtype_is_refused_naming_both(self, damaged: Path, name: str) -> None:
        np.save(damaged / name, np.zeros(3, np.int16))

        with pytest.raises(BundleDamagedError, match=f"{name}: expected .*, found int16"):
            InvertedIndex(damaged, PRINTS)

    @pytest.mark.parametrize("kept", [0, 1, -1])
    def test_missing_rows_are_refused_naming_the_sizes(
        self, damaged: Path, name: str, kept: int
    ) -> None:
        np.save(damaged / name, np.load(damaged / name)[:kept])

        with pytest.raises(BundleDamagedError, match=r"local features: expected sizes .*found"):
            InvertedIndex(damaged, PRINTS)


@pytest.mark.parametrize("name", [layout.DETAIL_STARTS, layout.DETAIL_CELLS])
def test_rows_that_end_before_or_after_the_features_are_refused(damaged: Path, name: str) -> None:
    ends = np.load(damaged / name)
    ends[-1] += 1
    np.save(damaged / name, ends)

    with pytest.raises(BundleDamagedError, match="local features: expected sizes"):
        InvertedIndex(damaged, PRINTS)


def test_a_sound_index_has_no_inconsistency(damaged: Path) -> None:
    assert InvertedIndex(damaged, PRINTS).inconsistency() == ""


@pytest.mark.parametrize(
    ("name", "row", "value", "told"),
    [
        (layout.DETAIL_STARTS, 0, 5, "details/starts.npy: expected numbers that rise"),
        (layout.DETAIL_STARTS, 3, 2**31, "details/starts.npy: expected numbers that rise"),
        (layout.DETAIL_CELLS, 9, 2**31, "details/cells.npy: expected numbers that rise"),
        (layout.DETAIL_POSTINGS, 7, 2**32 - 1, "details/positions.npy: expected the inverse"),
        (layout.DETAIL_POSITIONS, 7, 2**32 - 1, "details/positions.npy: expected the inverse"),
    ],
)
def test_the_full_check_finds_inconsistent_rows(
    damaged: Path, name: str, row: int, value: int, told: str
) -> None:
    numbers = np.load(damaged / name)
    numbers[row] = value
    np.save(damaged / name, numbers)

    assert InvertedIndex(damaged, PRINTS).inconsistency().startswith(told)


@pytest.mark.parametrize("items", [0, PRINTS - 1, PRINTS + 1])
def test_an_index_of_another_number_of_prints_is_refused(small_bundle: Path, items: int) -> None:
    with pytest.raises(BundleDamagedError, match="local features: expected sizes"):
        InvertedIndex(small_bundle, items)


SIDE = st.integers(1, 5000)


@given(
    width=SIDE,
    height=SIDE,
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    size=st.floats(SMALLEST, 1),
    angle=st.floats(0, 6.2831),
)
def test_a_quantised_place_is_exact_to_half_a_step(
    width: int, height: int, x: float, y: float, size: float, angle: float
) -> None:
    longest = max(width, height)
    found = Features(
        places=np.array([(x * width, y * height)], np.float32),
        sizes=np.array([size * longest], np.float32),
        angles=np.array([angle], np.float32),
        descriptors=np.zeros((1, features.DESCRIPTOR_LENGTH), np.float32),
        width=width,
        height=height,
    )

    held = quantise_places(found)

    assert held.dtype == PLACE
    assert held.itemsize == 6
    assert held["x"][0] / SIDES == pytest.approx(x, abs=0.51 / SIDES)
    assert held["y"][0] / SIDES == pytest.approx(y, abs=0.51 / SIDES)
    octaves = np.log2(SMALLEST * 2 ** (held["size"][0] / STEPS_PER_OCTAVE) / size)
    assert abs(octaves) < 0.51 / STEPS_PER_OCTAVE
    off = (held["angle"][0] / 256 * 2 * np.pi - angle + np.pi) % (2 * np.pi) - np.pi
    assert abs(off) < 0.51 * 2 * np.pi / 256


def test_a_quantised_place_is_clipped_to_its_range() -> None:
    found = Features(
        places=np.array([(-3, 12), (11, -0.1)], np.float32),
        sizes=np.array([0, 1e30], np.float32),
        angles=np.array([2 * np.pi, 6.283], np.float32),
        descriptors=np.zeros((2, features.DESCRIPTOR_LENGTH), np.float32),
        width=10,
        height=10,
    )

    held = quantise_places(found)

    assert held.tolist() == [(0, SIDES, 0, 0), (SIDES, 0, 255, 0)]


def test_indexed_features_have_the_length_of_their_features() -> None:
    nothing = IndexedFeatures(
        signatures=np.empty((0, 2), np.uint64), places=np.empty(0, PLACE), aspect=1.0
    )

    assert len(nothing) == 0
