"""The bytes that the kiosk writes in a day, counted by the disk itself.

Writes wear out a memory card. The store and the journal are each on an ext4 of their own. All written blocks are
counted, the file system's own included. A day has eight hours with sixty visitors each, whose statistics are written
hourly, an idle kiosk with some searches, and the night's three units. Updates are not counted: their size depends on
the changes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from headless_screen import use_headless_screen
from installed_kiosk import PYTHON, SERVICE, main_process, put_print, verdict
from nspawn import REPOSITORY, Booted, System, boot, layer, run

STORE, STAFF, JOURNAL = "/var/lib/printkiosk", "/var/lib/printkiosk/staff", "/var/log/journal"
NIGHT = ("printkiosk-fresh-browser", "printkiosk-sync", "printkiosk-health")
AS_KIOSK = ("setpriv", "--reuid=printkiosk", "--regid=printkiosk", "--init-groups", "--")
IDLE_S, ANSWERS, DAY_MIB = 60.0, 10, 1.0


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk with an ext4 of its own."""

    device: Path
    folder: Path

    def written(self) -> int:
        """Return the bytes written to it so far, pending writes included."""
        run("sync", "--file-system", str(self.folder))
        fields = Path("/sys/block", self.device.name, "stat").read_text().split()
        return int(fields[6]) * 512  # Documentation/block/stat.rst: write sectors


@contextmanager
def disk(folder: Path, name: str) -> Iterator[Disk]:
    """Yield a new disk, mounted until the end of the `with` block."""
    folder.mkdir(parents=True, exist_ok=True)
    image, mount_point = folder / f"{name}.img", folder / name
    with image.open("wb") as file:
        file.truncate(2 << 30)
    run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))
    device = run("losetup", "--find", "--show", str(image)).strip()
    mount_point.mkdir()
    run("mount", "-o", "noatime", device, str(mount_point))  # reading costs nothing
    try:
        yield Disk(Path(device), mount_point)
    finally:
        run("umount", "--lazy", str(mount_point))
        run("losetup", "--detach", device)


@pytest.fixture(scope="module")
def scene(trixie: System, layers: Path) -> Iterator[tuple[Booted, Disk, Disk]]:
    """A running kiosk, the disk of its store, and the disk of its journal."""
    base = layers / "wear"
    with (
        disk(base, "store") as store,
        disk(base, "journal") as journal,
        layer(trixie, base / "system") as system,
    ):
        put_print(system)
        use_headless_screen(system)
        (system.root / "opt/simulated_day.py").write_bytes(
            (REPOSITORY / "tests/standins/simulated_day.py").read_bytes()
        )
        run("cp", "-a", f"{system.root}{STORE}/.", str(store.folder))
        run("chown", f"--reference={system.root}{STORE}", str(store.folder))
        (system.root / JOURNAL.lstrip("/")).mkdir(parents=True, exist_ok=True)
        binds = (f"--bind={store.folder}:{STORE}", f"--bind={journal.folder}:{JOURNAL}")
        with boot(system, *binds) as booted:
            booted.wait_for(
                lambda: "a page is shown" in booted.journal(SERVICE) and verdict(booted) != "",
                limit_s=150,
                expected="the kiosk answers and shows its page",
            )
            time.sleep(20)  # until the writes of the boot are done
            yield booted, store, journal


def test_the_kiosk_writes_at_most_a_mebibyte_a_day(scene: tuple[Booted, Disk, Disk]) -> None:
    booted, store, journal = scene
    lines = len(booted.journal(SERVICE).splitlines())
    # Without this the journal syncs the lines of the boot some minutes later.
    booted.run("journalctl", "--sync")
    began = [disk.written() for disk in (store, journal)]

    time.sleep(IDLE_S)
    for _ in range(ANSWERS):
        booted.wait_for(lambda: verdict(booted) != "", limit_s=60, expected="the kiosk answers")
    idle = [disk.written() for disk in (store, journal)]
    new_lines = len(booted.journal(SERVICE).splitlines()) - lines
    by_process = booted.run("cat", f"/proc/{main_process(booted)}/io")
    booted.run(*AS_KIOSK, PYTHON, "/opt/simulated_day.py", STAFF)
    counted = [disk.written() for disk in (store, journal)]
    for unit in NIGHT:
        booted.run("sh", "-c", f"systemctl start {unit}.service || true", timeout_s=300)
    booted.run("journalctl", "--sync")
    night = [disk.written() for disk in (store, journal)]

    written = [
        (f"idle for {IDLE_S:g} s, and {ANSWERS} searches: the store", idle[0] - began[0]),
        (f"idle for {IDLE_S:g} s, and {ANSWERS} searches: the journal", idle[1] - began[1]),
        ("24 hours of statistics, preferences and disk checks", counted[0] - idle[0]),
        ("the night's units: the store", night[0] - counted[0]),
        ("the night's units: the journal", night[1] - counted[1]),
    ]
    print("APPLIANCE bytes written a day, the file system's own blocks included")
    for source, size in written:
        print(f"  {size / 1024:8.1f} KiB  {source}")
    day = (
        sum(size for _, size in written[2:])
        + sum(size for _, size in written[:2]) * 86_400 / IDLE_S
    )
    print(f"APPLIANCE total of a day, idle for 24 hours: {day / 2**20:.2f} MiB")
    assert new_lines == 0, "an answer must not write to the journal"
    assert "write_bytes: 0" in by_process
    assert day <= DAY_MIB * 2**20
