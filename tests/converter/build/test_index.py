"""The index reaches the target recall, and the same input makes the same index."""

from pathlib import Path

import numpy as np
import pytest

from converter.build import index
from converter.errors import RecallError
from device.recognition.embedding.nearest import Vectors, normalise


def _vectors(count: int, seed: int = 0) -> Vectors:
    """Return vectors with a spectrum like fingerprints: a few strong directions, a long tail."""
    rng = np.random.default_rng(seed)
    spectrum = 1 / np.arange(1, 513) ** 0.6
    rotation, _ = np.linalg.qr(np.random.default_rng(99).normal(size=(512, 512)))
    return normalise(
        (rng.normal(size=(count, 512)) * spectrum @ rotation + 0.02).astype(np.float32)
    )


@pytest.mark.parametrize("count", [1, 2, 9, 40, 1500])
def test_the_target_recall_is_reached_at_every_size(tmp_path: Path, count: int) -> None:
    built = index.build(
        _vectors(count), _vectors(50, seed=1), tmp_path / "index.ann", model_sha256="m"
    )

    assert built.spec.recall_at_10 >= index.TARGET_RECALL
    assert built.spec.items == count
    assert (tmp_path / "index.ann").is_file()
    assert [p.name for p in tmp_path.iterdir()] == ["index.ann"], "no other index is left"


def test_the_same_vectors_give_the_same_index_byte_for_byte(tmp_path: Path) -> None:
    vectors, queries = _vectors(600), _vectors(40, seed=1)

    one = index.build(vectors, queries, tmp_path / "one.ann", model_sha256="m")
    other = index.build(vectors, queries, tmp_path / "other.ann", model_sha256="m")

    assert (tmp_path / "one.ann").read_bytes() == (tmp_path / "other.ann").read_bytes()
    assert one.spec == other.spec
    np.testing.assert_array_equal(one.projection.matrix, other.projection.matrix)


def test_the_cheapest_parameters_that_reach_the_target_are_chosen(tmp_path: Path) -> None:
    built = index.build(
        _vectors(1500), _vectors(50, seed=1), tmp_path / "index.ann", model_sha256="m"
    )

    sufficient = [choice for choice in built.measured if choice.recall_at_10 >= index.TARGET_RECALL]
    cheapest = min(sufficient, key=lambda choice: choice.cost)

    assert (built.spec.dimensions, built.spec.search_k, built.spec.candidates) == (
        cheapest.dimensions,
        cheapest.search_k,
        cheapest.candidates,
    )


@pytest.mark.parametrize(("count", "others"), [(12, 0), (12, 600), (1000, 0)])
def test_identical_pictures_do_not_lower_recall(tmp_path: Path, count: int, others: int) -> None:
    """If one picture has a dozen or a thousand records, any ten of them are the ten nearest."""
    same = np.repeat(_vectors(1, seed=5), count, axis=0)
    vectors = np.concatenate([same, _vectors(others)]) if others else same
    queries = normalise(same[:1] + 0.1 * _vectors(30, seed=6))

    built = index.build(vectors, queries, tmp_path / "index.ann", model_sha256="m")

    assert built.spec.recall_at_10 >= index.TARGET_RECALL


def test_an_unreachable_recall_raises_an_error_with_the_best_one(tmp_path: Path) -> None:
    with pytest.raises(RecallError, match=r"recall@10 of 1\.5, found 1\.0000 at best"):
        index.build(
            _vectors(30),
            _vectors(5, seed=1),
            tmp_path / "index.ann",
            model_sha256="m",
            target_recall=1.5,
        )


def test_half_whitening_leaves_the_square_root_of_each_variance() -> None:
    vectors = _vectors(2000)

    projected = index.half_whitened(vectors, 32)(vectors)
    plain = np.sort(np.linalg.eigvalsh(np.cov(vectors.T.astype(np.float64))))[::-1][:32]

    np.testing.assert_allclose(projected.var(axis=0, ddof=1), np.sqrt(plain), rtol=1e-3)
