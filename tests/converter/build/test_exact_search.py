"""Recall is the share of the exact nearest neighbours that were found; ties count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.build import exact_search
from device.recognition.embedding.nearest import Vectors, normalise


def _vectors(count: int, seed: int) -> Vectors:
    return normalise(np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32))


@given(count=st.integers(1, 60), queries=st.integers(1, 120), seed=st.integers(0, 1000))
def test_recall_of_a_full_sort_is_one(count: int, queries: int, seed: int) -> None:
    vectors, query_vectors = _vectors(count, seed), _vectors(queries, seed + 1)
    found = np.argsort(-(query_vectors @ vectors.T), axis=1)[:, :10]

    assert exact_search.search(vectors, query_vectors, 10).recall(list(found)) == 1


def test_each_farther_item_lowers_recall() -> None:
    vectors, query_vectors = _vectors(50, 1), _vectors(4, 2)
    order = np.argsort(-(query_vectors @ vectors.T), axis=1)
    found = [np.concatenate([row[:7], row[10:13]]) for row in order]

    assert exact_search.search(vectors, query_vectors, 10).recall(found) == pytest.approx(0.7)


def test_missing_items_lower_recall() -> None:
    vectors, query_vectors = _vectors(50, 1), _vectors(4, 2)
    order = np.argsort(-(query_vectors @ vectors.T), axis=1)

    assert exact_search.search(vectors, query_vectors, 10).recall(
        [row[:4] for row in order]
    ) == pytest.approx(0.4)


def test_any_item_that_ties_for_the_last_place_counts_as_found() -> None:
    vectors = np.repeat(_vectors(1, 3), 12, axis=0)
    exact = exact_search.search(vectors, vectors[:1], 10)

    assert exact.recall([np.arange(2, 12)]) == 1
    assert exact.recall([np.arange(12)]) == 1, "recall is at most 1"
