"""Recall is the share of the exact nearest; what is as near as the last of them counts, what is farther doesn't."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.build import exact_search
from device.recognition.embedding.nearest import Vectors, unit


def _vectors(count: int, seed: int) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32))


@given(count=st.integers(1, 60), queries=st.integers(1, 120), seed=st.integers(0, 1000))
def test_what_sorting_all_finds_is_all_there_is(count: int, queries: int, seed: int) -> None:
    vectors, asked = _vectors(count, seed), _vectors(queries, seed + 1)
    found = np.argsort(-(asked @ vectors.T), axis=1)[:, :10]

    assert exact_search.search(vectors, asked, 10).recall(list(found)) == 1


def test_each_item_that_is_farther_is_a_miss() -> None:
    vectors, asked = _vectors(50, 1), _vectors(4, 2)
    order = np.argsort(-(asked @ vectors.T), axis=1)
    found = [np.concatenate([row[:7], row[10:13]]) for row in order]

    assert exact_search.search(vectors, asked, 10).recall(found) == pytest.approx(0.7)


def test_fewer_found_than_there_are_is_a_miss_too() -> None:
    vectors, asked = _vectors(50, 1), _vectors(4, 2)
    order = np.argsort(-(asked @ vectors.T), axis=1)

    assert exact_search.search(vectors, asked, 10).recall([row[:4] for row in order]) == pytest.approx(0.4)


def test_any_of_those_that_tie_for_the_last_place_is_a_hit() -> None:
    vectors = np.repeat(_vectors(1, 3), 12, axis=0)
    yardstick = exact_search.search(vectors, vectors[:1], 10)

    assert yardstick.recall([np.arange(2, 12)]) == 1
    assert yardstick.recall([np.arange(12)]) == 1, "and never more than all"
