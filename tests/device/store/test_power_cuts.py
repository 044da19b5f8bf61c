"""The power is cut under a real ext4 while bundles come and go: whatever was acknowledged is there, whole.

A kiosk updates, proves its bundle, goes back and takes a work away, over and over, on a disk that writes down what reaches
it; then its power is cut at random moments. That the check can fail is shown by a store that leaves its fsyncs out.
`KIOSK_FAULTS=all` cuts a thousand times; otherwise sixteen times. Needs root, /dev/fuse and loop devices.
"""

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import power_cuts
import pytest
from museum import DAY, Museum, copied
from power_cuts import Cut, PowerDisk

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

pytestmark = pytest.mark.skipif(bool(power_cuts.missing()), reason=power_cuts.missing())


class RoomyFiles(AtomicFiles):
    """The real steps on a small disk, without asking for the room that a large bundle needs."""

    def free_bytes(self, path: Path) -> int:
        return 1 << 40


class ForgetfulPart(PartialFile):
    """A file whose bytes are never forced to the disk."""

    def sync(self) -> None:
        pass


class WithoutBytes(RoomyFiles):
    """Steps that force names to the disk, and no bytes."""

    def open_partial(self, path: Path) -> PartialFile:
        return ForgetfulPart(path)


class WithoutNames(RoomyFiles):
    """Steps that force bytes to the disk, and no names."""

    def sync_folder(self, path: Path) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Known:
    """What a kiosk was told is so from a moment on.

    Attributes:
        bundle: Id of the bundle that answers; empty for none.
        notices: The serial that holds.
        on_trial: Whether the bundle has yet to prove itself.
    """

    moment: int
    bundle: str
    notices: int
    on_trial: bool


def works_of(bundle: Path) -> list[str]:
    """Give the record ids of a bundle."""
    with closing(Records(bundle / layout.RECORDS)) as records:
        return [records.at(item).record_id for item in range(len(records))]


class Kiosk:
    """A store on a disk whose power will be cut, and what was acknowledged when."""

    def __init__(self, disk: PowerDisk, museum: Museum, files: AtomicFiles) -> None:
        self.known = [Known(moment=0, bundle="", notices=0, on_trial=False)]
        self._disk, self._museum, self._files = disk, museum, files
        self._store = disk.mounted / "store"
        self._bundles = Bundles(self._store, files=files, check=verify)
        self._works = works_of(museum.folder.parent / "first")

    def live(self, rounds: int) -> None:
        """Take updates, prove them, go back, and take works away."""
        for number in range(rounds):
            self._museum.publish(self._museum.folder.parent / ("first", "second")[number % 2])
            self._do(self._sync)
            self._do(self._bundles.commit)
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
def museum(published: Museum, tmp_path: Path) -> Museum:
    """A museum of its own."""
    return copied(published, tmp_path / "museum")


def fault(cut: Cut, known: list[Known], museum: Museum) -> str:
    """Give what is wrong with a store after a cut; empty for nothing."""
    store = cut.mounted / "store"
    last = max(i for i, each in enumerate(known) if each.moment <= cut.moment)
    allowed = known[last : last + 2]  # as acknowledged, or what was under way
    try:
        found = verify(store / "current").bundle_id if (store / "current").exists() else ""
        if found not in {each.bundle for each in allowed}:
            return f"acknowledged was {known[last].bundle}, found {found or 'no bundle'}"
        serial = kept_notices.read(store).serial
        if serial not in {each.notices for each in allowed}:
            return f"acknowledged was notice {known[last].notices}, found {serial}"
        on_trial = bool(Bundles(store).trial)
        if found and on_trial not in {each.on_trial for each in allowed if each.bundle == found}:
            return f"expected on trial: {known[last].on_trial}, found {on_trial}"
        sync(FolderSource(museum.folder), store, museum.root, files=RoomyFiles(), check=verify)
    except KioskError as error:
        is_told = "staff went back from it" in str(error)
        return "" if is_told else str(error)
    return ""


def cut_off(
    museum: Museum, folder: Path, files: AtomicFiles, points: int, rounds: int = ROUNDS
) -> tuple[int, list[str]]:
    """Let a kiosk live, cut its power at so many moments; give how many were looked at, and what was wrong."""
    with power_cuts.running(folder) as disk:
        kiosk = Kiosk(disk, museum, files)
        kiosk.live(rounds)
    faults, count = [], 0
    for cut in power_cuts.cuts(disk, points, seed=7):
        count += 1
        faults.append(fault(cut, kiosk.known, museum))
    return count, [each for each in faults if each]


def test_what_was_acknowledged_survives_a_power_cut_at_any_moment(
    museum: Museum, tmp_path: Path
) -> None:
    count, faults = cut_off(museum, tmp_path / "disk", RoomyFiles(), POINTS)

    print(f"FAULTS power cuts under a real ext4: {count} moments, {len(faults)} bad")
    assert not faults
    assert count == POINTS


# A lost name is rarer than lost bytes: a few moments may not show it.
CONTROLS = [WithoutBytes, WithoutNames] if IS_WHOLE_RUN else [WithoutBytes]


@pytest.mark.parametrize("files", CONTROLS)
def test_the_check_sees_a_store_that_leaves_its_fsyncs_out(
    museum: Museum, tmp_path: Path, files: type[AtomicFiles]
) -> None:
    count, faults = cut_off(museum, tmp_path / "disk", files(), CONTROL_POINTS)

    print(f"FAULTS power cuts, control ({files.__name__}): {count} moments, {len(faults)} bad")
    assert faults
