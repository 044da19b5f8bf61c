"""A power cut at any step of a sync leaves an intact bundle, and the next sync resumes.

The states are every prefix of the file operations, with every subset of up to ten effects that were not forced to the
disk, and samples beyond ten. `KIOSK_FAULTS=all` checks every state; otherwise every fifteenth is checked.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from crash_simulator import CrashSimulator, Disk, RecordingFiles, State, Step
from publishing_desk import PublishingDesk, copy_desk

from device.bundle.reader import read_manifest, verify
from device.errors import KioskError
from device.store.bundles import Bundles
from device.store.source import FolderSource
from device.store.sync import sync

pytestmark = pytest.mark.slow

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
EVERY = 1 if IS_WHOLE_RUN else 15


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded sync.

    Attributes:
        old: Id of the bundle that was current before; empty for none.
        new: Id of the bundle that is current afterwards.
    """

    museum: PublishingDesk
    crashes: CrashSimulator
    log: tuple[Step, ...]
    old: str
    new: str

    @property
    def steps(self) -> int:
        """How many steps the whole sync takes."""
        return len(self.log)

    def described(self, index: int) -> str:
        """Describe a step in one line."""
        return f"{index}: {self.log[index].what} {self.log[index].path}"


@pytest.fixture(scope="module")
def museum(published: PublishingDesk, tmp_path_factory: pytest.TempPathFactory) -> PublishingDesk:
    """A museum of this module's own."""
    return copy_desk(published, tmp_path_factory.mktemp("crash") / "museum")


@pytest.fixture(scope="module")
def run(museum: PublishingDesk) -> Run:
    """Record a sync from the first bundle, after its trial, to the second."""
    store = museum.folder.parent / "store"
    sync(FolderSource(museum.folder), store, museum.root, check=verify)
    Bundles(store).confirm()
    museum.publish(museum.folder.parent / "second")
    return record(museum, store, old=read_manifest(store / "current").bundle_id)


@pytest.fixture(scope="module")
def first(run: Run) -> Run:
    """Record the first sync of a kiosk without a bundle."""
    store = run.museum.folder.parent / "empty"
    store.mkdir()
    return record(run.museum, store, old="")


def record(museum: PublishingDesk, store: Path, old: str) -> Run:
    """Record the steps of a sync on a store."""
    before, files = Disk.read(store), RecordingFiles()
    sync(FolderSource(museum.folder), store, museum.root, files=files, check=verify)
    new = read_manifest(store / "current").bundle_id
    crashes = CrashSimulator(before, files.log, store)
    return Run(museum=museum, crashes=crashes, log=tuple(files.log), old=old, new=new)


def answering(store: Path) -> str:
    """Verify the current bundle and return its id."""
    return verify(store / "current").bundle_id


def is_bad(state: State, run: Run, place: Path) -> str:
    """Return the fault of a state, or "" without one."""
    state.disk.write(place)
    try:
        found = answering(place) if run.old or (place / "current").exists() else ""
        if found not in (run.old, run.new):
            return f"a bundle that was never published: {found}"
        if state.taken == run.steps and found != run.new:
            return "an update that was acknowledged is lost"
        if found == run.new and Bundles(place).trial != "2":
            return "the new bundle is not on trial"
        sync(FolderSource(run.museum.folder), place, run.museum.root, check=verify)
        if answering(place) != run.new:
            return "the next sync doesn't bring the update"
        if left_over(place):
            return f"left over: {left_over(place)}"
        if not run.old:
            return ""
        Bundles(place, check=verify).reject()
        return "" if answering(place) == run.old else "the old bundle is lost"
    except KioskError as error:
        return str(error)
    finally:
        shutil.rmtree(place)


def left_over(store: Path) -> list[str]:
    """Return the names of files that a sync should have removed."""
    parts = [path.name for path in (store / "incoming").iterdir()]
    objects = [path.name for path in (store / "objects").iterdir() if path.stat().st_nlink == 1]
    return parts + objects + [p.name for p in store.iterdir() if p.name == "staging"]


def test_every_state_after_a_power_cut_has_an_intact_bundle_and_resumes(
    run: Run, tmp_path: Path
) -> None:
    looked_at = 0
    for number, state in enumerate(run.crashes.states()):
        if number % EVERY and state.taken != run.steps:
            continue
        looked_at += 1
        fault = is_bad(state, run, tmp_path / "state")
        assert not fault, f"after {state.taken} of {run.steps} steps: {fault}"
    print(
        f"FAULTS crash states: {looked_at} of {number + 1}, after {run.steps} steps; prefixes with every subset "
        f"{run.crashes.exhausted}, sampled {run.crashes.sampled}; 0 bad"
    )
    assert looked_at > 100


def test_every_fsync_is_necessary(run: Run, first: Run, tmp_path: Path) -> None:
    """Each fsync left out makes a bad state: none is superfluous, and a missing one is found.

    The fsync of a new trial is checked at a kiosk's first sync. At a later sync, the fsync for the link to the
    previous bundle covers it.
    """
    beginning = next(i for i in reversed(first.crashes.syncs()) if is_of_memory(first, i))
    assert "not on trial" in first_fault_without(beginning, first, tmp_path)
    syncs = [index for index in run.crashes.syncs() if not is_of_memory(run, index)]
    for index in syncs:
        fault = first_fault_without(index, run, tmp_path)
        print(f"without {run.described(index)}: {fault}")
        assert fault, run.described(index)
    print(
        f"FAULTS fsyncs shown necessary by leaving each out: {len(syncs) + 1} of {len(syncs) + 1}"
    )


def is_of_memory(run: Run, index: int) -> bool:
    """Return whether this fsync forces the new name of `standing.json` to the disk."""
    before = run.log[index - 1]
    return before.what == "rename" and before.other.name == "standing.json"


def first_fault_without(index: int, run: Run, tmp_path: Path) -> str:
    """Return the first fault in the states of a run without one fsync, or "" without one.

    The states are checked from the end backwards: there, all other effects are on the disk and few states remain.
    """
    for state in run.crashes.states(ignored=index, most=5, cut_after=range(run.steps, index, -1)):
        fault = is_bad(state, run, tmp_path / "state")
        if fault:
            return fault
    return ""
