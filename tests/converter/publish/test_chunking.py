"""Files are cut into chunks at boundaries that depend on their content."""

import random
from pathlib import Path

import pytest

from converter.publish import chunking
from converter.publish.chunking import cut
from device.bundle import chunk_index
from device.bundle.chunk_index import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES


def written(folder: Path, data: bytes) -> Path:
    """Write a file of these bytes and return its path."""
    path = folder / "file"
    path.write_bytes(data)
    return path


def test_chunks_in_order_are_the_whole_file(tmp_path: Path) -> None:
    data = random.Random(1).randbytes(9 << 20)

    found = list(cut(written(tmp_path, data)))

    begin = 0
    for piece in found:
        assert piece.digest == chunk_index.chunk_digest(data[begin : begin + piece.length])
        begin += piece.length
    assert begin == len(data)
    assert all(MIN_CHUNK_BYTES <= piece.length <= MAX_CHUNK_BYTES for piece in found[:-1])
    assert 12 << 10 < len(data) / len(found) < 48 << 10


def test_boundaries_do_not_depend_on_how_a_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, random.Random(2).randbytes(3 << 20))
    whole = list(cut(path))

    monkeypatch.setattr(chunking, "_BLOCK", 100_003)

    assert list(cut(path)) == whole


def test_an_insertion_moves_only_the_boundaries_around_it(tmp_path: Path) -> None:
    data = random.Random(3).randbytes(4 << 20)
    before = {piece.digest for piece in cut(written(tmp_path, data))}

    after = list(cut(written(tmp_path, data[: 1 << 20] + b"inserted" + data[1 << 20 :])))

    assert sum(piece.digest not in before for piece in after) <= 3


def test_a_file_without_boundaries_is_cut_at_the_largest_size(tmp_path: Path) -> None:
    found = [piece.length for piece in cut(written(tmp_path, bytes(3 * MAX_CHUNK_BYTES + 5)))]

    assert found == [MAX_CHUNK_BYTES] * 3 + [5]


def test_an_empty_file_has_no_chunks(tmp_path: Path) -> None:
    assert list(cut(written(tmp_path, b""))) == []
