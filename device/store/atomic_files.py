"""Primitive steps that change the disk, and atomic writes made of them.

The store changes the disk only through `AtomicFiles`, so a test can stop, fail or reorder any step. This module knows
nothing of bundles. A step is durable only after `PartialFile.sync` (a file's bytes) or `sync_folder` (a folder's names).
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

CHANGE_LOCK = "lock"
FETCH_LOCK = "sync.lock"


class PartialFile:
    """A file opened for appending."""

    def __init__(self, path: Path) -> None:
        """Open a file for appending, creating it if it is missing.

        Raises:
            OSError: When it can't be opened, or the path is a link.
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
        """Append all bytes of `data`, repeating the call after a partial write."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._write_some(rest) :]

    def sync(self) -> None:
        """Force the file's bytes to the disk."""
        os.fsync(self._descriptor)

    def _write_some(self, data: memoryview) -> int:
        return os.write(self._descriptor, data)


class AtomicFiles:
    """The primitive steps that change the disk. Each raises the system's own `OSError`."""

    def open_partial(self, path: Path) -> PartialFile:
        """Open a file for appending."""
        return PartialFile(path)

    def make_folder(self, path: Path) -> None:
        """Make a folder in an existing folder."""
        path.mkdir()

    def link(self, path: Path, new: Path) -> None:
        """Make a hard link: a second name for a file."""
        os.link(path, new, follow_symlinks=False)

    def symlink(self, target: Path, path: Path) -> None:
        """Make a symbolic link to a relative path."""
        path.symlink_to(target)

    def rename(self, path: Path, new: Path) -> None:
        """Rename a file or folder in one step, replacing what had the new name."""
        path.replace(new)

    def remove(self, path: Path) -> None:
        """Remove a file's name."""
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""
        path.rmdir()

    def sync_folder(self, path: Path) -> None:
        """Force a folder's names to the disk; until then a power cut may undo a rename."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def free_bytes(self, path: Path) -> int:
        """Return the free space in bytes that this process may use."""
        return shutil.disk_usage(path).free


def ensure_folder(files: AtomicFiles, path: Path) -> None:
    """Make a folder and its parents where they are missing."""
    if path.is_dir() and not path.is_symlink():
        return
    ensure_folder(files, path.parent)
    files.make_folder(path)


def append_bytes(files: AtomicFiles, path: Path, data: bytes) -> None:
    """Append bytes to a file and force them to the disk, though not the file's name."""
    with files.open_partial(path) as part:
        part.write(data)
        part.sync()


def write_atomically(files: AtomicFiles, path: Path, data: bytes) -> None:
    """Replace a small file in one step, so that a power cut leaves the old or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    discard(files, temporary)
    append_bytes(files, temporary, data)
    files.rename(temporary, path)
    files.sync_folder(path.parent)


def discard(files: AtomicFiles, path: Path) -> None:
    """Remove a file, a link or a whole folder if it exists, without following links."""
    if path.is_symlink() or path.is_file():
        files.remove(path)
    elif path.is_dir():
        for inside in sorted(path.iterdir()):
            discard(files, inside)
        files.remove_folder(path)


@contextmanager
def translate_disk_errors(path: Path, action: str) -> Iterator[None]:
    """Turn an `OSError` of a `with` block into a `StoreError` of one line.

    Args:
        path: The file or folder that the line names.
        action: What can't be done, to follow "can't".
    """
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        advice = "free some space there" if error.errno == errno.ENOSPC else "check its permissions"
        raise StoreError(f"{path}: can't {action} ({error.strerror or error}); {advice}") from error


@contextmanager
def locked(root: Path, lock: str = CHANGE_LOCK) -> Iterator[None]:
    """Hold a lock on a store for the duration of a `with` block.

    Args:
        root: The store.
        lock: `CHANGE_LOCK` to change the installed bundles, `FETCH_LOCK` to fetch updates.

    Raises:
        StoreBusyError: When another process or thread holds the lock; this never waits.
        StoreError: When the store can't be written.
    """
    with translate_disk_errors(root, "be locked"):
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(root / lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusyError(
                f"{root}: another process is changing the installed bundles; try again when it is done"
            ) from error
        yield
    finally:
        os.close(descriptor)
