"""How much the kiosk writes in a day, counted by the disk itself: cards wear out by being written.

Its folder and the journal each lie on an ext4 of their own, whose blocks are counted, the file system's own among them. A day
is: eight hours with sixty visitors each, whose counts are written by the hour; an idle kiosk, asked now and then; the night's
three units. Updates are not counted: they are as large as what is new.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from installed_kiosk import PYTHON, SERVICE, lay_print, main_process, verdict
from root_file_system import REPOSITORY, Booted, System, boot, layer, run
from screen_in_memory import show_in_memory

STORE, STAFF, JOURNAL = "/var/lib/printkiosk", "/var/lib/printkiosk/staff", "/var/log/journal"
NIGHT = ("printkiosk-fresh-browser", "printkiosk-sync", "printkiosk-health")
AS_KIOSK = ("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--")
IDLE_S, ANSWERS, DAY_MIB = 60.0, 10, 1.0


@dataclass(frozen=True, slots=True)
class Disk:
    """An ext4 of its own."""

    device: Path
    folder: Path

    def written(self) -> int:
        """Give how many bytes it was written since it was made, all that is pending among them."""
        run("sync", "--file-system", str(self.folder))
        fields = Path("/sys/block", self.device.name, "stat").read_text().split()
        return int(fields[6]) * 512  # Documentation/block/stat.rst: write sectors


@contextmanager
def disk(folder: Path, name: str) -> Iterator[Disk]:
    """Make a disk, mounted for the length of a `with` block."""
    folder.mkdir(parents=True, exist_ok=True)
    image, place = folder / f"{name}.img", folder / name
    with image.open("wb") as made:
        made.truncate(2 << 30)
    run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))
    device = run("losetup", "--find", "--show", str(image)).strip()
    place.mkdir()
    run("mount", "-o", "noatime", device, str(place))  # reading costs nothing
    try:
        yield Disk(Path(device), place)
    finally:
        run("umount", "--lazy", str(place))
        run("losetup", "--detach", device)


@pytest.fixture(scope="module")
def scene(trixie: System, layers: Path) -> Iterator[tuple[Booted, Disk, Disk]]:
    """The kiosk, running, its store's disk and the journal's."""
    base = layers / "wear"
    with (
        disk(base, "store") as store,
        disk(base, "journal") as journal,
        layer(trixie, base / "system") as system,
    ):
        lay_print(system)
        show_in_memory(system)
        (system.root / "opt/day_of_counts.py").write_bytes(
            (REPOSITORY / "tests/standins/day_of_counts.py").read_bytes()
        )
        run("cp", "-a", f"{system.root}{STORE}/.", str(store.folder))
        run("chown", f"--reference={system.root}{STORE}", str(store.folder))
        (system.root / JOURNAL.lstrip("/")).mkdir(parents=True, exist_ok=True)
        binds = (f"--bind={store.folder}:{STORE}", f"--bind={journal.folder}:{JOURNAL}")
        with boot(system, *binds) as booted:
            booted.wait_for(
                lambda: "a page is shown" in booted.journal(SERVICE) and verdict(booted) != "",
                limit_s=150,
                told="it answers and is shown",
            )
            time.sleep(20)  # what booting leaves to be written
            yield booted, store, journal


def test_a_days_own_writes_are_at_most_a_mebibyte(scene: tuple[Booted, Disk, Disk]) -> None:
    booted, store, journal = scene
    lines = len(booted.journal(SERVICE).splitlines())
    # Else what booting wrote is marked as whole some minutes later.
    booted.run("journalctl", "--sync")
    began = [disk.written() for disk in (store, journal)]

    time.sleep(IDLE_S)
    for _ in range(ANSWERS):
        booted.wait_for(lambda: verdict(booted) != "", limit_s=60, told="it answers")
    idle = [disk.written() for disk in (store, journal)]
    said = len(booted.journal(SERVICE).splitlines()) - lines
    by_process = booted.run("cat", f"/proc/{main_process(booted)}/io")
    booted.run(*AS_KIOSK, PYTHON, "/opt/day_of_counts.py", STAFF)
    counted = [disk.written() for disk in (store, journal)]
    for unit in NIGHT:
        booted.run("sh", "-c", f"systemctl start {unit}.service || true", timeout_s=300)
    booted.run("journalctl", "--sync")
    night = [disk.written() for disk in (store, journal)]

    told = [
        (f"idle for {IDLE_S:g} s, and {ANSWERS} answers: its store", idle[0] - began[0]),
        (f"idle for {IDLE_S:g} s, and {ANSWERS} answers: the journal", idle[1] - began[1]),
        ("24 hours of counts, choices and tries of the disk", counted[0] - idle[0]),
        ("the night's units: its store", night[0] - counted[0]),
        ("the night's units: the journal", night[1] - counted[1]),
    ]
    print("APPLIANCE what a day writes, blocks of the file system's own among them")
    for what, size in told:
        print(f"  {size / 1024:8.1f} KiB  {what}")
    day = sum(size for _, size in told[2:]) + sum(size for _, size in told[:2]) * 86_400 / IDLE_S
    print(f"APPLIANCE a day's own writes, idling all day: {day / 2**20:.2f} MiB")
    assert said == 0, "an answer is no line in the journal"
    assert "write_bytes: 0" in by_process
    assert day <= DAY_MIB * 2**20
