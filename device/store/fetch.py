"""Fetch one file: limited in size, resumed after an interruption, each byte written once.

python-tuf's own download writes every byte twice, can't resume, and doesn't force the bytes to the disk.
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
    on_progress: Callable[[int], None] = lambda count: None,
) -> None:
    """Download a file until it is complete, verified and forced to the disk.

    Args:
        entry: The file's sha256 and size.
        source: Source to download from.
        part: Partial file for the bytes; if it exists, the download resumes at its end.
        files: The steps that change the disk.
        on_progress: Called from time to time with the number of bytes downloaded so far.

    Raises:
        SourceError: When the source stops; the bytes received so far stay for the next time.
        UntrustedError: When the bytes don't have the signed sha256; none of them stays.
        OSError: When the disk fails.
    """
    had = part.stat().st_size if part.is_file() and not part.is_symlink() else 0
    if _download(entry, source, part, files, on_progress):
        return
    discard(files, part)
    # The bytes of an earlier run may be damaged or of another version, so try once more from the start.
    if not had or not _download(entry, source, part, files, on_progress):
        discard(files, part)
        raise UntrustedError(
            f"{source.name}: {repository_layout.object_path(entry.sha256)} doesn't match its signed sha256; "
            "it was altered or cut short: publish it again"
        )


def _download(
    entry: FileEntry,
    source: BundleSource,
    part: Path,
    files: AtomicFiles,
    on_progress: Callable[[int], None],
) -> bool:
    """Download the rest of a partial file and return whether its sha256 is right."""
    if part.is_symlink() or (part.is_file() and part.stat().st_size > entry.size_bytes):
        discard(files, part)
    digest, size = _digest_of(part)
    if size < entry.size_bytes or not size:
        with source.open(repository_layout.object_path(entry.sha256), size) as stream:
            if stream.offset != size:  # the server can't resume
                discard(files, part)
                digest, size = hashlib.sha256(), 0
            with files.open_partial(part) as file, WriteBehind(file, size) as behind:
                for block in stream.blocks:
                    size += len(block)
                    if size > entry.size_bytes:
                        return False
                    behind.write(block)
                    digest.update(block)
                    on_progress(size)
        if size < entry.size_bytes:
            raise SourceError(
                f"{source.name}: stopped after {size} of {entry.size_bytes} bytes; "
                "sync again to resume from there"
            )
    if digest.hexdigest() != entry.sha256:
        return False
    with files.open_partial(part) as file:  # forces the bytes of earlier runs to the disk as well
        file.sync()
    on_progress(size)
    return True


def _digest_of(part: Path) -> tuple["hashlib._Hash", int]:
    digest, size = hashlib.sha256(), 0
    if part.is_file():
        with part.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
    return digest, size
