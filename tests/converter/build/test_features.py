"""Local features are cached by picture and codebook, and the kiosk reads them back."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shared_codebook import trained_codebook

from converter.build import features
from converter.build.features import MAX_FEATURES, FeatureEntry
from converter.cache import Cache
from device.bundle import layout
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.recognition.local.codebook import WORDS, load
from device.recognition.local.inverted_index import PLACE, InvertedIndex

BLANK = np.full((40, 60, 3), 200, np.uint8)
SHA256 = "a" * 64


@pytest.fixture(scope="module")
def entries(print_pictures: Mapping[str, Pixels]) -> list[FeatureEntry]:
    """The local features of three real prints, and of a blank picture as the second."""
    first, second, third, *_ = print_pictures.values()
    return [
        features.make_entry(picture, trained_codebook())
        for picture in (first, BLANK, second, third)
    ]


def are_equal(one: FeatureEntry, other: FeatureEntry) -> bool:
    names = ("signatures", "places", "words")
    return one.aspect == other.aspect and all(
        getattr(one, name).dtype == getattr(other, name).dtype
        and np.array_equal(getattr(one, name), getattr(other, name))
        for name in names
    )


def test_a_print_has_at_most_the_maximum_of_features_each_fully_encoded(
    entries: list[FeatureEntry], print_pictures: Mapping[str, Pixels]
) -> None:
    entry, picture = entries[0], next(iter(print_pictures.values()))

    count = len(entry.words)
    assert 100 < count <= MAX_FEATURES
    assert entry.signatures.shape == (count, 2)
    assert (entry.signatures.dtype, entry.places.dtype) == (np.uint64, PLACE)
    assert entry.words.dtype == np.uint16
    assert entry.aspect == pytest.approx(picture.shape[1] / picture.shape[0])


def test_a_blank_picture_has_an_entry_without_features(
    entries: list[FeatureEntry],
) -> None:
    assert len(entries[1].words) == len(entries[1].signatures) == len(entries[1].places) == 0
    assert entries[1].aspect == 1.5


@pytest.mark.parametrize("row", [0, 1])
def test_a_stored_entry_is_read_back_from_the_cache(
    entries: list[FeatureEntry], tmp_path: Path, row: int
) -> None:
    cache = Cache(root=tmp_path)

    features.store_entry(SHA256, trained_codebook(), cache, entries[row])
    found = features.cached_entry(SHA256, trained_codebook(), cache)

    assert found is not None
    assert are_equal(found, entries[row])


def test_another_picture_or_codebook_has_no_cached_entry(
    entries: list[FeatureEntry], tmp_path: Path
) -> None:
    cache = Cache(root=tmp_path)
    other = replace(trained_codebook(), mean=trained_codebook().mean + np.float32(0.001))

    features.store_entry(SHA256, trained_codebook(), cache, entries[0])

    assert features.cached_entry("b" * 64, trained_codebook(), cache) is None
    assert features.cached_entry(SHA256, other, cache) is None


def test_the_kiosk_reads_the_features_of_each_print(
    entries: list[FeatureEntry], tmp_path: Path
) -> None:
    features.write(entries, trained_codebook(), tmp_path)

    inverted_index = InvertedIndex(tmp_path, len(entries))
    for item, entry in enumerate(entries):
        stored = inverted_index.features_of(item)
        assert np.array_equal(stored.signatures, entry.signatures)
        assert np.array_equal(stored.places, entry.places)
        assert stored.aspect == pytest.approx(entry.aspect)
    assert np.array_equal(load(tmp_path / layout.CODEBOOK).centres, trained_codebook().centres)


def test_each_visual_word_lists_exactly_its_features(
    entries: list[FeatureEntry], tmp_path: Path
) -> None:
    features.write(entries, trained_codebook(), tmp_path)

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


def test_only_the_files_of_the_bundle_format_are_written(
    entries: list[FeatureEntry], tmp_path: Path
) -> None:
    features.write(entries, trained_codebook(), tmp_path)

    files = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()]
    assert sorted(files) == sorted(layout.DETAILS)


def test_the_same_prints_make_the_same_bytes(
    entries: list[FeatureEntry], print_pictures: Mapping[str, Pixels], tmp_path: Path
) -> None:
    first, second, third, *_ = print_pictures.values()
    again = [
        features.make_entry(picture, trained_codebook())
        for picture in (first, BLANK, second, third)
    ]

    for folder, made in (("one", entries), ("other", again)):
        (tmp_path / folder).mkdir()
        features.write(made, trained_codebook(), tmp_path / folder)

    for name in layout.DETAILS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_a_collection_without_any_feature_is_written_and_read(tmp_path: Path) -> None:
    features.write(
        [features.make_entry(BLANK, trained_codebook())] * 2, trained_codebook(), tmp_path
    )

    inverted_index = InvertedIndex(tmp_path, 2)

    assert len(inverted_index) == 2
    assert len(inverted_index.features_of(1)) == 0


def test_features_of_a_picture_that_is_decoded_otherwise_are_not_reused(
    tmp_path: Path, entries: list[FeatureEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(root=tmp_path)
    features.store_entry(SHA256, trained_codebook(), cache, entries[0])
    assert features.cached_entry(SHA256, trained_codebook(), cache) is not None

    monkeypatch.setattr(decoding, "VERSION", "another")

    assert features.cached_entry(SHA256, trained_codebook(), cache) is None
