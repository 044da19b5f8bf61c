"""Plain Annoy is tuned to the least search_k that reaches the required recall."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import plain_annoy
from converter.build import exact_search
from device.recognition.embedding.nearest import Vectors, normalise


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Vectors without structure, which are the hardest for trees."""
    rng = np.random.default_rng(0)
    return normalise(rng.normal(size=(3000, 64)).astype(np.float32))


def test_tuning_finds_the_least_sufficient_value(tmp_path: Path, vectors: Vectors) -> None:
    queries = normalise(np.random.default_rng(1).normal(size=(30, 64)).astype(np.float32))
    yardstick = exact_search.search(vectors, queries, 10)
    built = plain_annoy.build(vectors, 5, tmp_path / "plain.ann")

    tuned = plain_annoy.tuned(built, yardstick, 0.8)
    before = plain_annoy.SEARCH_K[plain_annoy.SEARCH_K.index(tuned.search_k) - 1]

    assert tuned.recall_at_10 >= 0.8
    assert plain_annoy.recall_at(built, yardstick, before) < 0.8
    assert len(tuned.nearest(queries[0])) == 10


def test_an_unreachable_recall_gets_the_largest_value(tmp_path: Path, vectors: Vectors) -> None:
    nearer_than_any = replace(
        exact_search.search(vectors, vectors[:3], 10), min_cosines=np.full(3, 2.0, np.float32)
    )

    tuned = plain_annoy.tuned(
        plain_annoy.build(vectors, 2, tmp_path / "plain.ann"), nearer_than_any, 0.9
    )

    assert tuned.search_k == plain_annoy.SEARCH_K[-1]
    assert tuned.recall_at_10 == 0
