"""How a large file is cut into pieces by its content, so that a kiosk that has most of them fetches the rest alone.

A hint and no promise: nobody signs it, and a file put together by it is held against its sha256 like any other.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from device.errors import BundleFormatError

# Smaller files are fetched whole.
LEAST_FILE_BYTES = 256 << 10
# Of a piece; only a file's last one may be smaller.
LEAST_BYTES, MOST_BYTES = 8 << 10, 256 << 10
_MAGIC = b"printkiosk pieces 1\n"
_RECORD = struct.Struct("<I16s")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file, after those of the piece before; by position, for there are a hundred thousand."""

    length: int
    digest: bytes


def digest_of(data: bytes) -> bytes:
    """Give what tells one piece from another: 16 bytes, the beginning of its sha256."""
    return hashlib.sha256(data).digest()[:16]


def dump(pieces: Iterable[Piece]) -> bytes:
    """Give a recipe as it is published."""
    return _MAGIC + b"".join(_RECORD.pack(piece.length, piece.digest) for piece in pieces)


def limit_bytes(size_bytes: int) -> int:
    """Give how long the recipe of a file of so many bytes can be at most."""
    return len(_MAGIC) + _RECORD.size * (size_bytes // LEAST_BYTES + 1)


def parse(data: bytes, size_bytes: int) -> tuple[Piece, ...]:
    """Read a recipe.

    Args:
        data: As it was published, or not.
        size_bytes: Of the whole file.

    Raises:
        BundleFormatError: When it is none, or is another file's.
    """
    body = data.removeprefix(_MAGIC)
    if len(body) == len(data) or len(body) % _RECORD.size:
        raise BundleFormatError(f"a recipe of pieces: expected {_MAGIC!r}, found {data[:20]!r}")
    pieces = tuple(Piece(length, digest) for length, digest in _RECORD.iter_unpack(body))
    lengths = [piece.length for piece in pieces]
    is_cut_well = all(LEAST_BYTES <= length <= MOST_BYTES for length in lengths[:-1])
    if sum(lengths) != size_bytes or not is_cut_well or not 0 < lengths[-1] <= MOST_BYTES:
        raise BundleFormatError(
            f"a recipe of pieces: expected {size_bytes} bytes in pieces of {LEAST_BYTES} to {MOST_BYTES}, "
            f"found {sum(lengths)} in {len(lengths)}"
        )
    return pieces
