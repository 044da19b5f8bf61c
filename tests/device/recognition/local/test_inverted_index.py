"""A print's details lead back to the print, and files that don't belong together are refused."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from book import trained
from hypothesis import given
from hypothesis import strategies as st
from seen import lay, seen, written

from device.bundle import layout
from device.errors import BundleDamagedError
from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.codebook import hamming
from device.recognition.local.features import Features
from device.recognition.local.inverted_index import (
    ASKED,
    FAR,
    PLACE,
    SIDES,
    SMALLEST,
    STEPS_AN_OCTAVE,
    WORDS_ASKED,
    Candidate,
    IndexedFeatures,
    InvertedIndex,
    place,
)

PRINTS = 12


@pytest.fixture(scope="module")
def catalogue(small_bundle: Path) -> InvertedIndex:
    """The details of twelve real prints."""
    return InvertedIndex(small_bundle, PRINTS)


@pytest.fixture
def damaged(small_bundle: Path, tmp_path: Path) -> Path:
    """Copies of the files that a catalogue reads, to be damaged."""
    (tmp_path / "details").mkdir()
    for name in layout.DETAILS:
        shutil.copyfile(small_bundle / name, tmp_path / name)
    return tmp_path


def proposals(
    catalogue: InvertedIndex, found: Features, count: int = PRINTS, without: tuple[int, ...] = ()
) -> list[Candidate]:
    book = trained()
    words = book.words(book.project(found.descriptors)[:ASKED], WORDS_ASKED)
    return catalogue.propose(written(found), words, count, without)


def proposed(
    catalogue: InvertedIndex, found: Features, count: int = PRINTS, without: tuple[int, ...] = ()
) -> list[int]:
    return [proposal.item for proposal in proposals(catalogue, found, count, without)]


@pytest.mark.parametrize("turn", [0, 90, 200])
def test_a_print_is_proposed_first_by_its_own_details_however_it_is_turned(
    catalogue: InvertedIndex, print_pictures: Mapping[str, Pixels], turn: int
) -> None:
    for item, picture in enumerate(print_pictures.values()):
        found = features.extract(lay(picture, turn=turn).frame)

        assert proposed(catalogue, found)[0] == item


def test_a_left_out_print_is_not_proposed_and_the_others_are_as_before(
    catalogue: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(list(print_pictures.values())[3])

    everyone, others = proposed(catalogue, found), proposed(catalogue, found, without=(3, 5))

    assert everyone[0] == 3
    assert others == [item for item in everyone if item not in (3, 5)]


def test_no_more_are_proposed_than_were_asked_for_and_none_twice(
    catalogue: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(next(iter(print_pictures.values())))

    everyone = proposed(catalogue, found)

    assert len(set(everyone)) == len(everyone)
    assert proposed(catalogue, found, count=2) == everyone[:2]


def test_a_proposal_names_pairs_of_details_that_look_alike_each_of_the_frame_s_once(
    catalogue: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(list(print_pictures.values())[3])

    for proposal in proposals(catalogue, found):
        here, there = proposal.pairs.T
        known = catalogue.of(proposal.item)
        assert hamming(written(found).signatures[here], known.signatures[there]).max() <= FAR
        assert len(set(here)) == len(here) > 0


def test_a_picture_without_details_proposes_nothing(catalogue: InvertedIndex) -> None:
    assert proposed(catalogue, features.extract(np.zeros((50, 50, 3), np.uint8))) == []


def test_with_every_print_left_out_nothing_is_proposed(
    catalogue: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    found = features.extract(next(iter(print_pictures.values())))

    assert proposed(catalogue, found, without=tuple(range(PRINTS))) == []


def test_a_catalogue_holds_every_print_s_own_details(
    catalogue: InvertedIndex, print_pictures: Mapping[str, Pixels]
) -> None:
    assert len(catalogue) == PRINTS
    for item, picture in enumerate(print_pictures.values()):
        held = catalogue.of(item)

        here = seen(picture)
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
    def test_a_file_cut_short_is_refused(self, damaged: Path, name: str) -> None:
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

    def test_an_archive_in_an_array_s_place_is_refused_by_name(
        self, damaged: Path, name: str
    ) -> None:
        shutil.copyfile(damaged / layout.CODEBOOK, damaged / name)

        with pytest.raises(BundleDamagedError, match=f"{name}: expected"):
            InvertedIndex(damaged, PRINTS)

    def test_numbers_of_another_kind_are_refused_naming_both(
        self, damaged: Path, name: str
    ) -> None:
        np.save(damaged / name, np.zeros(3, np.int16))

        with pytest.raises(BundleDamagedError, match=f"{name}: expected .*, found int16"):
            InvertedIndex(damaged, PRINTS)

    @pytest.mark.parametrize("kept", [0, 1, -1])
    def test_rows_that_are_missing_are_refused_naming_the_sizes(
        self, damaged: Path, name: str, kept: int
    ) -> None:
        np.save(damaged / name, np.load(damaged / name)[:kept])

        with pytest.raises(BundleDamagedError, match=r"details: expected sizes .*found"):
            InvertedIndex(damaged, PRINTS)


@pytest.mark.parametrize("name", [layout.DETAIL_STARTS, layout.DETAIL_CELLS])
def test_rows_that_end_elsewhere_than_the_details_are_refused(damaged: Path, name: str) -> None:
    ends = np.load(damaged / name)
    ends[-1] += 1
    np.save(damaged / name, ends)

    with pytest.raises(BundleDamagedError, match="details: expected sizes"):
        InvertedIndex(damaged, PRINTS)


def test_sound_details_have_no_fault(damaged: Path) -> None:
    assert InvertedIndex(damaged, PRINTS).fault() == ""


@pytest.mark.parametrize(
    ("name", "row", "value", "told"),
    [
        (layout.DETAIL_STARTS, 0, 5, "details/starts.npy: expected numbers that rise"),
        (layout.DETAIL_STARTS, 3, 2**31, "details/starts.npy: expected numbers that rise"),
        (layout.DETAIL_CELLS, 9, 2**31, "details/cells.npy: expected numbers that rise"),
        (layout.DETAIL_POSTINGS, 7, 2**32 - 1, "details/positions.npy: expected to lead back"),
        (layout.DETAIL_POSITIONS, 7, 2**32 - 1, "details/positions.npy: expected to lead back"),
    ],
)
def test_details_that_lead_elsewhere_are_found_where_every_one_is_looked_at(
    damaged: Path, name: str, row: int, value: int, told: str
) -> None:
    numbers = np.load(damaged / name)
    numbers[row] = value
    np.save(damaged / name, numbers)

    assert InvertedIndex(damaged, PRINTS).fault().startswith(told)


@pytest.mark.parametrize("items", [0, PRINTS - 1, PRINTS + 1])
def test_details_of_another_number_of_prints_are_refused(small_bundle: Path, items: int) -> None:
    with pytest.raises(BundleDamagedError, match="details: expected sizes"):
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
def test_a_place_is_given_back_to_half_a_step(
    width: int, height: int, x: float, y: float, size: float, angle: float
) -> None:
    longest = max(width, height)
    found = Features(
        places=np.array([(x * width, y * height)], np.float32),
        sizes=np.array([size * longest], np.float32),
        angles=np.array([angle], np.float32),
        descriptors=np.zeros((1, features.LENGTH), np.float32),
        width=width,
        height=height,
    )

    held = place(found)

    assert held.dtype == PLACE
    assert held.itemsize == 6
    assert held["x"][0] / SIDES == pytest.approx(x, abs=0.51 / SIDES)
    assert held["y"][0] / SIDES == pytest.approx(y, abs=0.51 / SIDES)
    octaves = np.log2(SMALLEST * 2 ** (held["size"][0] / STEPS_AN_OCTAVE) / size)
    assert abs(octaves) < 0.51 / STEPS_AN_OCTAVE
    off = (held["angle"][0] / 256 * 2 * np.pi - angle + np.pi) % (2 * np.pi) - np.pi
    assert abs(off) < 0.51 * 2 * np.pi / 256


def test_a_place_keeps_to_its_range_whatever_the_detail() -> None:
    found = Features(
        places=np.array([(-3, 12), (11, -0.1)], np.float32),
        sizes=np.array([0, 1e30], np.float32),
        angles=np.array([2 * np.pi, 6.283], np.float32),
        descriptors=np.zeros((2, features.LENGTH), np.float32),
        width=10,
        height=10,
    )

    held = place(found)

    assert held.tolist() == [(0, SIDES, 0, 0), (SIDES, 0, 255, 0)]


def test_what_is_written_has_the_length_of_its_details() -> None:
    nothing = IndexedFeatures(
        signatures=np.empty((0, 2), np.uint64), places=np.empty(0, PLACE), aspect=1.0
    )

    assert len(nothing) == 0
