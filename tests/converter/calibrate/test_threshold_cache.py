"""Cached thresholds are reused while few prints have changed, and never longer."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.cache import Cache
from converter.calibrate.threshold_cache import MOST_CHANGED, ThresholdCache, print_digests
from converter.calibrate.thresholds import UNFITTED
from converter.ingest.item import Item

PRINTS = frozenset(f"print-{n}" for n in range(200))


@pytest.fixture
def cached(tmp_path: Path) -> ThresholdCache:
    return ThresholdCache(cache=Cache(root=tmp_path), parts=("a collection", "a model", "code"))


def test_an_empty_cache_returns_nothing(cached: ThresholdCache) -> None:
    assert cached.get(PRINTS) is None


def test_unchanged_prints_get_the_cached_thresholds(cached: ThresholdCache) -> None:
    cached.put(PRINTS, UNFITTED)

    assert cached.get(PRINTS) == UNFITTED


@settings(deadline=None, max_examples=30)
@given(gone=st.integers(0, 12), come=st.integers(0, 12))
def test_few_changed_prints_are_counted_and_many_need_a_new_fit(
    tmp_path_factory: pytest.TempPathFactory, gone: int, come: int
) -> None:
    cached = ThresholdCache(cache=Cache(root=tmp_path_factory.mktemp("cache")), parts=("code",))
    cached.put(PRINTS, UNFITTED)
    now = frozenset(sorted(PRINTS)[gone:]) | {f"new-{n}" for n in range(come)}

    found = cached.get(now)

    if gone + come <= MOST_CHANGED * len(now):
        assert found is not None
        assert found.changed == gone + come
    else:
        assert found is None


def test_changes_are_counted_from_the_collection_that_was_fitted(cached: ThresholdCache) -> None:
    """Otherwise the whole collection could change, ten prints at a time."""
    cached.put(PRINTS, UNFITTED)
    first = frozenset(sorted(PRINTS)[8:])
    second = frozenset(sorted(PRINTS)[16:])

    assert cached.get(first) is not None
    assert cached.get(second) is None


def test_other_inputs_do_not_share_thresholds(cached: ThresholdCache, tmp_path: Path) -> None:
    cached.put(PRINTS, UNFITTED)

    other_code = ThresholdCache(
        cache=Cache(root=tmp_path), parts=("a collection", "a model", "other")
    )

    assert other_code.get(PRINTS) is None


def test_a_changed_picture_id_or_relation_changes_the_digest(
    small_items: tuple[Item, ...],
) -> None:
    vectors = np.eye(len(small_items), 512, dtype=np.float32)
    related = {row: frozenset[int]() for row in range(len(small_items))}
    was = print_digests(small_items, vectors, related)
    another_picture = vectors.copy()
    another_picture[3, 7] = 0.5

    assert len(was) == len(small_items)
    assert len(was ^ print_digests(small_items, another_picture, related)) == 2
    assert len(was ^ print_digests(small_items, vectors, related | {2: frozenset({5})})) == 2
    assert len(was ^ print_digests(small_items[:-1], vectors[:-1], related)) == 1
