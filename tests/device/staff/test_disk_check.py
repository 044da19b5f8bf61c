"""A disk is tried by a few bytes: one that keeps them is well, one that refuses or lies is told of."""

import os
from pathlib import Path

import pytest
from failing_disk import FailingFiles

from device.errors import StoreError
from device.staff.disk_check import FILE, DiskCheck
from device.store.atomic_files import AtomicFiles, PartialFile


class LyingPart(PartialFile):
    """A file on a disk that keeps something else than it was given."""

    def _write_some(self, data: memoryview) -> int:
        return super()._write_some(memoryview(os.urandom(len(data))))


class LyingFiles(AtomicFiles):
    """Such a disk."""

    def open_part(self, path: Path) -> PartialFile:
        """Open a file there."""
        return LyingPart(path)


def test_a_disk_that_keeps_what_it_is_given_is_well_again_and_again(tmp_path: Path) -> None:
    canary = DiskCheck(tmp_path, AtomicFiles())
    sung = set()
    sizes = []
    for _ in range(70):
        canary.sing()
        sung.add((tmp_path / FILE).read_bytes()[-64:])
        sizes.append((tmp_path / FILE).stat().st_size)

    assert len(sung) == 70
    assert sizes == [*range(64, 4097, 64), *range(64, 6 * 64 + 1, 64)]
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "EROFS"])
def test_a_disk_that_refuses_is_told_of(tmp_path: Path, fault: str) -> None:
    with pytest.raises(StoreError, match="take and give back"):
        DiskCheck(tmp_path, FailingFiles(0, fault, lasting=True)).sing()


def test_a_disk_that_gives_something_else_back_is_to_be_replaced(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="replace the card"):
        DiskCheck(tmp_path, LyingFiles()).sing()
    with pytest.raises(StoreError, match="replace the card"):  # where it sang before, too
        DiskCheck(tmp_path, LyingFiles()).sing()


def test_where_there_is_no_folder_nothing_is_written(tmp_path: Path) -> None:
    DiskCheck(tmp_path / "none", AtomicFiles()).sing()

    assert list(tmp_path.iterdir()) == []
