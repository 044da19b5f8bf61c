"""New software on a running kiosk, from a stick and without a network: proven first, and back by itself where it fails."""

import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from root_file_system import REPOSITORY, Booted, System, boot, layer

sys.path.insert(0, str(REPOSITORY / "systemd"))

from installer import wheels

SERVICE = "printkiosk.service"
NEW = "/opt/new"


@pytest.fixture(scope="module")
def filled(trixie: System, layers: Path) -> Iterator[System]:
    """The installed kiosk, and a stick's folder with this software, the system's packages left out."""
    with layer(trixie, layers / "stick") as system:
        installer = ("python3", "/src/systemd/install.py", "wheelhouse", "--without-packages")
        system.run(*installer, "--out", NEW)
        yield system


def altered(stick: Path, name: str, old: str, new: str) -> None:
    """Change one file of our software on a stick, as another version of it would."""
    (wheel,) = (stick / "wheels").glob("printkiosk-*.whl")
    beside = wheel.with_suffix(".new")
    with zipfile.ZipFile(wheel) as before, zipfile.ZipFile(beside, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename == name:
                assert old.encode() in data
                data = data.replace(old.encode(), new.encode())
            after.writestr(entry, data)
    beside.replace(wheel)
    wheels.write_sums(stick / "wheels")


@pytest.fixture
def kiosk(filled: System, scratch: Path) -> Iterator[tuple[Booted, Path]]:
    """The kiosk, running, and the folder of a stick put into it."""
    with layer(filled, scratch) as system:
        stick = system.root / NEW.lstrip("/")
        with boot(system) as booted:
            booted.wait_for(
                lambda: booted.is_active(SERVICE), limit_s=150, told="the kiosk is ready"
            )
            yield booted, stick


def slot(booted: Booted) -> str:
    return booted.run("readlink", "/opt/printkiosk/venv").strip()


def upgrade(booted: Booted) -> str:
    """Upgrade from the stick; give what it said, whether or not it went well."""
    command = f"python3 {NEW}/install.py upgrade 2>&1 || true"
    return booted.run("sh", "-c", command, timeout_s=600)


def test_new_software_is_proven_then_answers_and_can_be_gone_back_from(
    kiosk: tuple[Booted, Path],
) -> None:
    booted, stick = kiosk
    before = slot(booted)
    altered(stick, "device/__init__.py", '__version__ = "', '__version__ = "9.')

    said = upgrade(booted)
    version = booted.run("printkiosk-device", "--version")

    assert "the kiosk is running" in said and "FAIL" not in said
    assert version.split()[-1].startswith("9.")
    assert slot(booted) != before
    assert booted.is_active(SERVICE)

    booted.run("python3", "/opt/printkiosk/venv/systemd/install.py", "rollback", timeout_s=300)
    assert slot(booted) == before
    assert booted.is_active(SERVICE)


def test_settings_are_renamed_with_the_software_and_back_with_it(
    kiosk: tuple[Booted, Path],
) -> None:
    booted, stick = kiosk
    settings = booted.system.root / "etc/printkiosk/kiosk.toml"
    settings.write_text("# ours\n[camera]\ngain = 2.0\n")
    altered(stick, "device/config.py", "    gain: float | None", "    amplified: float | None")
    altered(stick, "device/config.py", "camera.gain,", "camera.amplified,")
    renamed = 'RENAMED = {"camera.gain": "camera.amplified"}'
    altered(stick, "device/config_migration.py", "RENAMED: Mapping[str, str] = {}", renamed)

    said = upgrade(booted)

    assert "camera.gain is called camera.amplified now" in said
    assert settings.read_text() == "# ours\n[camera]\namplified = 2.0\n"
    assert booted.is_active(SERVICE)

    booted.run("python3", "/opt/printkiosk/venv/systemd/install.py", "rollback", timeout_s=300)
    assert settings.read_text() == "# ours\n[camera]\ngain = 2.0\n"
    assert booted.is_active(SERVICE)


def test_software_that_does_not_know_the_prints_never_answers(kiosk: tuple[Booted, Path]) -> None:
    booted, stick = kiosk
    before, main = slot(booted), booted.show(SERVICE, "MainPID")
    altered(stick, "device/recognition/self_test.py", "def lost_probes", "def found_probes")

    said = upgrade(booted)

    assert "exit code" in said
    assert (slot(booted), booted.show(SERVICE, "MainPID")) == (before, main)


def test_software_that_does_not_start_gives_way_to_the_one_before(
    kiosk: tuple[Booted, Path],
) -> None:
    booted, stick = kiosk
    before = slot(booted)
    altered(stick, "kiosk_ui/__main__.py", "def _serve(", "raise SystemExit(3)\n\n\ndef _serve(")

    said = upgrade(booted)

    assert "the previous software is active again" in said
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

    said = upgrade(booted)

    assert damaged.name in said and "copy the folder again" in said
    assert slot(booted) == before
