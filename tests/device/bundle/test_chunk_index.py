"""A chunk index survives a round trip; other bytes, and another file's index, are refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.bundle import chunk_index
from device.bundle.chunk_index import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, Chunk
from device.errors import BundleFormatError


@settings(max_examples=30)
@given(lengths=st.lists(st.integers(MIN_CHUNK_BYTES, MAX_CHUNK_BYTES), min_size=1, max_size=50))
def test_a_chunk_index_survives_a_round_trip(lengths: list[int]) -> None:
    whole = tuple(Chunk(length, bytes([n % 256]) * 16) for n, length in enumerate(lengths))
    data = chunk_index.dump(whole)

    assert chunk_index.parse(data, sum(lengths)) == whole
    assert len(data) <= chunk_index.max_index_bytes(sum(lengths))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        chunk_index.dump([]),
        chunk_index.dump([Chunk(MIN_CHUNK_BYTES, bytes(16))])[:-1],
        chunk_index.dump([Chunk(MIN_CHUNK_BYTES + 1, bytes(16))]),
        chunk_index.dump([Chunk(1, bytes(16)), Chunk(MIN_CHUNK_BYTES - 1, bytes(16))]),
        chunk_index.dump([Chunk(MIN_CHUNK_BYTES, bytes(16)), Chunk(0, bytes(16))]),
    ],
)
def test_an_invalid_chunk_index_is_refused(data: bytes) -> None:
    with pytest.raises(BundleFormatError, match="chunk index: expected"):
        chunk_index.parse(data, MIN_CHUNK_BYTES)
