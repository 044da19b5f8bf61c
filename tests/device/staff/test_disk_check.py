"""The disk check fails on a disk that refuses or alters bytes, and on no other."""

import os
from pathlib import Path

import pytest
from failing_disk import FailingFiles

from device.errors import StoreError
from device.staff.disk_check import FILE, DiskCheck
from device.store.atomic_files import AtomicFiles, PartialFile


class CorruptingPart(PartialFile):
    """A file on a disk that stores other bytes than were written."""

    def _write_some(self, data: memoryview) -> int:
        return super()._write_some(memoryview(os.urandom(len(data))))


class CorruptingFiles(AtomicFiles):
    """A disk with such files."""

    def open_partial(self, path: Path) -> PartialFile:
        """Open a file that alters what is written."""
        return CorruptingPart(path)


def test_a_good_disk_passes_every_time_and_the_file_stays_within_one_block(tmp_path: Path) -> None:
    disk_check = DiskCheck(tmp_path, AtomicFiles())
    written = set()
    sizes = []
    for _ in range(70):
        disk_check.check()
        written.add((tmp_path / FILE).read_bytes()[-64:])
        sizes.append((tmp_path / FILE).stat().st_size)

    assert len(written) == 70
    assert sizes == [*range(64, 4097, 64), *range(64, 6 * 64 + 1, 64)]
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "EROFS"])
def test_a_disk_that_refuses_a_write_fails_the_check(tmp_path: Path, fault: str) -> None:
    with pytest.raises(StoreError, match="write and read back"):
        DiskCheck(tmp_path, FailingFiles(0, fault, lasting=True)).check()


def test_a_disk_that_alters_bytes_fails_with_the_advice_to_replace_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="replace the card"):
        DiskCheck(tmp_path, CorruptingFiles()).check()
    with pytest.raises(
        StoreError, match="replace the card"
    ):  # also with a file from an earlier check
        DiskCheck(tmp_path, CorruptingFiles()).check()


def test_a_missing_folder_is_not_created(tmp_path: Path) -> None:
    DiskCheck(tmp_path / "none", AtomicFiles()).check()

    assert list(tmp_path.iterdir()) == []
