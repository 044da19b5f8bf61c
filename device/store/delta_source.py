"""A source that reads on the kiosk's own disk what is there already, and asks another source for the rest alone.

A large file comes with a recipe of its pieces; those that a file of the bundle before has as well need no fetching. Nothing
of it is believed: each piece is held against the recipe, and the file against its sha256 by whoever fetches it. A file
that doesn't turn out right is asked for a second time, and then comes whole.
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
from device.bundle.chunk_index import Piece
from device.bundle.manifest import FileEntry
from device.errors import BundleFormatError, SourceError
from device.store.source import BundleSource, Stream

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file that a bundle on this kiosk holds."""

    path: Path
    entry: FileEntry


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a piece lies on this kiosk; by position, for there are a hundred thousand."""

    path: Path
    offset: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A piece of a file that is being put together; `place` is `None` where it has to be fetched."""

    piece: Piece
    offset: int
    place: _Place | None


class DeltaSource:
    """A source in front of another, for the length of one sync."""

    def __init__(
        self, source: BundleSource, held: Sequence[HeldFile], wanted: Sequence[FileEntry]
    ) -> None:
        """Prepare to spare; nothing is asked yet.

        Args:
            source: Where everything is.
            held: Files of the bundle before that the new one doesn't have.
            wanted: Files that are to be fetched.
        """
        self._source = source
        self._spared: Counter[str] = Counter()
        self._held = [
            each for each in held if each.entry.size_bytes >= chunk_index.LEAST_FILE_BYTES
        ]
        self._untried = {
            repository_layout.object_path(entry.sha256): entry
            for entry in wanted
            if self._held and entry.size_bytes >= chunk_index.LEAST_FILE_BYTES
        }

    @property
    def name(self) -> str:
        """What staff know the source by."""
        return self._source.name

    @property
    def spared_bytes(self) -> int:
        """What was read here instead of being fetched."""
        return self._spared.total()

    def open(self, path: str, offset: int = 0, length: int | None = None) -> Stream:
        """Begin to read a file; a large one is put together the first time it is asked for."""
        entry = self._untried.pop(path, None)
        pieces = self._pieces(entry) if entry else ()
        del self._spared[path]  # asked for again: it didn't turn out right
        if not pieces:
            return self._source.open(path, offset, length)
        chunks = self._put_together(path, self._located(pieces), offset)
        return Stream(offset=offset, chunks=chunks, close=chunks.close)

    def _pieces(self, entry: FileEntry) -> tuple[Piece, ...]:
        """Give how a file is cut; nothing where its recipe is missing or wrong."""
        most = chunk_index.limit_bytes(entry.size_bytes)
        data = bytearray()
        try:
            with self._source.open(repository_layout.recipe_path(entry.sha256)) as stream:
                for chunk in stream.chunks:
                    data += chunk
                    if len(data) > most:
                        break
            return chunk_index.parse(bytes(data), entry.size_bytes)
        except (SourceError, BundleFormatError) as error:
            _log.info("%s comes whole: %s", entry.path, error)
            return ()

    def _located(self, pieces: Sequence[Piece]) -> list[_Wanted]:
        """Give a file's pieces, each with where it begins and where it lies here."""
        begins = accumulate((piece.length for piece in pieces), initial=0)
        return [
            _Wanted(piece, offset, self._here.get(piece.digest))
            for piece, offset in zip(pieces, begins, strict=False)
        ]

    @cached_property
    def _here(self) -> dict[bytes, _Place]:
        """Where the pieces of the files that are here lie."""
        found = {}
        for held in self._held:
            offset = 0
            for piece in self._pieces(held.entry):
                found[piece.digest] = _Place(held.path, offset)
                offset += piece.length
        return found

    def _put_together(
        self, path: str, wanted: list[_Wanted], begin: int
    ) -> Generator[bytes, None, None]:
        ahead = [each for each in wanted if each.offset >= begin]
        end = ahead[0].offset if ahead else _end(wanted)
        is_within = begin < end  # cut off within a piece, last time
        if is_within and (yield from self._fetched(path, begin, end - begin)):
            return
        for is_here, run in groupby(ahead, key=lambda each: each.place is not None):
            for part in ([each] for each in run) if is_here else [list(run)]:
                data = _read(part[0])
                if data is not None:
                    self._spared[path] += len(data)
                    yield data
                elif (yield from self._fetched(path, part[0].offset, _end(part) - part[0].offset)):
                    return

    def _fetched(self, path: str, offset: int, length: int) -> Generator[bytes, None, bool]:
        """Give a part of a file from the source, and say whether it was all the rest of the file instead."""
        with self._source.open(path, offset, length) as stream:
            is_whole = stream.offset != offset  # the server can't begin in the middle
            skipped, left = offset - stream.offset, length
            for chunk in stream.chunks:
                ahead = chunk[skipped:]
                skipped -= len(chunk) - len(ahead)
                yield ahead if is_whole else ahead[:left]
                left -= len(ahead)
                if left <= 0 and not is_whole:
                    break
            return is_whole or left > 0


def _end(wanted: Sequence[_Wanted]) -> int:
    return wanted[-1].offset + wanted[-1].piece.length


def _read(wanted: _Wanted) -> bytes | None:
    """Give a piece that lies here; `None` where it doesn't, or has decayed."""
    if wanted.place is None:
        return None
    try:
        with wanted.place.path.open("rb") as file:
            data = os.pread(file.fileno(), wanted.piece.length, wanted.place.offset)
    except OSError:  # a worn card: it is fetched
        return None
    return data if chunk_index.digest_of(data) == wanted.piece.digest else None
