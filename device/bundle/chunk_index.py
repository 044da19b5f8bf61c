"""The chunk index: lengths and digests of a large file's content-defined chunks.

A kiosk that already has most of the chunks fetches only the rest. The index is unsigned, so it is never trusted:
a file assembled by it is checked against its sha256 like any other.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from device.errors import BundleFormatError

# Smaller files are fetched whole and have no chunk index.
MIN_FILE_BYTES = 256 << 10
# Limits of a chunk's length; only a file's last chunk may be shorter.
MIN_CHUNK_BYTES, MAX_CHUNK_BYTES = 8 << 10, 256 << 10
_MAGIC = b"printkiosk pieces 1\n"
_RECORD = struct.Struct("<I16s")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a file: its length in bytes and its digest.

    Chunks follow each other without gaps. The fields are positional because a file may have a hundred thousand chunks.
    """

    length: int
    digest: bytes


def chunk_digest(data: bytes) -> bytes:
    """Return a chunk's digest: the first 16 bytes of its sha256."""
    return hashlib.sha256(data).digest()[:16]


def dump(chunks: Iterable[Chunk]) -> bytes:
    """Return the published form of a chunk index: a magic number, then lengths and digests."""
    return _MAGIC + b"".join(_RECORD.pack(chunk.length, chunk.digest) for chunk in chunks)


def max_index_bytes(size_bytes: int) -> int:
    """Return the maximum length in bytes of the chunk index of a file of `size_bytes`."""
    return len(_MAGIC) + _RECORD.size * (size_bytes // MIN_CHUNK_BYTES + 1)


def parse(data: bytes, size_bytes: int) -> tuple[Chunk, ...]:
    """Parse a chunk index.

    Args:
        data: The published bytes; untrusted.
        size_bytes: Size of the whole file.

    Raises:
        BundleFormatError: When the bytes are no chunk index, or the index of another file.
    """
    body = data.removeprefix(_MAGIC)
    if len(body) == len(data) or len(body) % _RECORD.size:
        raise BundleFormatError(f"chunk index: expected {_MAGIC!r}, found {data[:20]!r}")
    chunks = tuple(Chunk(length, digest) for length, digest in _RECORD.iter_unpack(body))
    lengths = [chunk.length for chunk in chunks]
    are_lengths_valid = all(MIN_CHUNK_BYTES <= length <= MAX_CHUNK_BYTES for length in lengths[:-1])
    if (
        sum(lengths) != size_bytes
        or not are_lengths_valid
        or not 0 < lengths[-1] <= MAX_CHUNK_BYTES
    ):
        raise BundleFormatError(
            f"chunk index: expected {size_bytes} bytes in chunks of {MIN_CHUNK_BYTES} to {MAX_CHUNK_BYTES}, "
            f"found {sum(lengths)} in {len(lengths)}"
        )
    return chunks
