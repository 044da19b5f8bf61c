"""A disk that fails at its n-th step: full, broken, read-only, or writing only a part."""

import errno
import os
from pathlib import Path

from device.store.atomic_files import AtomicFiles, PartialFile

FAULTS = ("ENOSPC", "EIO", "EROFS", "short")


class FailingFile(PartialFile):
    """A file on a failing disk."""

    def __init__(self, path: Path, files: "FailingFiles") -> None:
        super().__init__(path)
        self._files = files

    def sync(self) -> None:
        self._files.step()
        super().sync()

    def _write_some(self, data: memoryview) -> int:
        if self._files.step(can_be_short=True):
            return super()._write_some(data[: max(len(data) // 2, 1)])
        return super()._write_some(data)


class FailingFiles(AtomicFiles):
    """Takes the real steps, except for the one that fails.

    Attributes:
        steps: The number of steps so far.
    """

    def __init__(self, fails_at: int = -1, fault: str = "EIO", lasting: bool = False) -> None:
        self.steps = 0
        self._fails_at, self._fault, self._lasting = fails_at, fault, lasting

    def step(self, can_be_short: bool = False) -> bool:
        """Count a step; return whether it should write only a part.

        Raises:
            OSError: When this step is the one that fails.
        """
        number, self.steps = self.steps, self.steps + 1
        fails = number == self._fails_at or (self._lasting and 0 <= self._fails_at <= number)
        if not fails or (self._fault == "short" and not can_be_short):
            return False
        if self._fault == "short":
            return True
        code = getattr(errno, self._fault)
        raise OSError(code, os.strerror(code))

    def open_partial(self, path: Path) -> PartialFile:
        self.step()
        return FailingFile(path, self)

    def make_folder(self, path: Path) -> None:
        self.step()
        super().make_folder(path)

    def link(self, path: Path, new: Path) -> None:
        self.step()
        super().link(path, new)

    def symlink(self, target: Path, path: Path) -> None:
        self.step()
        super().symlink(target, path)

    def rename(self, path: Path, new: Path) -> None:
        self.step()
        super().rename(path, new)

    def remove(self, path: Path) -> None:
        self.step()
        super().remove(path)

    def remove_folder(self, path: Path) -> None:
        self.step()
        super().remove_folder(path)

    def sync_folder(self, path: Path) -> None:
        self.step()
        super().sync_folder(path)
