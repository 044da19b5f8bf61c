"""The store's primitive steps, its locks and its errors."""

import errno
import os
from pathlib import Path

import pytest

from device.errors import StoreBusyError, StoreError
from device.store.atomic_files import (
    CHANGE_LOCK,
    FETCH_LOCK,
    AtomicFiles,
    discard,
    ensure_folder,
    locked,
    translate_disk_errors,
    write_atomically,
)


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    for text in (b"old", b"new"):
        write_atomically(AtomicFiles(), tmp_path / "file", text)

    assert (tmp_path / "file").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_partial_file_is_appended_to_and_never_through_a_link(tmp_path: Path) -> None:
    for text in (b"one ", b"two"):
        with AtomicFiles().open_partial(tmp_path / "part") as part:
            part.write(text)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    assert (tmp_path / "part").read_bytes() == b"one two"
    with pytest.raises(OSError, match="symbolic"):
        AtomicFiles().open_partial(tmp_path / "link")


def test_a_folder_is_made_with_its_parents_and_never_replaces_a_link(
    tmp_path: Path,
) -> None:
    ensure_folder(AtomicFiles(), tmp_path / "a/b/c")
    ensure_folder(AtomicFiles(), tmp_path / "a/b/c")
    (tmp_path / "link").symlink_to(tmp_path / "a")

    assert (tmp_path / "a/b/c").is_dir()
    with pytest.raises(FileExistsError):
        ensure_folder(AtomicFiles(), tmp_path / "link")


def test_discarding_a_link_leaves_its_target(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").write_bytes(b"x")
    (tmp_path / "gone/in").mkdir(parents=True)
    (tmp_path / "gone/in/link").symlink_to(tmp_path / "kept")
    (tmp_path / "gone/file").write_bytes(b"x")
    discard(AtomicFiles(), tmp_path / "gone")
    discard(AtomicFiles(), tmp_path / "gone")

    assert (tmp_path / "kept/file").is_file()
    assert not (tmp_path / "gone").exists()


def test_each_lock_has_one_holder_and_fetching_has_its_own_lock(tmp_path: Path) -> None:
    with locked(tmp_path, FETCH_LOCK), locked(tmp_path, CHANGE_LOCK):  # noqa: SIM117
        with pytest.raises(StoreBusyError, match="another process"), locked(tmp_path):
            pass
    with locked(tmp_path):
        pass


def test_a_store_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(StoreError, match="can't be locked"), locked(tmp_path / "file/store"):
        pass


@pytest.mark.parametrize(
    ("code", "advice"), [(errno.ENOSPC, "free some space"), (errno.EIO, "check its permissions")]
)
def test_a_disk_error_becomes_one_line_with_advice(code: int, advice: str) -> None:
    with pytest.raises(StoreError, match=advice), translate_disk_errors(Path("here"), "be changed"):
        raise OSError(code, os.strerror(code))
    with (
        pytest.raises(StoreError, match=r"^ours$"),
        translate_disk_errors(Path("here"), "be changed"),
    ):
        raise StoreError("ours")
