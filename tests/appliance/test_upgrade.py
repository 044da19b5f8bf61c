"""An upgrade from a stick: new software is tested first, a failure restores the old."""

import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nspawn import REPOSITORY, Booted, System, boot, layer

sys.path.insert(0, str(REPOSITORY / "systemd"))

from installer import wheels

SERVICE = "printkiosk.service"
NEW = "/opt/new"


@pytest.fixture(scope="module")
def with_wheelhouse(trixie: System, layers: Path) -> Iterator[System]:
    """The installed kiosk, and a wheelhouse of this software without Debian packages."""
    with layer(trixie, layers / "stick") as system:
        installer = ("python3", "/src/systemd/install.py", "wheelhouse", "--without-packages")
        system.run(*installer, "--out", NEW)
        yield system


def alter(stick: Path, name: str, old: str, new: str) -> None:
    """Change one file of the software on a stick, to simulate another version."""
    (wheel,) = (stick / "wheels").glob("printkiosk-*.whl")
    temporary = wheel.with_suffix(".new")
    with zipfile.ZipFile(wheel) as before, zipfile.ZipFile(temporary, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename == name:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            after.writestr(entry, data)
    temporary.replace(wheel)
    wheels.write_sums(stick / "wheels")


@pytest.fixture
def kiosk(with_wheelhouse: System, scratch: Path) -> Iterator[tuple[Booted, Path]]:
    """A running kiosk, and the folder of its stick."""
    with layer(with_wheelhouse, scratch) as system:
        stick = system.root / NEW.lstrip("/")
        with boot(system) as booted:
            booted.wait_for(
                lambda: booted.is_active(SERVICE), limit_s=150, expected="the kiosk is ready"
            )
            yield booted, stick


def slot(booted: Booted) -> str:
    """Return the active slot."""
    return booted.run("readlink", "/opt/printkiosk/venv").strip()


def upgrade(booted: Booted) -> str:
    """Upgrade from the stick and return the output, of a failure, too."""
    command = f"python3 {NEW}/install.py upgrade 2>&1 || true"
    return booted.run("sh", "-c", command, timeout_s=600)


def test_new_software_becomes_active_and_can_be_rolled_back(
    kiosk: tuple[Booted, Path],
) -> None:
    booted, stick = kiosk
    before = slot(booted)
    alter(stick, "device/__init__.py", '__version__ = "', '__version__ = "9.')

    output = upgrade(booted)
    version = booted.run("printkiosk-device", "--version")

    assert "the kiosk is running" in output and "FAIL" not in output
    assert version.split()[-1].startswith("9.")
    assert slot(booted) != before
    assert booted.is_active(SERVICE)

    booted.run("python3", "/opt/printkiosk/venv/systemd/install.py", "rollback", timeout_s=300)
    assert slot(booted) == before
    assert booted.is_active(SERVICE)


def test_settings_are_renamed_by_an_upgrade_and_restored_by_a_rollback(
    kiosk: tuple[Booted, Path],
) -> None:
    booted, stick = kiosk
    settings = booted.system.root / "etc/printkiosk/kiosk.toml"
    settings.write_text("# ours\n[camera]\ngain = 2.0\n")
    alter(stick, "device/config.py", "    gain: float | None", "    amplification: float | None")
    alter(stick, "device/config.py", "camera.gain,", "camera.amplification,")
    renamed = 'RENAMED = {"camera.gain": "camera.amplification"}'
    alter(stick, "device/config_migration.py", "RENAMED: Mapping[str, str] = {}", renamed)

    output = upgrade(booted)

    assert "camera.gain is now called camera.amplification" in output
    assert settings.read_text() == "# ours\n[camera]\namplification = 2.0\n"
    assert booted.is_active(SERVICE)

    booted.run("python3", "/opt/printkiosk/venv/systemd/install.py", "rollback", timeout_s=300)
    assert settings.read_text() == "# ours\n[camera]\ngain = 2.0\n"
    assert booted.is_active(SERVICE)


def test_software_that_fails_its_self_test_never_becomes_active(kiosk: tuple[Booted, Path]) -> None:
    booted, stick = kiosk
    before, main = slot(booted), booted.show(SERVICE, "MainPID")
    alter(stick, "device/recognition/self_test.py", "def failed_probes", "def found_probes")

    output = upgrade(booted)

    assert "exit code" in output
    assert (slot(booted), booted.show(SERVICE, "MainPID")) == (before, main)


def test_software_that_does_not_start_is_replaced_by_the_previous(
    kiosk: tuple[Booted, Path],
) -> None:
    booted, stick = kiosk
    before = slot(booted)
    alter(stick, "kiosk_ui/__main__.py", "def _serve(", "raise SystemExit(3)\n\n\ndef _serve(")

    output = upgrade(booted)

    assert "the previous software is active again" in output
    assert slot(booted) == before
    assert booted.is_active(SERVICE)


def test_a_stick_with_a_damaged_wheel_is_refused_by_name(kiosk: tuple[Booted, Path]) -> None:
    booted, stick = kiosk
    before = slot(booted)
    damaged = next((stick / "wheels").glob("flask-*.whl"))
    shutil.copy(damaged, damaged.with_suffix(".tmp"))
    with damaged.with_suffix(".tmp").open("r+b") as file:
        file.seek(1000)
        file.write(b"?")
    damaged.with_suffix(".tmp").replace(damaged)

    output = upgrade(booted)

    assert damaged.name in output and "copy the folder again" in output
    assert slot(booted) == before
