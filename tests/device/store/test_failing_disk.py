"""The disk fails at any step: nothing is lost or leaked, and the next sync resumes."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from failing_disk import FAULTS, FailingFiles
from publishing_desk import PublishingDesk, copy_desk

from device.bundle.reader import read_manifest, verify
from device.errors import BundleError, SyncError
from device.store.bundles import Bundles
from device.store.source import FolderSource
from device.store.sync import sync

pytestmark = pytest.mark.slow

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
EVERY = 1 if IS_WHOLE_RUN else 9


@dataclass(frozen=True, slots=True)
class Scene:
    """A store with the first bundle, and a museum that has published the second."""

    museum: PublishingDesk
    store: Path
    old: str
    new: str

    def fresh(self, place: Path) -> Path:
        """Copy the original store to a folder and return that folder."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.store, place, symlinks=True, copy_function=os.link)
        for name in (
            "standing.json",
            "lock",
            "sync.lock",
        ):  # these are overwritten or locked, so a hard link would change the original
            (place / name).unlink()
            shutil.copyfile(self.store / name, place / name)
        shutil.rmtree(place / "objects")
        (place / "objects").mkdir()
        for entry in read_manifest(
            place / "current"
        ).files:  # so that only this store's links count
            path = place / "releases/1" / entry.path
            data = path.read_bytes()
            path.unlink()
            path.write_bytes(data)
            os.link(path, place / "objects" / entry.sha256)
        return place


@pytest.fixture(scope="module")
def scene(published: PublishingDesk, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A museum that has published two bundles, and a store that has the first."""
    folder = tmp_path_factory.mktemp("failing")
    museum = copy_desk(published, folder / "museum")
    sync(FolderSource(museum.folder), folder / "store", museum.root, check=verify)
    Bundles(folder / "store").confirm()
    old = read_manifest(folder / "store/current").bundle_id
    new = museum.publish(museum.folder.parent / "second").manifest.bundle_id
    return Scene(museum=museum, store=folder / "store", old=old, new=new)


def still_open(*folders: Path) -> list[str]:
    """Return the files in these folders that this process has open."""
    held = []
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the handle of the listing itself
            held.append(handle.readlink())
    return [str(path) for path in held if any(path.is_relative_to(each) for each in folders)]


def left_over(store: Path) -> list[str]:
    """Return the names of files that a sync should have removed."""
    parts = [path.name for path in (store / "incoming").iterdir()]
    objects = [path.name for path in (store / "objects").iterdir() if path.stat().st_nlink == 1]
    hidden = [path.name for path in store.iterdir() if path.name.startswith(".")]
    return parts + objects + hidden + [p.name for p in store.iterdir() if p.name == "staging"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
def test_a_sync_survives_a_disk_that_fails_at_any_step(
    scene: Scene, tmp_path: Path, fault: str, lasting: bool
) -> None:
    source, root = FolderSource(scene.museum.folder), scene.museum.root
    counted = FailingFiles()
    sync(source, scene.fresh(tmp_path / "store"), root, files=counted, check=verify)
    told = 0
    for fails_at in range(0, counted.steps, EVERY):
        store = scene.fresh(tmp_path / "store")
        failing = FailingFiles(fails_at, fault, lasting)
        try:
            sync(source, store, root, files=failing, check=verify)
        except SyncError as error:
            told += 1
            assert "\n" not in str(error)
        assert verify(store / "current").bundle_id in (scene.old, scene.new), fails_at
        sync(source, store, root, check=verify)
        assert verify(store / "current").bundle_id == scene.new, fails_at
        assert Bundles(store).trial == "2"
        assert not left_over(store), fails_at
        assert verify(store / "previous").bundle_id == scene.old
    print(
        f"FAULTS failing disk ({fault}, {'lasting' if lasting else 'once'}): {len(range(0, counted.steps, EVERY))} of "
        f"{counted.steps} steps, {told} told, 0 lost, 0 leaked"
    )
    assert not still_open(tmp_path, scene.museum.folder)
    assert told or fault == "short"


@pytest.mark.parametrize("fault", FAULTS if IS_WHOLE_RUN else FAULTS[:1])
def test_switching_survives_a_disk_that_fails_at_any_step(
    scene: Scene, tmp_path: Path, fault: str
) -> None:
    source, root = FolderSource(scene.museum.folder), scene.museum.root
    for verb in ("reject", "rollback", "confirm"):
        fails_at, is_done = 0, False
        while not is_done:
            store = scene.fresh(tmp_path / "store")
            sync(source, store, root, check=verify)
            failing = FailingFiles(fails_at, fault)
            try:
                getattr(Bundles(store, files=failing), verb)()
            except BundleError as error:
                assert "\n" not in str(error)
            is_done = failing.steps <= fails_at
            fails_at += 1
            assert verify(store / "current").bundle_id in (scene.old, scene.new)
            again = Bundles(store)
            if verb == "reject":  # as the next starts of the kiosk do
                for _ in range(4):
                    again.count_start()
                assert verify(store / "current").bundle_id == scene.old
            if verb == "rollback" and verify(store / "current").bundle_id == scene.new:
                again.rollback()
                assert verify(store / "current").bundle_id == scene.old
            if verb == "confirm":
                again.confirm()
                assert (again.trial, again.current.resolve().name) == ("", "2")
        assert fails_at > 3
