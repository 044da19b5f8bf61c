"""Thresholds are carried over while hardly a print has changed, and never further."""

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
def carried(tmp_path: Path) -> ThresholdCache:
    return ThresholdCache(cache=Cache(root=tmp_path), parts=("a collection", "a model", "code"))


def test_nothing_is_carried_where_nothing_was_fitted(carried: ThresholdCache) -> None:
    assert carried.get(PRINTS) is None


def test_the_same_prints_get_the_very_same_thresholds(carried: ThresholdCache) -> None:
    carried.put(PRINTS, UNFITTED)

    assert carried.get(PRINTS) == UNFITTED


@settings(deadline=None, max_examples=30)
@given(gone=st.integers(0, 12), come=st.integers(0, 12))
def test_a_few_prints_more_or_less_are_counted_and_many_end_it(
    tmp_path_factory: pytest.TempPathFactory, gone: int, come: int
) -> None:
    carried = ThresholdCache(cache=Cache(root=tmp_path_factory.mktemp("cache")), parts=("code",))
    carried.put(PRINTS, UNFITTED)
    now = frozenset(sorted(PRINTS)[gone:]) | {f"new-{n}" for n in range(come)}

    found = carried.get(now)

    if gone + come <= MOST_CHANGED * len(now):
        assert found is not None
        assert found.changed == gone + come
    else:
        assert found is None


def test_changes_are_counted_from_the_collection_that_was_fitted(carried: ThresholdCache) -> None:
    """Else a collection could change wholly, ten prints at a time."""
    carried.put(PRINTS, UNFITTED)
    first = frozenset(sorted(PRINTS)[8:])
    second = frozenset(sorted(PRINTS)[16:])

    assert carried.get(first) is not None
    assert carried.get(second) is None


def test_what_they_depend_on_keeps_thresholds_apart(
    carried: ThresholdCache, tmp_path: Path
) -> None:
    carried.put(PRINTS, UNFITTED)

    other_code = ThresholdCache(
        cache=Cache(root=tmp_path), parts=("a collection", "a model", "other")
    )

    assert other_code.get(PRINTS) is None


def test_a_print_counts_as_changed_by_its_picture_its_id_and_its_relatives(
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
