"""The one way the store changes a disk: a dozen primitive steps, so that a test can stop, fail or reorder any of them.

Nothing here knows of bundles. A step is durable only after `PartialFile.sync` (a file's bytes) or `sync_folder` (its names).
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from device.errors import StoreBusyError, StoreError

CHANGING = "lock"
FETCHING = "sync.lock"


class PartialFile:
    """A file being written at its end."""

    def __init__(self, path: Path) -> None:
        """Open a file to go on at its end; it is made where there is none.

        Raises:
            OSError: When it can't be, or the name is a link.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o644)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def write(self, data: bytes) -> None:
        """Write all of these bytes; a disk that takes a part of them is asked again."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._write_some(rest) :]

    def sync(self) -> None:
        """Force the file's bytes to the disk."""
        os.fsync(self._descriptor)

    def _write_some(self, data: memoryview) -> int:
        return os.write(self._descriptor, data)


class AtomicFiles:
    """The steps. Each raises `OSError` as the system gives it."""

    def open_part(self, path: Path) -> PartialFile:
        """Open a file to be written at its end."""
        return PartialFile(path)

    def make_folder(self, path: Path) -> None:
        """Make a folder in one that is there."""
        path.mkdir()

    def link(self, path: Path, new: Path) -> None:
        """Give a file a second name."""
        os.link(path, new, follow_symlinks=False)

    def symlink(self, target: Path, path: Path) -> None:
        """Make a link to a relative path."""
        path.symlink_to(target)

    def rename(self, path: Path, new: Path) -> None:
        """Give a name to something in one step, in the place of what had it."""
        path.replace(new)

    def remove(self, path: Path) -> None:
        """Take away a file's name."""
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""
        path.rmdir()

    def sync_folder(self, path: Path) -> None:
        """Force a folder's names to the disk: without it a rename may be lost with the power."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def free_bytes(self, path: Path) -> int:
        """Give how much room there is for us."""
        return shutil.disk_usage(path).free


def ensure_folder(files: AtomicFiles, path: Path) -> None:
    """Make a folder, and those above it, where they are missing."""
    if path.is_dir() and not path.is_symlink():
        return
    ensure_folder(files, path.parent)
    files.make_folder(path)


def add(files: AtomicFiles, path: Path, data: bytes) -> None:
    """Write bytes at a file's end; when it returns they are on the disk, the file's name perhaps not."""
    with files.open_part(path) as part:
        part.write(data)
        part.sync()


def write_whole(files: AtomicFiles, path: Path, data: bytes) -> None:
    """Put a small file in place in one step: the old one, or the new one, whenever the power goes."""
    beside = path.with_name(f".{path.name}.new")
    discard(files, beside)
    add(files, beside, data)
    files.rename(beside, path)
    files.sync_folder(path.parent)


def discard(files: AtomicFiles, path: Path) -> None:
    """Remove a file, a link, or a folder with all in it, where there is one; links are never followed."""
    if path.is_symlink() or path.is_file():
        files.remove(path)
    elif path.is_dir():
        for inside in sorted(path.iterdir()):
            discard(files, inside)
        files.remove_folder(path)


@contextmanager
def telling(path: Path, what: str) -> Iterator[None]:
    """Turn what the disk says into one line of ours."""
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        advice = "make room there" if error.errno == errno.ENOSPC else "see who may write there"
        raise StoreError(f"{path}: can't {what} ({error.strerror or error}); {advice}") from error


@contextmanager
def held(root: Path, lock: str = CHANGING) -> Iterator[None]:
    """Be the only one to change a store, or to fetch into it, for the length of a `with` block.

    Raises:
        StoreBusyError: When another process or thread is; nothing waits.
        StoreError: When the store can't be written.
    """
    with telling(root, "be locked"):
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root / lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusyError(
                f"{root}: somebody else is changing the installed bundles just now; try again when that is done"
            ) from error
        yield
    finally:
        os.close(descriptor)
