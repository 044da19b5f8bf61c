"""A disk is tried by a few bytes: one that keeps them is well, one that refuses or lies is told of."""

import os
from pathlib import Path

import pytest
from failing_disk import FailingFiles

from device.errors import StoreError
from device.staff.canary import FILE, Canary
from device.store.files import Files


class LyingFiles(Files):
    """A disk that keeps something else than it was given."""

    def rename(self, path: Path, new: Path) -> None:
        """Put other bytes in the place."""
        super().rename(path, new)
        new.write_bytes(os.urandom(64))


def test_a_disk_that_keeps_what_it_is_given_is_well_again_and_again(tmp_path: Path) -> None:
    canary = Canary(tmp_path, Files())
    canary.sing()
    first = (tmp_path / FILE).read_bytes()
    canary.sing()

    assert (tmp_path / FILE).read_bytes() != first
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO", "EROFS"])
def test_a_disk_that_refuses_is_told_of(tmp_path: Path, fault: str) -> None:
    with pytest.raises(StoreError, match="take and give back"):
        Canary(tmp_path, FailingFiles(0, fault, lasting=True)).sing()


def test_a_disk_that_gives_something_else_back_is_to_be_replaced(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="replace the card"):
        Canary(tmp_path, LyingFiles()).sing()


def test_where_there_is_no_folder_nothing_is_written(tmp_path: Path) -> None:
    Canary(tmp_path / "none", Files()).sing()

    assert list(tmp_path.iterdir()) == []
