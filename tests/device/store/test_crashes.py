"""The power goes at any step of an update: the old bundle or the new one answers, whole, and the next sync goes on.

Every prefix of the file operations, every subset of up to ten effects that were not forced to the disk, and samples
beyond. `KIOSK_FAULTS=all` looks at every state; otherwise every fifteenth is looked at.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from crashing_disk import Crashes, Disk, RecordingFiles, State, Step
from museum import Museum, copied

from device.bundle.reader import read_manifest, verify
from device.errors import KioskError
from device.store.bundles import Bundles
from device.store.source import FolderSource
from device.store.sync import sync

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
EVERY = 1 if IS_WHOLE_RUN else 15


@dataclass(frozen=True, slots=True)
class Run:
    """An update that was recorded.

    Attributes:
        old: Id of the bundle that answered before; empty for none.
    """

    museum: Museum
    crashes: Crashes
    log: tuple[Step, ...]
    old: str
    new: str

    @property
    def steps(self) -> int:
        """How many steps the whole update takes."""
        return len(self.log)

    def described(self, index: int) -> str:
        """Give a step as people read it."""
        return f"{index}: {self.log[index].what} {self.log[index].path}"


@pytest.fixture(scope="module")
def museum(published: Museum, tmp_path_factory: pytest.TempPathFactory) -> Museum:
    """A museum that has published its second bundle beside a store that has the first."""
    return copied(published, tmp_path_factory.mktemp("crash") / "museum")


@pytest.fixture(scope="module")
def run(museum: Museum) -> Run:
    """Record an update from the first bundle, proven, to the second."""
    store = museum.folder.parent / "store"
    sync(FolderSource(museum.folder), store, museum.root, check=verify)
    Bundles(store).confirm()
    museum.publish(museum.folder.parent / "second")
    return record(museum, store, old=read_manifest(store / "current").bundle_id)


@pytest.fixture(scope="module")
def first(run: Run) -> Run:
    """Record the first update of a kiosk that has nothing yet."""
    store = run.museum.folder.parent / "empty"
    store.mkdir()
    return record(run.museum, store, old="")


def record(museum: Museum, store: Path, old: str) -> Run:
    """Record what an update does to a store."""
    before, files = Disk.read(store), RecordingFiles()
    sync(FolderSource(museum.folder), store, museum.root, files=files, check=verify)
    new = read_manifest(store / "current").bundle_id
    crashes = Crashes(before, files.log, store)
    return Run(museum=museum, crashes=crashes, log=tuple(files.log), old=old, new=new)


def answering(store: Path) -> str:
    """Give the id of the bundle that answers, every byte of it looked at."""
    return verify(store / "current").bundle_id


def is_bad(state: State, run: Run, place: Path) -> str:
    """Give what is wrong with a state; empty for nothing."""
    state.disk.write(place)
    try:
        found = answering(place) if run.old or (place / "current").exists() else ""
        if found not in (run.old, run.new):
            return f"a bundle nobody published: {found}"
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
    """Give what an update should have cleared away."""
    parts = [path.name for path in (store / "incoming").iterdir()]
    objects = [path.name for path in (store / "objects").iterdir() if path.stat().st_nlink == 1]
    return parts + objects + [p.name for p in store.iterdir() if p.name == "staging"]


def test_every_state_an_update_may_be_cut_off_in_has_a_whole_bundle_and_goes_on(
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


def test_every_sync_is_necessary(run: Run, first: Run, tmp_path: Path) -> None:
    """Left out, each makes a state that is bad: none is there for nothing, and the model sees one that is missing.

    That a trial is on the disk before its bundle becomes current is seen where there is no link to a previous one
    in between, whose sync would do for both: at a kiosk's first update.
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
    """Whether a sync makes the new name of `standing.json` certain."""
    before = run.log[index - 1]
    return before.what == "rename" and before.other.name == "standing.json"


def first_fault_without(index: int, run: Run, tmp_path: Path) -> str:
    """Give the first fault in the states of a run that leaves a sync out; empty for none.

    From the end back: there all else is on the disk, and few states are left to look at.
    """
    for state in run.crashes.states(ignored=index, most=5, cut_after=range(run.steps, index, -1)):
        fault = is_bad(state, run, tmp_path / "state")
        if fault:
            return fault
    return ""
