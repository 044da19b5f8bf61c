"""A power cut at any step of a rollback, a rejection, the end of a trial, or a withdrawal.

As for syncs, the states are every prefix of the file operations, with every subset of up to ten effects that were not
forced to the disk. There are a few hundred states at most, and every run checks all of them.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from crash_simulator import CrashSimulator, Disk, RecordingFiles, State
from publishing_desk import DAY, PublishingDesk, copy_desk

from converter.ingest.item import Item
from converter.publish import publisher
from device.bundle.reader import read_manifest, verify
from device.errors import KioskError, RefusedError, StaleError, SyncError
from device.store import notices as kept_notices
from device.store import store_state
from device.store.atomic_files import AtomicFiles
from device.store.bundles import MAX_TRIAL_STARTS, Bundles
from device.store.source import FolderSource
from device.store.sync import sync

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A store whose first bundle completed its trial, and whose second followed.

    Attributes:
        first, second: Ids of the bundles.
    """

    museum: PublishingDesk
    store: Path
    first: str
    second: str


def fetch(museum: PublishingDesk, store: Path, files: AtomicFiles | None = None) -> None:
    """Sync from a museum."""
    sync(FolderSource(museum.folder), store, museum.root, files=files, check=verify)


def bundles(store: Path, files: AtomicFiles | None = None) -> Bundles:
    """Return a store's bundles, with every byte verified before one becomes current."""
    return Bundles(store, files=files, check=verify)


@pytest.fixture
def kiosk(published: PublishingDesk, tmp_path: Path) -> Kiosk:
    """A kiosk with two bundles, the second on trial."""
    museum, store = copy_desk(published, tmp_path / "museum"), tmp_path / "store"
    fetch(museum, store)
    bundles(store).confirm()
    first = read_manifest(store / "current").bundle_id
    second = museum.publish(museum.folder.parent / "second").manifest.bundle_id
    fetch(museum, store)
    return Kiosk(museum=museum, store=store, first=first, second=second)


def states(store: Path, act: Callable[[AtomicFiles], object]) -> tuple[list[State], int]:
    """Return every state that a power cut may leave, and the number of steps of the action."""
    before, files = Disk.read(store), RecordingFiles()
    act(files)
    crashes = CrashSimulator(before, files.log, store)
    found = list(crashes.states())
    assert not crashes.sampled
    return found, len(files.log)


def looked_at(
    found: list[State], place: Path, check: Callable[[State, Path], str], what: str
) -> None:
    """Check every state, and fail at the first bad one."""
    for state in found:
        state.disk.write(place)
        try:
            fault = check(state, place)
        except KioskError as error:
            fault = str(error)
        finally:
            shutil.rmtree(place)
        assert not fault, f"after {state.taken} steps: {fault}"
    print(f"FAULTS crash states of {what}: {len(found)}, every one; 0 bad")


def answering(store: Path) -> str:
    """Verify the current bundle and return its id."""
    return verify(store / "current").bundle_id


def test_an_interrupted_rollback_is_complete_or_absent_and_loses_neither_bundle(
    kiosk: Kiosk, tmp_path: Path
) -> None:
    bundles(kiosk.store).confirm()
    found, steps = states(kiosk.store, lambda files: bundles(kiosk.store, files).rollback())

    def check(state: State, place: Path) -> str:
        here = answering(place)
        if here not in (kiosk.first, kiosk.second):
            return f"{here} was never published"
        if state.taken == steps:
            if here != kiosk.first:
                return "the rollback was acknowledged and is lost"
            try:
                fetch(kiosk.museum, place)
                return "the bundle that staff rolled back is installed again"
            except RefusedError:
                pass
        if here == kiosk.second:
            bundles(place).rollback()
        bundles(place).activate("2")
        return "" if answering(place) == kiosk.second else "the newer bundle is lost"

    looked_at(found, tmp_path / "state", check, "a rollback")


def test_an_interrupted_rejection_leaves_the_bundle_rejected_or_on_trial(
    kiosk: Kiosk, tmp_path: Path
) -> None:
    found, steps = states(kiosk.store, lambda files: bundles(kiosk.store, files).reject())

    def check(state: State, place: Path) -> str:
        here = answering(place)
        if state.taken == steps and here != kiosk.first:
            return "the rejection was acknowledged and is lost"
        is_known = "2" in store_state.read(place).refused
        if here == kiosk.first and not is_known:
            return "rejected, but not refused from now on"
        if here == kiosk.second and not bundles(place).trial:
            return "the bundle that failed is no longer on trial"
        for _ in range(MAX_TRIAL_STARTS + 1):  # it fails at each start
            bundles(place).count_start()
        if answering(place) != kiosk.first:
            return "a bundle that failed is not rejected at the next starts"
        try:
            fetch(kiosk.museum, place)
            return "a bundle that failed is installed again"
        except RefusedError:
            return ""

    looked_at(found, tmp_path / "state", check, "a rejection")


def test_an_interrupted_confirmation_is_complete_or_absent(kiosk: Kiosk, tmp_path: Path) -> None:
    found, steps = states(kiosk.store, lambda files: bundles(kiosk.store, files).confirm())

    def check(state: State, place: Path) -> str:
        if answering(place) != kiosk.second or verify(place / "previous").bundle_id != kiosk.first:
            return "a bundle is lost"
        if state.taken == steps and bundles(place).trial:
            return "the end of the trial was acknowledged and is lost"
        bundles(place).confirm()
        return "still on trial" if bundles(place).trial else ""

    looked_at(found, tmp_path / "state", check, "the end of a trial")


def test_an_interrupted_withdrawal_applies_or_not_and_no_old_stick_reverts_it(
    kiosk: Kiosk, small_items: tuple[Item, ...], tmp_path: Path
) -> None:
    bundles(kiosk.store).confirm()
    publisher.withdraw(small_items[0].record_id, kiosk.museum.repository, DAY)
    fetch(kiosk.museum, kiosk.store)
    old_stick = copy_desk(kiosk.museum, tmp_path / "old")
    work = publisher.withdraw(small_items[1].record_id, kiosk.museum.repository, DAY)
    found, steps = states(kiosk.store, lambda files: fetch(kiosk.museum, kiosk.store, files))
    assert kept_notices.read(kiosk.store) == work

    def check(state: State, place: Path) -> str:
        heeded = kept_notices.read(place).serial
        if answering(place) != kiosk.second:
            return "a bundle is lost"
        if heeded not in (1, 2) or (state.taken == steps and heeded != 2):
            return f"notices {heeded} apply"
        if heeded == 2:
            try:  # python-tuf's metadata was not forced to the disk, so the power cut loses it
                fetch(old_stick, place)
            except StaleError:
                pass
            except SyncError as error:
                return str(error)
            if kept_notices.read(place).serial != 2:
                return "an old stick reverts the withdrawal"
        fetch(kiosk.museum, place)
        return "" if kept_notices.read(place) == work else "the next sync doesn't apply it"

    looked_at(found, tmp_path / "state", check, "a withdrawal")
