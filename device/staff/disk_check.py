"""Find a failing card early by writing a few bytes now and then and reading them back.

The bytes are appended until the file fills one block, because appending wears the card least.
"""

import os
from pathlib import Path

from device.errors import StoreError
from device.store.atomic_files import (
    AtomicFiles,
    append_bytes,
    translate_disk_errors,
    write_atomically,
)

FILE = "canary"
_BYTES = 64
_BLOCK_BYTES = 4096


class DiskCheck:
    """The check of the disk that holds one folder. Not thread-safe."""

    def __init__(self, folder: Path, files: AtomicFiles) -> None:
        """Set up the check; nothing is written yet.

        Args:
            folder: A folder on the disk to check; while it is missing, nothing is checked.
            files: The operations that change the disk.
        """
        self._path = folder / FILE
        self._files = files

    def check(self) -> None:
        """Write random bytes and compare them with what the disk returns.

        Raises:
            StoreError: When the disk can't be written or read, or returns other bytes.
        """
        if not self._path.parent.is_dir():
            return
        written = os.urandom(_BYTES)
        with translate_disk_errors(self._path.parent, "write and read back a few bytes"):
            write = append_bytes if self._has_room() else write_atomically
            write(self._files, self._path, written)
            read = _read_uncached(self._path)
        if read != written:
            raise StoreError(
                f"{self._path}: expected the {_BYTES} bytes just written, found others; replace the card"
            )

    def _has_room(self) -> bool:
        try:
            return self._path.stat().st_size <= _BLOCK_BYTES - _BYTES
        except FileNotFoundError:
            return False


def _read_uncached(path: Path) -> bytes:
    """Return a file's last bytes after asking the kernel to drop its cached copy."""
    with path.open("rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        file.seek(-_BYTES, os.SEEK_END)
        return file.read(_BYTES)
