"""A finished folder is swapped into place atomically, and the previous one is kept."""

import os
from pathlib import Path

import pytest

from converter.build import atomic_swap
from converter.errors import BuildError


def _bundle(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(name)
    return folder


def test_a_first_bundle_is_swapped_into_an_empty_place(tmp_path: Path) -> None:
    with atomic_swap.locked(tmp_path / "bundle") as building:
        (building / "manifest.json").write_text("new")
        atomic_swap.swap_in(building, tmp_path / "bundle")

    assert (tmp_path / "bundle/manifest.json").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bundle"]


def test_the_previous_bundle_is_kept_next_to_the_new_one(tmp_path: Path) -> None:
    _bundle(tmp_path / "bundle", "old")

    with atomic_swap.locked(tmp_path / "bundle") as building:
        (building / "manifest.json").write_text("new")
        atomic_swap.swap_in(building, tmp_path / "bundle")

    assert (tmp_path / "bundle/manifest.json").read_text() == "new"
    assert (tmp_path / "bundle.previous/manifest.json").read_text() == "old"


def test_only_one_previous_bundle_is_kept(tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        with atomic_swap.locked(tmp_path / "bundle") as building:
            (building / "manifest.json").write_text(name)
            atomic_swap.swap_in(building, tmp_path / "bundle")

    assert (tmp_path / "bundle.previous/manifest.json").read_text() == "second"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bundle", "bundle.previous"]


def test_a_folder_of_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/holiday.jpg").write_text("dear")

    with (
        pytest.raises(BuildError, match="found other files"),
        atomic_swap.locked(tmp_path / "photos") as building,
    ):
        atomic_swap.swap_in(building, tmp_path / "photos")

    assert (tmp_path / "photos/holiday.jpg").read_text() == "dear"


def test_a_failed_build_leaves_the_old_bundle_and_nothing_else(tmp_path: Path) -> None:
    _bundle(tmp_path / "bundle", "old")

    with pytest.raises(RuntimeError), atomic_swap.locked(tmp_path / "bundle") as building:
        (building / "manifest.json").write_text("half")
        raise RuntimeError("power failure")

    assert (tmp_path / "bundle/manifest.json").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bundle"]


def test_a_second_build_into_the_same_place_is_refused(tmp_path: Path) -> None:
    with (
        atomic_swap.locked(tmp_path / "bundle") as building,
        pytest.raises(BuildError, match="another build is writing here"),
        atomic_swap.locked(tmp_path / "bundle"),
    ):
        pass

    assert not building.exists()


def test_files_left_by_a_killed_build_are_removed(tmp_path: Path) -> None:
    left = atomic_swap.build_folder_of(tmp_path / "bundle")
    left.mkdir()
    (left / "half").write_text("half")

    with atomic_swap.locked(tmp_path / "bundle") as building:
        assert list(building.iterdir()) == []


def test_two_renames_exchange_two_folders(tmp_path: Path) -> None:
    one, other = _bundle(tmp_path / "one", "one"), _bundle(tmp_path / "other", "other")

    atomic_swap.exchange_by_renames(one, other)

    assert (one / "manifest.json").read_text() == "other"
    assert (other / "manifest.json").read_text() == "one"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_raises_an_os_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(OSError), atomic_swap.locked(tmp_path / "bundle"):
        pass
