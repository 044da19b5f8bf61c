"""The units, held against systemd's own tools.

A temporary root holds them as the installer would place them, beside the machine's own units, so that not one byte of
them is changed for the test.
"""

import configparser
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
UNITS = sorted((REPOSITORY / "systemd").glob("*.service"))
SYSUSERS = REPOSITORY / "systemd/sysusers.d/printkiosk.conf"
TMPFILES = REPOSITORY / "systemd/tmpfiles.d/printkiosk.conf"
STANDARD_UNITS = Path("/usr/lib/systemd/system")
SCRIPTS = "/opt/printkiosk/venv/bin/"
# What the README tells to install from Debian; everything else that a unit starts is ours.
FROM_DEBIAN = {"/usr/bin/cage"}


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None or not STANDARD_UNITS.is_dir():
        pytest.skip(f"no {name}: systemd isn't installed here")
    return path


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def read_unit(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Give a unit's sections, each a list of (key, value): keys may repeat, lines may go on."""
    sections: dict[str, list[tuple[str, str]]] = {}
    lines = path.read_text("utf-8").replace("\\\n", " ").splitlines()
    for line in lines:
        if line.startswith("["):
            here = sections.setdefault(line.strip("[]"), [])
        elif line and line[0] not in "#;":
            key, _, value = line.partition("=")
            here.append((key.strip(), value.strip()))
    return sections


def commands(path: Path) -> list[list[str]]:
    return [shlex.split(v) for k, v in read_unit(path)["Service"] if k.startswith("Exec")]


def setting(path: Path, key: str, section: str = "Service") -> list[str]:
    return [value for k, value in read_unit(path)[section] if k == key]


@pytest.fixture
def root(tmp_path):
    """A root with our units in their place and something executable wherever they point."""
    shutil.copytree(
        STANDARD_UNITS, tmp_path / "usr/lib/systemd/system", symlinks=True, dirs_exist_ok=True
    )
    ours = tmp_path / "etc/systemd/system"
    ours.mkdir(parents=True)
    for unit in UNITS:
        shutil.copy(unit, ours)
        for command in commands(unit):
            program = tmp_path / command[0].lstrip("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
    return tmp_path


def verify(root: Path) -> str:
    """Give what systemd has to say against the units; it only warns of keys it doesn't know."""
    names = [unit.name for unit in UNITS]
    result = run(tool("systemd-analyze"), "verify", "--man=no", f"--root={root}", *names)
    return result.stderr if result.returncode == 0 else result.stderr or "failed in silence"


def test_there_are_units_to_test():
    assert {u.name for u in UNITS} >= {"printkiosk.service", "printkiosk-browser.service"}


def test_systemd_has_nothing_to_say_against_the_units(root):
    assert verify(root) == ""


@pytest.mark.parametrize(
    ("line", "instead"),
    [("WatchdogSec=10", "WatchdogSecs=10"), (SCRIPTS, "/opt/printkiosk/elsewhere/")],
    ids=["misspelt key", "missing program"],
)
def test_the_check_above_can_fail(root, line, instead):
    unit = root / "etc/systemd/system/printkiosk.service"
    assert line in unit.read_text("utf-8")

    unit.write_text(unit.read_text("utf-8").replace(line, instead), "utf-8")

    assert verify(root) != ""


def test_the_kiosks_exposure_is_at_most_one_and_a_half():
    analyze = tool("systemd-analyze")
    if "--offline" not in run(analyze, "--help").stdout:
        pytest.skip("this systemd-analyze can't judge a unit's exposure without running it")
    unit = str(REPOSITORY / "systemd/printkiosk.service")

    result = run(analyze, "security", "--offline=yes", "--no-pager", "--threshold=15", unit)

    assert result.returncode == 0, result.stdout[-200:] + result.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.name)
def test_every_program_started_is_a_console_script_of_ours_or_debians(unit):
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    scripts = setup["options.entry_points"]["console_scripts"].strip().splitlines()
    ours = {SCRIPTS + line.split("=")[0].strip() for line in scripts}

    started = {command[0] for command in commands(unit)}

    assert started
    assert started <= ours | FROM_DEBIAN


def test_the_service_is_restarted_whatever_ends_it_and_when_it_hangs():
    unit = REPOSITORY / "systemd/printkiosk.service"

    assert setting(unit, "Type") == ["notify"]
    assert setting(unit, "NotifyAccess") == ["main"]
    assert setting(unit, "WatchdogSec") == ["10"]
    assert setting(unit, "Restart") == ["always"]


def test_the_service_may_use_cameras_and_no_other_device():
    unit = REPOSITORY / "systemd/printkiosk.service"

    assert setting(unit, "DevicePolicy") == ["closed"]
    assert sorted(setting(unit, "DeviceAllow")) == [
        "char-dma_heap rw",
        "char-media rw",
        "char-video4linux rw",
    ]
    assert setting(unit, "SupplementaryGroups") == ["video"]


def test_the_browser_starts_with_a_fresh_profile_that_systemd_empties():
    unit = REPOSITORY / "systemd/printkiosk-browser.service"
    (command,) = commands(unit)
    (directory,) = setting(unit, "RuntimeDirectory")

    assert f"--user-data-dir=%t/{directory}/profile" in command
    assert setting(unit, "RuntimeDirectoryPreserve") in ([], ["no"])


def test_the_browser_waits_for_the_service_but_does_not_fall_with_it():
    unit = REPOSITORY / "systemd/printkiosk-browser.service"

    assert "printkiosk.service" in " ".join(setting(unit, "After", "Unit")).split()
    assert "printkiosk.service" in " ".join(setting(unit, "Wants", "Unit")).split()
    for bond in ("Requires", "BindsTo", "PartOf"):
        assert setting(unit, bond, "Unit") == []


def test_every_user_a_unit_runs_as_is_made():
    result = run(tool("systemd-sysusers"), "--dry-run", str(SYSUSERS))

    assert result.returncode == 0, result.stderr
    names = [line.split()[1] for line in SYSUSERS.read_text().splitlines() if line.startswith("u ")]
    assert {user for unit in UNITS for user in setting(unit, "User")} == set(names)


def test_users_and_folders_can_be_made_on_a_fresh_system(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("not root: folders can't be given to another user")

    (tmp_path / "etc").mkdir()

    users = run(tool("systemd-sysusers"), f"--root={tmp_path}", str(SYSUSERS))
    folders = run(tool("systemd-tmpfiles"), "--create", f"--root={tmp_path}", str(TMPFILES))

    assert users.returncode == 0 and folders.returncode == 0, users.stderr + folders.stderr
    assert folders.stderr == ""
    passwd = (tmp_path / "etc/passwd").read_text().splitlines()
    (user_id,) = [int(line.split(":")[2]) for line in passwd if line.startswith("printkiosk:")]
    assert (tmp_path / "var/lib/printkiosk").stat().st_uid == user_id
    assert (tmp_path / "etc/printkiosk").stat().st_uid == 0
