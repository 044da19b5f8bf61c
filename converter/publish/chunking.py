"""Cut a file into chunks at boundaries that its own bytes define.

An insertion or deletion moves only the boundaries around it (content-defined chunking). The rolling hash covers 32
bytes ("gear": Xia et al., "Ddelta", 2014) and is computed for all positions of a block at once.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device.bundle.chunk_index import MAX_CHUNK_BYTES, MIN_CHUNK_BYTES, Chunk, chunk_digest

_BLOCK = 4 << 20
_WINDOW = 32
# A boundary is where this number of the hash's upper bits are zero: every 16 KiB on average, after the least length.
_ZERO_BITS = 14
_GEAR = np.array(
    [int.from_bytes(hashlib.sha256(bytes([value])).digest()[:4], "big") for value in range(256)],
    dtype=np.uint32,
)


def cut(path: Path) -> Iterator[Chunk]:
    """Yield a file's chunks in order; their lengths add up to its size.

    Raises:
        OSError: When the file can't be read.
    """
    with path.open("rb") as file:
        before, pending = b"", bytearray()
        cuts: list[int] = []  # positions within the pending bytes
        while block := file.read(_BLOCK):
            cuts += [len(pending) + place for place in _cut_positions(before, block)]
            pending += block
            before = (before + block)[-_WINDOW + 1 :]
            while len(pending) >= MAX_CHUNK_BYTES:
                yield _next_chunk(pending, cuts)
        while pending:
            yield _next_chunk(pending, cuts)


def _cut_positions(before: bytes, block: bytes) -> list[int]:
    """Return the positions at which a block may be cut, in bytes from its start.

    Args:
        before: The 31 bytes before the block; fewer at the start of a file.
        block: The bytes of the block.
    """
    hashes = _GEAR[np.frombuffer(before + block, np.uint8)]
    for shift in (1, 2, 4, 8, 16):  # the sum over 32 bytes, each shifted by its distance
        hashes[shift:] = hashes[shift:] + (hashes[:-shift] << np.uint32(shift))
    found = np.flatnonzero(hashes >> np.uint32(32 - _ZERO_BITS) == 0) + 1 - len(before)
    return [int(place) for place in found[found > 0]]


def _next_chunk(pending: bytearray, cuts: list[int]) -> Chunk:
    """Remove the next chunk from the pending bytes and positions, and return it."""
    most = min(MAX_CHUNK_BYTES, len(pending))
    length = next((place for place in cuts if place >= MIN_CHUNK_BYTES), most)
    length = min(length, most)
    data = bytes(pending[:length])
    del pending[:length]
    cuts[:] = [place - length for place in cuts if place > length]
    return Chunk(length, chunk_digest(data))
