"""An update from a USB stick on the installed kiosk under real systemd.

A container has no real udev, and its kernel may lack FAT. So the partition is a loop device, and the test starts its
unit by name. A drop-in mounts it as ext4, with the same options except for those that only FAT has.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import publishing_desk
import pytest
from nspawn import REPOSITORY, Booted, System, boot, layer, run
from publishing_desk import PublishingDesk

UNIT = "printkiosk-usb@{}.service"
STORE = "/var/lib/printkiosk"
OURS, THEIRS, BROKEN = "sdx1", "sdy1", "sdz1"


@dataclass(frozen=True, slots=True)
class Scene:
    """A running kiosk, and the museum that publishes its updates."""

    booted: Booted
    museum: PublishingDesk


@contextmanager
def stick(content: Path | None, file: Path) -> Iterator[str]:
    """Yield a loop device with a file system for a folder, or without one for None."""
    with file.open("wb") as image:
        image.truncate(96 << 20)
    if content is not None:
        run("mkfs.ext4", "-q", "-d", str(content), str(file))
    device = run("losetup", "--find", "--show", str(file)).strip()
    try:
        yield device
    finally:
        run("losetup", "--detach", device)


@pytest.fixture(scope="module")
def scene(
    trixie: System, layers: Path, small_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """A running kiosk with three sticks: ours, another museum's, and an unreadable one."""
    folder = tmp_path_factory.mktemp("sticks")
    museum, other = publishing_desk.set_up(folder / "ours"), publishing_desk.set_up(
        folder / "theirs"
    )
    for each in (museum, other):
        each.publish(small_bundle)
        (each.folder.parent / "stick").mkdir()
        shutil.copytree(each.folder, each.folder.parent / "stick/printkiosk")
        subprocess.run(["chmod", "-R", "a+rX", each.folder.parent / "stick"], check=True)
    with (
        stick(museum.folder.parent / "stick", folder / "1.img") as ours,
        stick(other.folder.parent / "stick", folder / "2.img") as theirs,
        stick(None, folder / "3.img") as broken,
        layer(trixie, layers / "stick") as system,
    ):
        (system.root / "etc/printkiosk").mkdir(exist_ok=True)
        (system.root / "etc/printkiosk/root.json").write_bytes(museum.root)
        drop_in = system.root / "etc/systemd/system/printkiosk-usb@.service.d"
        drop_in.mkdir(parents=True)
        (drop_in / "ext4.conf").write_text(as_ext4())
        pairs = ((ours, OURS), (theirs, THEIRS), (broken, BROKEN))
        with boot(system, *(f"--bind={device}:/dev/{name}" for device, name in pairs)) as booted:
            booted.wait_for(
                lambda: booted.is_active("printkiosk.service"),
                limit_s=150,
                expected="the kiosk is ready",
            )
            yield Scene(booted=booted, museum=museum)


def as_ext4() -> str:
    """Return a drop-in with the unit's own mount command, changed for ext4."""
    text = (REPOSITORY / "systemd/printkiosk-usb@.service").read_text("utf-8")
    (line,) = re.findall(r"(?ms)^ExecStartPre=.*?[^\\\\]$", text)
    line = line.replace("vfat,exfat", "ext4")
    return f"[Service]\nExecStartPre=\n{re.sub(r',(uid|gid|umask)=[^,]*', '', line)}\n"


def plug_in(booted: Booted, name: str) -> dict[str, object]:
    """Start the unit as udev does for a partition; return its progress file."""
    unit = UNIT.format(name)
    booted.run("sh", "-c", f"systemctl start {unit} || true", timeout_s=300)
    print(booted.journal(unit))
    return dict(json.loads(booted.run("cat", f"{STORE}/bulletin-stick.json")))


def message(booted: Booted) -> str:
    """Return the stand's message about the stick."""
    script = (
        "import urllib.request as u; print(u.urlopen(u.Request("
        "'http://127.0.0.1:8080/stand/stick', headers={'Sec-Fetch-Site': 'same-origin'}), timeout=10).read().decode())"
    )
    return booted.run("/opt/printkiosk/venv/bin/python", "-c", script)


def is_unmounted(booted: Booted) -> bool:
    """Return whether no stick is mounted in any namespace."""
    return "printkiosk-stick" not in booted.run("sh", "-c", "cat /proc/[0-9]*/mounts; ls /run")


def test_another_museums_stick_is_refused_with_a_message(scene: Scene) -> None:
    progress = plug_in(scene.booted, THEIRS)

    assert (progress["step"], progress["number"]) == ("failed", 3)
    assert "E3" in message(scene.booted)
    assert is_unmounted(scene.booted)


def test_a_stick_that_cannot_be_mounted_is_reported(scene: Scene) -> None:
    progress = plug_in(scene.booted, BROKEN)

    assert (progress["step"], progress["number"]) == ("failed", 2)
    assert is_unmounted(scene.booted)


def test_the_museums_stick_is_installed_and_unmounted(scene: Scene) -> None:
    progress = plug_in(scene.booted, OURS)

    assert (progress["step"], progress["version"]) == ("installed", 1), progress
    assert "Update 1 is installed" in message(scene.booted)
    assert scene.booted.run("readlink", f"{STORE}/current").strip() == "releases/1"
    assert is_unmounted(scene.booted)
    assert scene.booted.run("stat", "-c", "%U", f"{STORE}/releases/1").strip() == "printkiosk"
    scene.booted.wait_for(
        lambda: "Twelve prints" in start_page(scene.booted),
        limit_s=60,
        expected="the kiosk switches to the new bundle",
    )


def start_page(booted: Booted) -> str:
    """Return the kiosk's start page."""
    script = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080/', timeout=10).read().decode())"
    return booted.run("/opt/printkiosk/venv/bin/python", "-c", script)


def test_the_running_units_exposure_is_at_most_what_is_promised(scene: Scene) -> None:
    for unit, most in ((UNIT.format(OURS), 6), ("printkiosk-sync.service", 13)):
        output = scene.booted.run(
            "systemd-analyze", "security", "--no-pager", f"--threshold={most}", unit
        )
        print("APPLIANCE", output.strip().splitlines()[-1].strip("→ "))
