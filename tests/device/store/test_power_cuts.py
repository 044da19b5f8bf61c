"""Power cuts under a real ext4: every acknowledged change is there, intact.

A kiosk syncs, ends a trial, rolls back and withdraws a work, again and again, on a disk that records its writes. Then
its power is cut at random moments. A store without fsyncs shows that the check can fail. `KIOSK_FAULTS=all` cuts a
thousand times; otherwise sixteen times. Needs root, /dev/fuse and loop devices.
"""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import power_cuts
import pytest
from power_cuts import Cut, PowerDisk
from publishing_desk import DAY, PublishingDesk, copy_desk

from converter.publish import publisher
from device.bundle import layout
from device.bundle.reader import read_manifest, verify
from device.bundle.records import Records
from device.errors import KioskError
from device.store import notices as kept_notices
from device.store.atomic_files import AtomicFiles, PartialFile
from device.store.bundles import Bundles
from device.store.source import FolderSource
from device.store.sync import sync

IS_WHOLE_RUN = os.environ.get("KIOSK_FAULTS") == "all"
POINTS, ROUNDS = (1000, 9) if IS_WHOLE_RUN else (16, 2)
CONTROL_POINTS = 120 if IS_WHOLE_RUN else 12

pytestmark = [
    pytest.mark.skipif(bool(power_cuts.missing()), reason=power_cuts.missing()),
    pytest.mark.slow,
]


class RoomyFiles(AtomicFiles):
    """The real steps on a small disk, which report enough space for a large bundle."""

    def free_bytes(self, path: Path) -> int:
        return 1 << 40


class ForgetfulPart(PartialFile):
    """A file whose bytes are never forced to the disk."""

    def sync(self) -> None:
        pass


class WithoutBytes(RoomyFiles):
    """Steps that force names to the disk but no bytes."""

    def open_partial(self, path: Path) -> PartialFile:
        return ForgetfulPart(path)


class WithoutNames(RoomyFiles):
    """Steps that force bytes to the disk but no names."""

    def sync_folder(self, path: Path) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Known:
    """The state of a kiosk acknowledged at a moment.

    Attributes:
        moment: Length in bytes of the disk's log at that moment.
        bundle: Id of the current bundle; empty for none.
        notices: Serial of the notices.
        on_trial: Whether the bundle is on trial.
    """

    moment: int
    bundle: str
    notices: int
    on_trial: bool


def works_of(bundle: Path) -> list[str]:
    """Return the record ids of a bundle."""
    with closing(Records(bundle / layout.RECORDS)) as records:
        return [records.at(item).record_id for item in range(len(records))]


class Kiosk:
    """A store on a disk whose power will be cut, and its acknowledged states."""

    def __init__(self, disk: PowerDisk, museum: PublishingDesk, files: AtomicFiles) -> None:
        self.known = [Known(moment=0, bundle="", notices=0, on_trial=False)]
        self._disk, self._museum, self._files = disk, museum, files
        self._store = disk.mounted / "store"
        self._bundles = Bundles(self._store, files=files, check=verify)
        self._works = works_of(museum.folder.parent / "first")

    def live(self, rounds: int) -> None:
        """Sync, end trials, roll back and withdraw works."""
        for number in range(rounds):
            self._museum.publish(self._museum.folder.parent / ("first", "second")[number % 2])
            self._do(self._sync)
            self._do(self._bundles.confirm)
            publisher.withdraw(self._works[number], self._museum.repository, DAY)
            self._do(self._sync)
            if number % 3 == 1:
                self._do(self._bundles.rollback)

    def _do(self, what: Callable[[], object]) -> None:
        what()
        self.known.append(
            Known(
                moment=self._disk.now(),
                bundle=read_manifest(self._store / "current").bundle_id,
                notices=kept_notices.read(self._store).serial,
                on_trial=bool(self._bundles.trial),
            )
        )

    def _sync(self) -> None:
        source = FolderSource(self._museum.folder)
        sync(source, self._store, self._museum.root, files=self._files, check=verify)


@pytest.fixture
def museum(published: PublishingDesk, tmp_path: Path) -> PublishingDesk:
    """A museum of this test's own."""
    return copy_desk(published, tmp_path / "museum")


def fault(cut: Cut, known: list[Known], museum: PublishingDesk) -> str:
    """Return the fault of a store after a power cut, or "" without one."""
    store = cut.mounted / "store"
    last = max(i for i, each in enumerate(known) if each.moment <= cut.moment)
    allowed = known[last : last + 2]  # the acknowledged state, or the one in progress
    try:
        found = verify(store / "current").bundle_id if (store / "current").exists() else ""
        if found not in {each.bundle for each in allowed}:
            return f"acknowledged was {known[last].bundle}, found {found or 'no bundle'}"
        serial = kept_notices.read(store).serial
        if serial not in {each.notices for each in allowed}:
            return f"acknowledged were notices {known[last].notices}, found {serial}"
        on_trial = bool(Bundles(store).trial)
        if found and on_trial not in {each.on_trial for each in allowed if each.bundle == found}:
            return f"expected on trial: {known[last].on_trial}, found {on_trial}"
        sync(FolderSource(museum.folder), store, museum.root, files=RoomyFiles(), check=verify)
    except KioskError as error:
        is_told = "staff rolled it back" in str(error)
        return "" if is_told else str(error)
    return ""


def cut_off(
    museum: PublishingDesk, folder: Path, files: AtomicFiles, points: int, rounds: int = ROUNDS
) -> tuple[int, list[str]]:
    """Run a kiosk, cut its power at `points` moments; return the number checked and faults."""
    with power_cuts.running(folder) as disk:
        kiosk = Kiosk(disk, museum, files)
        kiosk.live(rounds)
    faults, count = [], 0
    for cut in power_cuts.cuts(disk, points, seed=7):
        count += 1
        faults.append(fault(cut, kiosk.known, museum))
    return count, [each for each in faults if each]


def test_acknowledged_changes_survive_a_power_cut_at_any_moment(
    museum: PublishingDesk, tmp_path: Path
) -> None:
    count, faults = cut_off(museum, tmp_path / "disk", RoomyFiles(), POINTS)

    print(f"FAULTS power cuts under a real ext4: {count} moments, {len(faults)} bad")
    assert not faults
    assert count == POINTS


# Lost names are rarer than lost bytes, so a few moments may not show them.
CONTROLS = [WithoutBytes, WithoutNames] if IS_WHOLE_RUN else [WithoutBytes]


@pytest.mark.parametrize("files", CONTROLS)
def test_the_check_detects_missing_fsyncs(
    museum: PublishingDesk, tmp_path: Path, files: type[AtomicFiles]
) -> None:
    count, faults = cut_off(museum, tmp_path / "disk", files(), CONTROL_POINTS)

    print(f"FAULTS power cuts, control ({files.__name__}): {count} moments, {len(faults)} bad")
    assert faults
