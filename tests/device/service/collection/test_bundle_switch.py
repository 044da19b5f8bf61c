"""A running kiosk follows its store: it keeps a good bundle and gives up a bad one."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_time import FakeTime

from device.bundle import layout
from device.bundle.manifest import Manifest
from device.bundle.notices import Notices
from device.errors import BundleDamagedError, BusyError
from device.service.collection.bundle_switch import BundleSwitch, WatchedStore
from device.store import notices as kept_notices
from device.store.atomic_files import AtomicFiles, locked
from device.store.bundles import Bundles


@dataclass
class Kiosk:
    """A stand-in that records its bundles, and refuses a bundle without a model."""

    shown: list[tuple[str, int]] = field(default_factory=list)
    fault_count: int = 0
    is_found: bool = True
    is_busy: bool = False

    def change(self, bundle: Path, notices: Notices) -> None:
        """Record a bundle."""
        if not (bundle / layout.MODEL).is_file():
            raise BundleDamagedError(f"{bundle}: no model")
        self.shown.append((bundle.name, notices.serial))

    def faults(self) -> int:
        """Return the number of faults."""
        return self.fault_count

    def passes_self_test(self) -> bool:
        """Pass or fail as the test has set it."""
        if self.is_busy:
            raise BusyError("busy")
        return self.is_found


@pytest.fixture
def root(tmp_path: Path, small_bundle: Path, change_manifest: Callable[..., Manifest]) -> Path:
    """A store in which bundle 1 has passed its trial and 2 is installed."""
    for name in ("1", "2"):
        path = tmp_path / "releases" / name
        shutil.copytree(small_bundle, path, copy_function=os.link)
        change_manifest(path, name=name)
    Bundles(tmp_path).activate("1")
    return tmp_path


@pytest.fixture
def kiosk() -> Kiosk:
    """A kiosk that records its bundles."""
    return Kiosk()


@pytest.fixture
def clock() -> FakeTime:
    """A clock that the test sets."""
    return FakeTime()


@pytest.fixture
def watch(root: Path, kiosk: Kiosk, clock: FakeTime) -> Iterator[Callable[[], BundleSwitch]]:
    """A function that opens a switch; only the test polls the store."""
    opened = []

    def open_switch() -> BundleSwitch:
        opened.append(
            BundleSwitch(WatchedStore(root, poll_s=3600), kiosk, trial_s=180, clock=clock.clock)
        )
        return opened[-1]

    yield open_switch
    for switch in opened:
        switch.close()


def test_a_switch_in_the_store_is_followed_once(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch]
) -> None:
    switch = watch()
    switch.poll()
    Bundles(root).activate("2")
    switch.poll()
    switch.poll()

    assert kiosk.shown == [("1", 0), ("2", 0)]


def test_new_notices_apply_to_the_current_bundle(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch]
) -> None:
    switch = watch()
    kept_notices.write(AtomicFiles(), root, Notices(serial=5))
    switch.poll()

    assert kiosk.shown == [("1", 0), ("1", 5)]


def test_a_bundle_on_trial_is_kept_after_its_time_and_a_self_test(
    root: Path, watch: Callable[[], BundleSwitch], clock: FakeTime
) -> None:
    switch = watch()
    Bundles(root).activate("2", on_trial=True)
    switch.poll()
    clock.now_s += 179
    switch.poll()
    assert Bundles(root).trial == "2"
    clock.now_s += 1
    switch.poll()

    assert Bundles(root).trial == ""
    assert Bundles(root).current.resolve().name == "2"


@pytest.mark.parametrize("fault", ["no model", "no answer", "not found"])
def test_a_bundle_on_trial_that_fails_is_given_up_and_remembered(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch], clock: FakeTime, fault: str
) -> None:
    switch = watch()
    bundles = Bundles(root)
    bundles.activate("2", on_trial=True)
    if fault == "no model":
        (root / "releases/2" / layout.MODEL).unlink()
    switch.poll()
    if fault == "no answer":
        kiosk.fault_count += 1
    if fault == "not found":
        kiosk.is_found = False
        clock.now_s += 180
    switch.poll()
    switch.poll()

    assert bundles.current.resolve().name == "1"
    assert not bundles.previous.exists()
    assert kiosk.shown[-1] == ("1", 0)
    assert '"2"' in (root / "standing.json").read_text()


def test_a_trial_ends_later_when_the_kiosk_is_too_busy_for_a_self_test(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch], clock: FakeTime
) -> None:
    switch = watch()
    Bundles(root).activate("2", on_trial=True)
    switch.poll()
    clock.now_s += 180
    kiosk.is_busy = True
    with pytest.raises(BusyError):
        switch.poll()
    kiosk.is_busy = False
    switch.poll()

    assert Bundles(root).trial == ""


def test_a_bundle_that_fails_without_a_trial_stays_for_staff_to_see(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch]
) -> None:
    (root / "releases/1" / layout.MODEL).unlink()
    watch().poll()

    assert kiosk.shown == []
    assert Bundles(root).current.resolve().name == "1"


def test_with_a_damaged_bundle_at_start_the_previous_one_answers_and_the_links_stay(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch]
) -> None:
    Bundles(root).activate("2")
    (root / "releases/2" / layout.MODEL).unlink()
    switch = watch()
    switch.poll()

    assert kiosk.shown == [("1", 0)]
    assert Bundles(root).current.resolve().name == "2"


def test_with_two_damaged_bundles_no_bundle_answers(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch]
) -> None:
    Bundles(root).activate("2")
    for name in ("1", "2"):
        (root / "releases" / name / layout.MODEL).unlink()
    watch().poll()

    assert kiosk.shown == []


def test_a_bundle_on_trial_is_given_up_at_the_fourth_start(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch]
) -> None:
    Bundles(root).activate("2", on_trial=True)
    for _ in range(4):
        watch()

    assert [name for name, _ in kiosk.shown] == ["2", "2", "2", "1"]


def test_a_bundle_on_trial_that_cannot_be_opened_at_start_is_given_up_at_once(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch]
) -> None:
    Bundles(root).activate("2", on_trial=True)
    (root / "releases/2" / layout.MODEL).unlink()
    watch()

    assert kiosk.shown == [("1", 0)]


def test_a_store_that_is_being_changed_is_tried_again_later(
    root: Path, kiosk: Kiosk, watch: Callable[[], BundleSwitch], clock: FakeTime
) -> None:
    switch = watch()
    Bundles(root).activate("2", on_trial=True)
    switch.poll()
    clock.now_s += 180
    with locked(root), pytest.raises(OSError, match="another process"):
        switch.poll()
    switch.poll()

    assert Bundles(root).trial == ""


def test_the_thread_goes_on_after_a_busy_store(root: Path, kiosk: Kiosk) -> None:
    import threading

    changed = threading.Event()
    switch = BundleSwitch(WatchedStore(root, poll_s=0.01), kiosk, trial_s=0)
    original = kiosk.change

    def change(bundle: Path, notices: Notices) -> None:
        original(bundle, notices)
        changed.set()

    kiosk.change = change  # type: ignore[method-assign]
    kiosk.is_busy = True
    Bundles(root).activate("2", on_trial=True)
    assert changed.wait(10)
    kiosk.is_busy = False
    for _ in range(1000):
        if not Bundles(root).trial:
            break
        threading.Event().wait(0.01)
    switch.close()

    assert Bundles(root).trial == ""
