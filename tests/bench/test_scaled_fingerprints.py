"""Generated collections: seeded, without duplicates, with the spectrum of real prints."""

import numpy as np
import pytest

from bench import scaled_fingerprints
from bench.scaled_fingerprints import GeneratedCollection
from device.recognition.embedding.nearest import Vectors, normalise


@pytest.fixture(scope="module")
def real() -> Vectors:
    """Vectors with a spectrum like that of fingerprints."""
    rng = np.random.default_rng(3)
    spectrum = 1 / np.arange(1, 513) ** 0.6
    return normalise((rng.normal(size=(900, 512)) * spectrum + 0.02).astype(np.float32))


@pytest.fixture(scope="module")
def shifts(real: Vectors) -> Vectors:
    """Differences that a camera might add to fingerprints."""
    rng = np.random.default_rng(4)
    return (rng.normal(size=(50, 512)) * 0.02).astype(np.float32)


def _made(real: Vectors, shifts: Vectors, seed: int = 1, count: int = 5000) -> GeneratedCollection:
    return scaled_fingerprints.generate(real, shifts, count=count, queries=100, seed=seed)


def test_only_the_same_seed_generates_the_same_collection(real: Vectors, shifts: Vectors) -> None:
    one, same, other = (_made(real, shifts, seed) for seed in (1, 1, 2))

    np.testing.assert_array_equal(one.vectors, same.vectors)
    np.testing.assert_array_equal(one.held_out, same.held_out)
    np.testing.assert_array_equal(one.camera_views, same.camera_views)
    assert not np.array_equal(one.vectors, other.vectors)


def test_no_vector_is_a_duplicate_and_no_query_is_in_the_collection(
    real: Vectors, shifts: Vectors
) -> None:
    made = _made(real, shifts)
    everything = np.concatenate([made.vectors, made.held_out, made.camera_views])

    assert len(made.vectors) == 5000
    assert len(np.unique(everything, axis=0)) == len(everything)


def test_duplicates_are_drawn_again(shifts: Vectors) -> None:
    """Rounding can make two draws equal; here it does so hundreds of times."""
    coarse = np.eye(512, dtype=np.float32)[:2] * np.float32(1e-3) + np.float32(1)

    made = scaled_fingerprints.generate(normalise(coarse), shifts, count=300, queries=10, seed=1)

    assert len(np.unique(made.vectors, axis=0)) == 300


def test_vectors_and_queries_are_of_unit_length(real: Vectors, shifts: Vectors) -> None:
    made = _made(real, shifts)

    for vectors in (made.vectors, made.held_out, made.camera_views):
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.slow
def test_the_spectrum_of_the_real_prints_is_kept(real: Vectors, shifts: Vectors) -> None:
    made = _made(real, shifts, count=20_000)
    before, after = scaled_fingerprints.spectrum(real), scaled_fingerprints.spectrum(made.vectors)

    for components, share in before.items():
        assert after[components] == pytest.approx(share, abs=0.03)


def test_every_other_camera_view_is_of_a_print_in_the_collection(
    real: Vectors, shifts: Vectors
) -> None:
    made = _made(real, np.zeros_like(shifts))  # a camera that changes nothing

    nearest = (made.camera_views @ made.vectors.T).max(axis=1)

    assert (nearest[0::2] > 0.9999).all()
    assert (nearest[1::2] < 0.9999).all()
