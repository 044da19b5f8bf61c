"""Details are kept by their picture and codebook, and laid out so that the kiosk finds them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from book import trained

from converter.build import features
from converter.build.features import MOST, FeatureEntry
from converter.cache import Cache
from device.bundle import layout
from device.imaging.frames import Pixels
from device.recognition.local.codebook import WORDS, load
from device.recognition.local.inverted_index import PLACE, InvertedIndex

BLANK = np.full((40, 60, 3), 200, np.uint8)
SHA256 = "a" * 64


@pytest.fixture(scope="module")
def entries(print_pictures: Mapping[str, Pixels]) -> list[FeatureEntry]:
    """The details of three real prints, with one that has none between them."""
    first, second, third, *_ = print_pictures.values()
    return [features.take(picture, trained()) for picture in (first, BLANK, second, third)]


def same(one: FeatureEntry, other: FeatureEntry) -> bool:
    names = ("signatures", "places", "words")
    return one.aspect == other.aspect and all(
        getattr(one, name).dtype == getattr(other, name).dtype
        and np.array_equal(getattr(one, name), getattr(other, name))
        for name in names
    )


def test_a_print_s_details_are_few_and_each_written_in_full(
    entries: list[FeatureEntry], print_pictures: Mapping[str, Pixels]
) -> None:
    entry, picture = entries[0], next(iter(print_pictures.values()))

    count = len(entry.words)
    assert 100 < count <= MOST
    assert entry.signatures.shape == (count, 2)
    assert (entry.signatures.dtype, entry.places.dtype) == (np.uint64, PLACE)
    assert entry.words.dtype == np.uint16
    assert entry.aspect == pytest.approx(picture.shape[1] / picture.shape[0])


def test_a_picture_with_nothing_to_see_has_an_entry_all_the_same(entries: list[FeatureEntry]) -> None:
    assert len(entries[1].words) == len(entries[1].signatures) == len(entries[1].places) == 0
    assert entries[1].aspect == 1.5


@pytest.mark.parametrize("row", [0, 1])
def test_what_is_kept_is_given_back(entries: list[FeatureEntry], tmp_path: Path, row: int) -> None:
    cache = Cache(root=tmp_path)

    features.keep(SHA256, trained(), cache, entries[row])
    found = features.kept(SHA256, trained(), cache)

    assert found is not None
    assert same(found, entries[row])


def test_nothing_is_kept_of_another_picture_or_by_another_codebook(
    entries: list[FeatureEntry], tmp_path: Path
) -> None:
    cache = Cache(root=tmp_path)
    other = replace(trained(), mean=trained().mean + np.float32(0.001))

    features.keep(SHA256, trained(), cache, entries[0])

    assert features.kept("b" * 64, trained(), cache) is None
    assert features.kept(SHA256, other, cache) is None


def test_the_kiosk_reads_each_print_s_own_details(entries: list[FeatureEntry], tmp_path: Path) -> None:
    features.write(entries, trained(), tmp_path)

    catalogue = InvertedIndex(tmp_path, len(entries))
    for item, entry in enumerate(entries):
        held = catalogue.of(item)
        assert np.array_equal(held.signatures, entry.signatures)
        assert np.array_equal(held.places, entry.places)
        assert held.aspect == pytest.approx(entry.aspect)
    assert np.array_equal(load(tmp_path / layout.CODEBOOK).centres, trained().centres)


def test_a_cell_lists_the_details_whose_word_it_is(entries: list[FeatureEntry], tmp_path: Path) -> None:
    features.write(entries, trained(), tmp_path)

    words = np.concatenate([entry.words for entry in entries])
    postings = np.load(tmp_path / layout.DETAIL_POSTINGS)
    cells = np.load(tmp_path / layout.DETAIL_CELLS)
    assert cells.shape == (WORDS + 1,)
    assert sorted(postings.tolist()) == list(range(len(words)))
    for word in range(0, WORDS, 97):
        listed = postings[cells[word] : cells[word + 1]]
        assert listed.tolist() == np.flatnonzero(words == word).tolist()
    for row, word in enumerate(words):
        assert row in postings[cells[word] : cells[int(word) + 1]]


def test_just_the_files_of_the_format_are_written(entries: list[FeatureEntry], tmp_path: Path) -> None:
    features.write(entries, trained(), tmp_path)

    files = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()]
    assert sorted(files) == sorted(layout.DETAILS)


def test_the_same_prints_make_the_same_bytes(
    entries: list[FeatureEntry], print_pictures: Mapping[str, Pixels], tmp_path: Path
) -> None:
    first, second, third, *_ = print_pictures.values()
    again = [features.take(picture, trained()) for picture in (first, BLANK, second, third)]

    for folder, made in (("one", entries), ("other", again)):
        (tmp_path / folder).mkdir()
        features.write(made, trained(), tmp_path / folder)

    for name in layout.DETAILS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_prints_without_any_detail_are_a_collection_too(tmp_path: Path) -> None:
    features.write([features.take(BLANK, trained())] * 2, trained(), tmp_path)

    catalogue = InvertedIndex(tmp_path, 2)

    assert len(catalogue) == 2
    assert len(catalogue.of(1)) == 0
