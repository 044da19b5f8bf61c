"""Swap a finished folder into place atomically, and keep the previous folder next to it.

On Linux there is no moment without a bundle, because the kernel exchanges two names at once. Elsewhere two
renames do it, and the first is undone if the second fails.
"""

import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from converter.errors import BuildError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def previous_folder_of(target: Path) -> Path:
    """Return the path at which the previous folder is kept."""
    return target.with_name(f"{target.name}.previous")


def build_folder_of(target: Path) -> Path:
    """Return the path at which a folder is built before it is swapped in."""
    return target.with_name(f".{target.name}.building")


@contextmanager
def locked(target: Path) -> Iterator[Path]:
    """Lock a target for the duration of a build, and yield the empty folder to build in.

    Raises:
        BuildError: When another build holds the lock.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = target.with_name(f".{target.name}.lock")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildError(
                f"{target}: another build is writing here; wait for it, or choose another --out"
            ) from error
        building = build_folder_of(target)
        shutil.rmtree(building, ignore_errors=True)  # left by an interrupted build
        building.mkdir()
        try:
            yield building
        finally:
            shutil.rmtree(building, ignore_errors=True)
            lock.unlink(missing_ok=True)


def swap_in(finished: Path, target: Path) -> None:
    """Swap a finished folder into place; the old folder moves to `previous_folder_of(target)`.

    Raises:
        BuildError: When the target holds files but no bundle.
    """
    if target.exists() and not (target / "manifest.json").is_file() and any(target.iterdir()):
        raise BuildError(
            f"{target}: expected a bundle or nothing, found other files; choose another --out"
        )
    _sync(finished)
    if not target.exists():
        finished.rename(target)
    else:
        _exchange(finished, target)
        shutil.rmtree(previous_folder_of(target), ignore_errors=True)
        finished.rename(previous_folder_of(target))
    _sync_folder(target.parent)


def _exchange(one: Path, other: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        renameat2 = libc.renameat2
    except AttributeError:  # not on Linux
        exchange_by_renames(one, other)
        return
    if renameat2(_AT_FDCWD, bytes(one), _AT_FDCWD, bytes(other), _RENAME_EXCHANGE) == 0:
        return
    code = ctypes.get_errno()
    if code not in (errno.EINVAL, errno.ENOSYS):  # the file system does not support it
        raise OSError(code, os.strerror(code), str(other))
    exchange_by_renames(one, other)


def exchange_by_renames(one: Path, other: Path) -> None:
    """Exchange two folders by renames, undoing the first if the second fails."""
    aside = other.with_name(f".{other.name}.aside")
    other.rename(aside)
    try:
        one.rename(other)
    except OSError:
        aside.rename(other)
        raise
    aside.rename(one)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
