"""A cached result is found under exactly its key parts."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from converter.cache import Cache


def test_only_a_cached_result_is_returned(tmp_path: Path) -> None:
    cache = Cache(root=tmp_path)
    cache.put("pictures", "a", "b", data=b"cached")

    assert cache.get("pictures", "a", "b") == b"cached"
    assert cache.get("pictures", "a", "c") is None
    assert cache.get("models", "a", "b") is None


@given(st.lists(st.text(max_size=5), min_size=1, max_size=3, unique=True))
def test_no_two_keys_share_an_entry(parts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(root=Path(folder))
        cache.put("kind", *parts, data=b"x")

        assert cache.get("kind", *parts, "") is None
        assert cache.get("kind", "".join(parts), "more") is None
        assert cache.get("kind", *parts) == b"x"


def test_a_cached_vector_is_read_back_bit_for_bit(tmp_path: Path) -> None:
    vector = np.random.default_rng(1).normal(size=512).astype(np.float32)
    cache = Cache(root=tmp_path)
    cache.put_vector("quantised", "key", vector=vector)

    cached = cache.vector("quantised", "key")

    assert cached is not None
    np.testing.assert_array_equal(cached, vector)
