"""A source that reads chunks already on the disk from there, and fetches only the rest.

A large file is published with its chunk index. Chunks that a file of the current bundle has as well are not fetched.
The index is not trusted: each chunk is checked against it, and the caller checks the file against its sha256. A
file that fails this check is opened again, and then fetched whole.
"""

import logging
import os
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby
from pathlib import Path

from device.bundle import chunk_index, repository_layout
from device.bundle.chunk_index import Chunk
from device.bundle.manifest import FileEntry
from device.errors import BundleFormatError, SourceError
from device.store.source import BundleSource, Stream

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file of the current bundle, whose chunks may be used."""

    path: Path
    entry: FileEntry


@dataclass(frozen=True, slots=True)
class _Location:
    """Where on the disk a chunk is; positional because there may be a hundred thousand."""

    path: Path
    offset: int


@dataclass(frozen=True, slots=True)
class _PlannedChunk:
    """A chunk of the file to assemble, its offset there, and its location on the disk.

    `location` is `None` when the chunk must be fetched.
    """

    chunk: Chunk
    offset: int
    location: _Location | None


class DeltaSource:
    """A source that wraps another one for the duration of one sync."""

    def __init__(
        self, source: BundleSource, local_files: Sequence[LocalFile], wanted: Sequence[FileEntry]
    ) -> None:
        """Wrap a source, without reading from it yet.

        Args:
            source: The source to fetch from.
            local_files: Files of the current bundle that the new one lacks.
            wanted: Files to fetch.
        """
        self._source = source
        self._reused: Counter[str] = Counter()
        self._local_files = [
            each for each in local_files if each.entry.size_bytes >= chunk_index.MIN_FILE_BYTES
        ]
        self._untried = {
            repository_layout.object_path(entry.sha256): entry
            for entry in wanted
            if self._local_files and entry.size_bytes >= chunk_index.MIN_FILE_BYTES
        }

    @property
    def name(self) -> str:
        """The wrapped source's name for staff."""
        return self._source.name

    @property
    def reused_bytes(self) -> int:
        """How many bytes were read from the disk instead of being fetched."""
        return self._reused.total()

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Open a file; a large file is assembled from its chunks the first time only."""
        entry = self._untried.pop(path, None)
        chunks = self._read_index(entry) if entry else ()
        del self._reused[path]  # opened again: the assembled file failed its check
        if not chunks:
            return self._source.open(path, offset, length)
        blocks = self._assemble(path, self._plan(chunks), offset)
        return Stream(offset=offset, blocks=blocks, close=blocks.close)

    def _read_index(self, entry: FileEntry) -> tuple[Chunk, ...]:
        """Return a file's chunks, or () if its chunk index is missing or invalid."""
        limit = chunk_index.max_index_bytes(entry.size_bytes)
        data = bytearray()
        try:
            with self._source.open(repository_layout.chunk_index_path(entry.sha256)) as stream:
                for block in stream.blocks:
                    data += block
                    if len(data) > limit:
                        break
            return chunk_index.parse(bytes(data), entry.size_bytes)
        except (SourceError, BundleFormatError) as error:
            _log.info("%s is fetched whole: %s", entry.path, error)
            return ()

    def _plan(self, chunks: Sequence[Chunk]) -> list[_PlannedChunk]:
        """Return a file's chunks, each with its offset and its location on the disk."""
        begins = accumulate((chunk.length for chunk in chunks), initial=0)
        return [
            _PlannedChunk(chunk, offset, self._local_chunks.get(chunk.digest))
            for chunk, offset in zip(chunks, begins, strict=False)
        ]

    @cached_property
    def _local_chunks(self) -> dict[bytes, _Location]:
        """Digest of each chunk on the disk to its location."""
        found = {}
        for file in self._local_files:
            offset = 0
            for chunk in self._read_index(file.entry):
                found[chunk.digest] = _Location(file.path, offset)
                offset += chunk.length
        return found

    def _assemble(
        self, path: str, wanted: list[_PlannedChunk], begin: int
    ) -> Generator[bytes, None, None]:
        ahead = [each for each in wanted if each.offset >= begin]
        end = ahead[0].offset if ahead else _end(wanted)
        is_within = begin < end  # the last run was interrupted within a chunk
        if is_within and (yield from self._fetch_range(path, begin, end - begin)):
            return
        for is_here, run in groupby(ahead, key=lambda each: each.location is not None):
            for part in ([each] for each in run) if is_here else [list(run)]:
                data = _read_local(part[0])
                if data is not None:
                    self._reused[path] += len(data)
                    yield data
                elif (
                    yield from self._fetch_range(path, part[0].offset, _end(part) - part[0].offset)
                ):
                    return

    def _fetch_range(self, path: str, offset: int, length: int) -> Generator[bytes, None, bool]:
        """Yield a range of a file from the wrapped source.

        Returns:
            Whether the source sent the whole rest of the file instead, or less than the range.
        """
        with self._source.open(path, offset, length) as stream:
            is_whole = stream.offset != offset  # the server can't serve a range
            skipped, left = offset - stream.offset, length
            for block in stream.blocks:
                ahead = block[skipped:]
                skipped -= len(block) - len(ahead)
                yield ahead if is_whole else ahead[:left]
                left -= len(ahead)
                if left <= 0 and not is_whole:
                    break
            return is_whole or left > 0


def _end(wanted: Sequence[_PlannedChunk]) -> int:
    return wanted[-1].offset + wanted[-1].chunk.length


def _read_local(wanted: _PlannedChunk) -> bytes | None:
    """Return a chunk from the disk, or None if it is not there or damaged."""
    if wanted.location is None:
        return None
    try:
        with wanted.location.path.open("rb") as file:
            data = os.pread(file.fileno(), wanted.chunk.length, wanted.location.offset)
    except OSError:  # a failing memory card: fetch the chunk
        return None
    return data if chunk_index.chunk_digest(data) == wanted.chunk.digest else None
