"""A spliced file reads like the bytes that it stands for."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.imaging.formats.spliced_file import Piece, splice

ORIGINAL = bytes(range(256)) * 3
PIECES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.tuples(st.integers(0, 768), st.integers(0, 768)).map(
            lambda ends: (min(ends), max(ends))
        ),
    ),
    max_size=6,
)


def joined(pieces: list[Piece]) -> bytes:
    parts = [one if isinstance(one, bytes) else ORIGINAL[one[0] : one[1]] for one in pieces]
    return b"".join(parts)


@pytest.mark.slow
@given(PIECES, st.lists(st.tuples(st.integers(0, 900), st.integers(-1, 900)), max_size=5))
def test_it_reads_like_its_pieces(pieces: list[Piece], reads: list[tuple[int, int]]) -> None:
    file, wanted = splice(io.BytesIO(ORIGINAL), pieces), io.BytesIO(joined(pieces))

    assert file.read() == wanted.read()
    assert file.seek(0, io.SEEK_END) == wanted.seek(0, io.SEEK_END)
    for start, size in reads:
        file.seek(start)
        wanted.seek(start)
        assert file.read(size) == wanted.read(size)


def test_a_position_before_the_file_is_an_error() -> None:
    with pytest.raises(OSError, match="expected a position in the file"):
        splice(io.BytesIO(ORIGINAL), [b"abc"]).seek(-4, io.SEEK_END)


def test_a_descriptor_is_handed_on_only_where_it_may_be_used(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(ORIGINAL)
    with path.open("rb") as file:
        assert splice(file, [(0, 9)], keeps_descriptor=True).fileno() == file.fileno()
        with pytest.raises(io.UnsupportedOperation):
            splice(file, [(0, 9)]).fileno()
