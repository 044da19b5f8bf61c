"""A few bytes written now and then, and read back from the disk itself: a card that lies is found out before it is needed.

They are added to what was written before, as far as one block goes: that costs the card least.
"""

import os
from pathlib import Path

from device.errors import StoreError
from device.store.atomic_files import AtomicFiles, add, telling, write_whole

FILE = "canary"
_BYTES = 64
_BLOCK_BYTES = 4096


class DiskCheck:
    """One folder's. Not thread-safe."""

    def __init__(self, folder: Path, files: AtomicFiles) -> None:
        """Begin; nothing is written yet.

        Args:
            folder: On the disk that is tried; where it isn't there nothing is tried.
            files: What changes the disk.
        """
        self._path = folder / FILE
        self._files = files

    def sing(self) -> None:
        """Write, and read back.

        Raises:
            StoreError: When the disk refuses, or gives something else than was written.
        """
        if not self._path.parent.is_dir():
            return
        written = os.urandom(_BYTES)
        with telling(self._path.parent, "take and give back a few bytes"):
            put = add if self._has_room() else write_whole
            put(self._files, self._path, written)
            read = _from_disk(self._path)
        if read != written:
            raise StoreError(
                f"{self._path}: expected the {_BYTES} bytes written a moment ago, found others; replace the card"
            )

    def _has_room(self) -> bool:
        try:
            return self._path.stat().st_size <= _BLOCK_BYTES - _BYTES
        except FileNotFoundError:
            return False


def _from_disk(path: Path) -> bytes:
    """Give a file's last bytes as the disk has them, as far as the system lets go of its own copy."""
    with path.open("rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        file.seek(-_BYTES, os.SEEK_END)
        return file.read(_BYTES)
