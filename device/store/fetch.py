"""Fetch one file: bounded by what its manifest says, gone on with where it was cut off, every byte written once.

python-tuf's own download writes twice, begins again when it was cut off, and doesn't force the bytes to the disk.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

from device.bundle import repository_layout
from device.bundle.manifest import FileEntry
from device.errors import SourceError, UntrustedError
from device.store.atomic_files import AtomicFiles, discard
from device.store.source import BundleSource
from device.store.write_behind import WriteBehind

_BLOCK = 1 << 20


def fetch(
    entry: FileEntry,
    source: BundleSource,
    part: Path,
    files: AtomicFiles,
    tell: Callable[[int], None] = lambda count: None,
) -> None:
    """Gather a file's bytes until they are whole, the manifest's, and on the disk to stay.

    Args:
        entry: Its sha256 and size.
        source: Where it is.
        part: Where its bytes are gathered; what lies there already is gone on with.
        files: What changes the disk.
        tell: Called with the number of bytes gathered so far, now and then.

    Raises:
        SourceError: When the source stops; what has arrived stays for the next time.
        UntrustedError: When the bytes are not those that were signed for; nothing of them stays.
        OSError: When the disk fails.
    """
    had = part.stat().st_size if part.is_file() and not part.is_symlink() else 0
    if _gather(entry, source, part, files, tell):
        return
    discard(files, part)
    # What was here before may have decayed, or been of another time: once more, from the start.
    if not had or not _gather(entry, source, part, files, tell):
        discard(files, part)
        raise UntrustedError(
            f"{source.name}: {repository_layout.object_path(entry.sha256)} is not what was signed for; "
            "it was altered, or cut short: publish it anew"
        )


def _gather(
    entry: FileEntry,
    source: BundleSource,
    part: Path,
    files: AtomicFiles,
    tell: Callable[[int], None],
) -> bool:
    """Bring a part to its full length; say whether it is whole then."""
    if part.is_symlink() or (part.is_file() and part.stat().st_size > entry.size_bytes):
        discard(files, part)
    digest, size = _digest_of(part)
    if size < entry.size_bytes or not size:
        with source.open(repository_layout.object_path(entry.sha256), size) as stream:
            if stream.offset != size:  # the server can't begin in the middle
                discard(files, part)
                digest, size = hashlib.sha256(), 0
            with files.open_part(part) as file, WriteBehind(file, size) as behind:
                for chunk in stream.chunks:
                    size += len(chunk)
                    if size > entry.size_bytes:
                        return False
                    behind.write(chunk)
                    digest.update(chunk)
                    tell(size)
        if size < entry.size_bytes:
            raise SourceError(
                f"{source.name}: stopped after {size} of {entry.size_bytes} bytes; "
                "sync again, it goes on from there"
            )
    if digest.hexdigest() != entry.sha256:
        return False
    with files.open_part(part) as file:  # all of it, what an earlier run has written as well
        file.sync()
    tell(size)
    return True


def _digest_of(part: Path) -> tuple["hashlib._Hash", int]:
    digest, size = hashlib.sha256(), 0
    if part.is_file():
        with part.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    return digest, size
