"""Words and signatures are close for similar features, and the same on every machine."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared_codebook import trained_codebook

from device.errors import BundleDamagedError
from device.imaging.frames import Pixels
from device.recognition.local import codebook, features
from device.recognition.local.codebook import BITS, CENTRES, WORDS, Codebook, hamming
from device.recognition.local.features import Floats

NUMBER = st.integers(0, 2**64 - 1)
PAIRS = st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def projected(print_pictures: Mapping[str, Pixels]) -> Floats:
    """Return projected descriptors of a real print."""
    return trained_codebook().project(
        features.extract(next(iter(print_pictures.values()))).descriptors
    )


def distances(points: Floats, book: Codebook) -> Floats:
    """Return the distances of each point to all 65,536 cells, by brute force."""
    half = points.shape[1] // 2
    first = ((points[:, np.newaxis, :half] - book.centres[0]) ** 2).sum(axis=2)
    second = ((points[:, np.newaxis, half:] - book.centres[1]) ** 2).sum(axis=2)
    return np.asarray(first[:, :, np.newaxis] + second[:, np.newaxis]).reshape(len(points), WORDS)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_words_are_the_nearest_cells_nearest_first(projected: Floats, count: int) -> None:
    points = projected[:40]

    words = trained_codebook().words(points, count)

    every = distances(points, trained_codebook())
    found = np.take_along_axis(every, words, axis=1)
    assert words.shape == (40, count)
    assert np.allclose(found, np.sort(every, axis=1)[:, :count], atol=1e-4)


@pytest.mark.parametrize("count", [8, 36])
def test_words_are_distinct_valid_cells_in_order_of_distance(projected: Floats, count: int) -> None:
    points = projected[:40]

    words = trained_codebook().words(points, count)

    assert words.min() >= 0
    assert words.max() < WORDS == CENTRES * CENTRES
    assert all(len(set(row)) == count for row in words.tolist())
    found = np.take_along_axis(distances(points, trained_codebook()), words, axis=1)
    assert (np.diff(found, axis=1) > -1e-4).all()


def test_a_signature_is_two_numbers_of_64_bits(projected: Floats) -> None:
    signatures = trained_codebook().signatures(projected)

    assert signatures.shape == (len(projected), 2)
    assert signatures.dtype == np.uint64
    assert BITS == 128


def test_no_features_have_no_words_and_no_signatures() -> None:
    book = trained_codebook()

    nothing = book.project(np.empty((0, features.DESCRIPTOR_LENGTH), np.float32))

    assert book.signatures(nothing).shape == (0, 2)
    assert book.words(nothing, 1).shape == (0, 1)
    assert book.words(nothing, 8).shape == (0, 8)


def test_similar_features_differ_in_few_bits_and_others_in_half(
    print_pictures: Mapping[str, Pixels],
) -> None:
    found = features.extract(next(iter(print_pictures.values()))).descriptors
    rng = np.random.default_rng(1)
    again = found + rng.normal(0, 0.015, found.shape).astype(np.float32)
    again /= np.linalg.norm(again, axis=1, keepdims=True)
    book = trained_codebook()

    first, second = (book.signatures(book.project(d)) for d in (found, again))

    alike, others = hamming(first, second), hamming(first, np.roll(second, 7, axis=0))
    assert np.percentile(alike, 95) < 32
    assert 50 < np.median(others) < 75


@pytest.mark.slow
@given(PAIRS)
def test_hamming_counts_the_bits_that_differ(pairs: list[tuple[int, int, int, int]]) -> None:
    numbers = np.array(pairs, dtype=np.uint64)

    assert hamming(numbers[:, :2], numbers[:, 2:]).tolist() == counted(pairs)


def test_hamming_counts_the_same_without_numpy_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Pi's own numpy has no `bitwise_count`."""
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, 2**64, (500, 4), dtype=np.uint64)
    edges = np.array([[0, 0, 2**64 - 1, 2**64 - 1], [0, 1, 0, 2**63]], dtype=np.uint64)
    numbers = np.concatenate([drawn, edges])

    found = hamming(numbers[:, :2], numbers[:, 2:])

    assert found.dtype == np.uint8
    assert found.tolist() == counted([tuple(row) for row in numbers.tolist()])
    assert found[-2] == 128


def counted(pairs: list[tuple[int, int, int, int]]) -> list[int]:
    return [bin(a ^ c).count("1") + bin(b ^ d).count("1") for a, b, c, d in pairs]


def test_a_saved_codebook_is_read_back_the_same(tmp_path: Path) -> None:
    codebook.save(trained_codebook(), tmp_path / "codebook.npz")

    read = codebook.load(tmp_path / "codebook.npz")

    for name in ("mean", "components", "spread", "centres"):
        assert np.array_equal(getattr(read, name), getattr(trained_codebook(), name))


def test_a_codebook_is_always_written_as_the_same_bytes(tmp_path: Path) -> None:
    codebook.save(trained_codebook(), tmp_path / "one.npz")
    codebook.save(codebook.load(tmp_path / "one.npz"), tmp_path / "other.npz")

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_a_codebook_of_other_sizes_is_refused_naming_both(tmp_path: Path) -> None:
    path = tmp_path / "codebook.npz"
    book = trained_codebook()
    np.savez(
        path,
        mean=book.mean,
        components=book.components[:, :32],
        spread=book.spread,
        centres=book.centres,
    )

    with pytest.raises(BundleDamagedError, match=r"components: expected .*128, 64.*128, 32"):
        codebook.load(path)


def test_a_codebook_of_another_dtype_is_refused_naming_both(tmp_path: Path) -> None:
    path = tmp_path / "codebook.npz"
    book = trained_codebook()
    np.savez(
        path,
        mean=book.mean.astype(np.float64),
        components=book.components,
        spread=book.spread,
        centres=book.centres,
    )

    with pytest.raises(BundleDamagedError, match=r"mean: expected float32 .*found float64"):
        codebook.load(path)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.999])
def test_a_truncated_codebook_is_refused_as_damaged(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "codebook.npz"
    codebook.save(trained_codebook(), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])

    with pytest.raises(BundleDamagedError, match=r"codebook\.npz: expected a codebook, found .+"):
        codebook.load(path)


def test_a_codebook_with_a_changed_byte_is_refused_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "codebook.npz"
    codebook.save(trained_codebook(), path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)

    with pytest.raises(BundleDamagedError, match="expected a codebook, found"):
        codebook.load(path)


def test_other_files_are_refused_as_codebooks(tmp_path: Path) -> None:
    absent, text, array, other = (tmp_path / name for name in ("absent", "text", "array", "other"))
    text.write_text("not a codebook")
    with array.open("wb") as file:
        np.save(file, np.zeros(4, np.float32))
    with other.open("wb") as file:
        np.savez(file, mean=np.zeros(128, np.float32))

    for path in (absent, text, array, other):
        with pytest.raises(BundleDamagedError, match=f"{path.name}: expected a codebook, found"):
            codebook.load(path)
