"""A bundle installed by hand becomes current only after it has passed its check."""

import shutil
from pathlib import Path

import pytest
from failing_disk import FailingFiles

from device.bundle import layout
from device.bundle.reader import read_manifest, verify
from device.errors import BundleDamagedError, BundleMissingError, StoreError
from device.store.bundles import Bundles
from device.store.import_bundle import install

pytestmark = pytest.mark.slow


def test_a_bundle_is_copied_verified_and_made_current(small_bundle: Path, tmp_path: Path) -> None:
    manifest = install(small_bundle, tmp_path / "store")

    current = Bundles(tmp_path / "store").current
    assert verify(current) == manifest == read_manifest(small_bundle)
    assert not (current / layout.INDEX).samefile(small_bundle / layout.INDEX)


def test_installing_the_same_bundle_again_makes_no_second_copy(
    small_bundle: Path, tmp_path: Path
) -> None:
    install(small_bundle, tmp_path)
    before = (Bundles(tmp_path).current / layout.INDEX).stat()

    install(small_bundle, tmp_path)

    assert (Bundles(tmp_path).current / layout.INDEX).stat() == before
    assert len(Bundles(tmp_path).list()) == 1


def test_a_rollback_returns_to_the_bundle_before(small_bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(small_bundle, tmp_path / "releases/other")
    Bundles(tmp_path).activate("other")

    install(small_bundle, tmp_path)
    Bundles(tmp_path).rollback()

    assert Bundles(tmp_path).current.resolve() == (tmp_path / "releases/other").resolve()


def test_a_damaged_bundle_leaves_the_store_as_it_is(bundle_copy: Path, tmp_path: Path) -> None:
    path = bundle_copy / layout.INDEX
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1])

    with pytest.raises(BundleDamagedError, match=r"index\.ann"):
        install(bundle_copy, tmp_path / "store")

    assert not (tmp_path / "store").exists()


def test_a_folder_without_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleMissingError):
        install(tmp_path, tmp_path / "store")


def test_a_bundle_that_fails_its_check_is_removed(small_bundle: Path, tmp_path: Path) -> None:
    def refuse(release: Path) -> None:
        raise BundleDamagedError(f"{release}: no answer")

    with pytest.raises(BundleDamagedError, match="no answer"):
        install(small_bundle, tmp_path, check=refuse)

    assert Bundles(tmp_path).list() == ()
    assert not Bundles(tmp_path).current.exists()


def test_a_disk_that_fails_at_any_step_leaves_no_partial_bundle(
    small_bundle: Path, tmp_path: Path
) -> None:
    for step in range(500):
        store = tmp_path / str(step)
        files = FailingFiles(step)
        try:
            install(small_bundle, store, files=files, check=verify)
        except StoreError:
            for bundle in Bundles(store).list():
                verify(bundle.path)
            assert install(small_bundle, store, check=verify)
        else:
            assert step > 20
            return
    pytest.fail("no end of steps")


def test_an_existing_copy_stays_when_its_check_fails(small_bundle: Path, tmp_path: Path) -> None:
    install(small_bundle, tmp_path)

    def refuse(folder: Path) -> None:
        raise BundleDamagedError(f"{folder}: no answer")

    with pytest.raises(BundleDamagedError, match="no answer"):
        install(small_bundle, tmp_path, check=refuse)

    assert verify(Bundles(tmp_path).current)
