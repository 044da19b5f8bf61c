"""Read parts of a file, and bytes put between them, as one file, without copying it."""

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, BinaryIO, TypeAlias

# Bytes of its own, or the range [start, end) of the original file.
Piece: TypeAlias = bytes | tuple[int, int]


def splice(
    file: BinaryIO, pieces: Sequence[Piece], *, keeps_descriptor: bool = False
) -> io.BufferedReader:
    """Return a file that reads as the pieces, one after the other.

    Args:
        file: The original; it must stay open and is moved about.
        pieces: What the new file consists of.
        keeps_descriptor: Whether `fileno` is the original's. libtiff then reads the original itself, so its offsets must
            hold there, too. Otherwise the new file has no descriptor.
    """
    return io.BufferedReader(_SplicedFile(file, pieces, keeps_descriptor), 64 * 1024)


class _SplicedFile(io.RawIOBase):
    def __init__(self, file: BinaryIO, pieces: Sequence[Piece], keeps_descriptor: bool) -> None:
        super().__init__()
        self._file = file
        self._keeps_descriptor = keeps_descriptor
        self._position = 0
        self._pieces = [piece for piece in pieces if _size(piece)]
        self._ends = list(accumulate(_size(piece) for piece in self._pieces))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        if not self._keeps_descriptor:
            raise io.UnsupportedOperation("a spliced file has no descriptor")
        return self._file.fileno()

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        end = self._ends[-1] if self._ends else 0
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: end}[whence]
        if origin + offset < 0:
            raise OSError(f"expected a position in the file, found {origin + offset}")
        self._position = origin + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        at = bisect_right(self._ends, self._position)
        if at == len(self._pieces):
            return 0
        piece, left = self._pieces[at], self._ends[at] - self._position
        data = self._part(piece, _size(piece) - left, min(len(buffer), left))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _part(self, piece: Piece, skipped: int, size: int) -> bytes:
        if isinstance(piece, bytes):
            return piece[skipped : skipped + size]
        self._file.seek(piece[0] + skipped)
        return self._file.read(size)


def _size(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]
