"""A finished folder put into its place in one step, the one before kept beside it.

There is no moment without a bundle: Linux exchanges two names at once; elsewhere two renames are made, and
the second undone if it fails.
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


def previous_of(place: Path) -> Path:
    """Give where the folder before is kept."""
    return place.with_name(f"{place.name}.previous")


def building_of(place: Path) -> Path:
    """Give where a folder is made before it is put into place."""
    return place.with_name(f".{place.name}.building")


@contextmanager
def claimed(place: Path) -> Iterator[Path]:
    """Claim a place for the length of a build, and give the empty folder to build in.

    Raises:
        BuildError: When somebody else is building there.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = place.with_name(f".{place.name}.lock")
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildError(
                f"{place}: another build is writing here; wait for it, or give another --out"
            ) from error
        building = building_of(place)
        shutil.rmtree(building, ignore_errors=True)  # left by a build that was cut off
        building.mkdir()
        try:
            yield building
        finally:
            shutil.rmtree(building, ignore_errors=True)
            lock.unlink(missing_ok=True)


def put(finished: Path, place: Path) -> None:
    """Put a finished folder into place; what was there becomes `previous_of(place)`.

    Raises:
        BuildError: When the place holds something that is no bundle of ours.
    """
    if place.exists() and not (place / "manifest.json").is_file() and any(place.iterdir()):
        raise BuildError(
            f"{place}: expected a bundle or nothing, found other files; give another --out"
        )
    _sync(finished)
    if not place.exists():
        finished.rename(place)
    else:
        _exchange(finished, place)
        shutil.rmtree(previous_of(place), ignore_errors=True)
        finished.rename(previous_of(place))
    _sync_folder(place.parent)


def _exchange(one: Path, other: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        renameat2 = libc.renameat2
    except AttributeError:  # no Linux
        exchange_in_two(one, other)
        return
    if renameat2(_AT_FDCWD, bytes(one), _AT_FDCWD, bytes(other), _RENAME_EXCHANGE) == 0:
        return
    code = ctypes.get_errno()
    if code not in (errno.EINVAL, errno.ENOSYS):  # a file system that can't
        raise OSError(code, os.strerror(code), str(other))
    exchange_in_two(one, other)


def exchange_in_two(one: Path, other: Path) -> None:
    """Exchange two folders where the system can't do it at once; the second rename failing undoes the first."""
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
