"""The units, held against systemd's own tools.

A temporary root holds them as the installer would place them, beside the machine's own units, so that not one byte of
them is changed for the test.
"""

import configparser
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk_ui.heartbeat import SIGN

REPOSITORY = Path(__file__).parents[2]
UNITS = sorted((REPOSITORY / "systemd").glob("*.service"))
TIMERS = sorted((REPOSITORY / "systemd").glob("*.timer"))
RULES = REPOSITORY / "systemd/udev/80-printkiosk.rules"
SYSUSERS = REPOSITORY / "systemd/sysusers.d/printkiosk.conf"
TMPFILES = REPOSITORY / "systemd/tmpfiles.d/printkiosk.conf"
STANDARD_UNITS = Path("/usr/lib/systemd/system")
SCRIPTS = "/opt/printkiosk/venv/bin/"
# What the README tells to install from Debian; everything else that a unit starts is ours.
FROM_DEBIAN = {
    f"/usr/bin/{name}" for name in ("cage", "nsenter", "rm", "rmdir", "systemctl", "touch")
}
OUR_SCRIPTS = {
    f"/usr/local/lib/printkiosk/{path.name}" for path in (REPOSITORY / "systemd/scripts").iterdir()
}


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
    """Give what a unit runs, without the signs that say how."""
    found = [v.lstrip("-+!@:") for k, v in read_unit(path)["Service"] if k.startswith("Exec")]
    return [shlex.split(command) for command in found]


def instance(path: Path) -> str:
    """Give a unit's name as systemd runs it: a template is named with the partition of a stick."""
    return path.name.replace("@.", "@sda1.")


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
    for unit in (*UNITS, *TIMERS):
        shutil.copy(unit, ours)
    for unit in UNITS:
        for command in commands(unit):
            program = tmp_path / command[0].lstrip("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)
    return tmp_path


def verify(root: Path) -> str:
    """Give what systemd has to say against the units; it only warns of keys it doesn't know."""
    names = [instance(unit) for unit in (*UNITS, *TIMERS)]
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


@pytest.mark.parametrize(
    ("unit", "most"),
    [
        ("printkiosk.service", 15),
        ("printkiosk-sync.service", 13),
        ("printkiosk-health.service", 13),
        ("printkiosk-usb@.service", 6),
    ],
)
def test_a_units_exposure_is_at_most_what_is_promised(unit, most, tmp_path):
    """In tenths: 1.5 with cameras and the page, 1.3 with a network, 0.6 with neither."""
    analyze = tool("systemd-analyze")
    if "--offline" not in run(analyze, "--help").stdout:
        pytest.skip("this systemd-analyze can't judge a unit's exposure without running it")
    path = REPOSITORY / "systemd" / unit
    placed = shutil.copy(path, tmp_path / instance(path))

    result = run(
        analyze, "security", "--offline=yes", "--no-pager", f"--threshold={most}", str(placed)
    )

    assert result.returncode == 0, result.stdout[-200:] + result.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.name)
def test_every_program_started_is_a_console_script_of_ours_or_debians(unit):
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    scripts = setup["options.entry_points"]["console_scripts"].strip().splitlines()
    ours = {SCRIPTS + line.split("=")[0].strip() for line in scripts}

    started = {command[0] for command in commands(unit)}

    assert started
    assert started <= ours | FROM_DEBIAN | OUR_SCRIPTS


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


def test_a_page_that_falls_silent_has_the_browser_started_anew():
    sign = REPOSITORY / "systemd/printkiosk-silent.path"
    answer = REPOSITORY / "systemd/printkiosk-silent.service"
    (folder,) = setting(REPOSITORY / "systemd/printkiosk.service", "RuntimeDirectory")

    assert setting(sign, "PathExists", "Path") == [f"/run/{folder}/{SIGN}"]
    assert commands(answer)[0] == ["/usr/bin/rm", "--force", f"/run/{folder}/{SIGN}"]
    assert commands(answer)[1][1:] == ["try-restart", "printkiosk-browser.service"]


@pytest.mark.parametrize("name", ["opening", "closing"])
def test_opening_hours_are_kept_only_where_staff_set_them(name):
    timer = REPOSITORY / f"systemd/printkiosk-{name}.timer"

    assert "Install" not in read_unit(timer)
    assert timer.with_suffix(".service").is_file()


@pytest.mark.parametrize("script", sorted(OUR_SCRIPTS))
def test_a_script_called_in_a_wrong_way_says_how_and_changes_nothing(script):
    result = run(str(REPOSITORY / "systemd/scripts" / Path(script).name), "nonsense")

    assert result.returncode == 2
    assert "expected" in result.stderr


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


def test_updates_run_as_the_kiosks_own_user_who_owns_the_store():
    for name in ("printkiosk-sync.service", "printkiosk-usb@.service"):
        unit = REPOSITORY / "systemd" / name
        assert setting(unit, "User") == ["printkiosk"]
        assert setting(unit, "StateDirectory") == ["printkiosk"]
        assert setting(unit, "Type") == ["oneshot"]


def test_a_stick_is_read_only_and_has_no_network():
    unit = REPOSITORY / "systemd/printkiosk-usb@.service"
    before, start, after, cleared = commands(unit)
    options = set(before[before.index("--options") + 1].split(","))

    # In the machine's own mounts: one made in the unit's would be gone before the sync begins.
    assert before[:4] == ["/usr/bin/nsenter", "--target=1", "--mount", "/usr/bin/mount"]
    assert "--read-only" in before
    assert options >= {"nosuid", "nodev", "noexec", "nosymfollow", "uid=printkiosk", "umask=0277"}
    assert before[before.index("--types") + 1] == "vfat,exfat"
    assert start[-1] == before[-1] == after[-1] == cleared[-1] == "%t/printkiosk-stick-%i"
    assert after[:4] == ["/usr/bin/nsenter", "--target=1", "--mount", "/usr/bin/umount"]
    assert setting(unit, "PrivateNetwork") == ["yes"]
    assert setting(unit, "RestrictAddressFamilies") == ["none"]


def test_the_timer_asks_once_a_night_and_no_two_kiosks_at_once():
    timer = REPOSITORY / "systemd/printkiosk-sync.timer"

    assert setting(timer, "RandomizedDelaySec", "Timer") == ["2h"]
    assert setting(timer, "Persistent", "Timer") == ["yes"]
    (calendar,) = setting(timer, "OnCalendar", "Timer")
    assert run(tool("systemd-analyze"), "calendar", calendar).returncode == 0
    assert (timer.with_suffix(".service")).is_file()


def decided(**device: str) -> list[str]:
    """Give what our rules say to start for a device, as udev would read them: matches and jumps alone."""
    lines = [line for line in RULES.read_text("utf-8").splitlines() if line and line[0] != "#"]
    wanted, skipping = [], False
    for line in lines:
        parts = re.findall(r'([A-Z]+(?:{\w+})?)(==|!=|\+=|=)"([^"]*)"', line)
        assert ", ".join(f'{key}{sign}"{value}"' for key, sign, value in parts) == line
        if ("LABEL", "=", "printkiosk_end") in parts:
            skipping = False
        if skipping or not all(is_met(device, *part) for part in parts):
            continue
        skipping = any(key == "GOTO" for key, _, _ in parts)
        wanted += [value for key, _, value in parts if key == "ENV{SYSTEMD_WANTS}"]
    return wanted


def is_met(device: dict[str, str], key: str, sign: str, value: str) -> bool:
    """Whether a rule's condition holds; what it sets always does."""
    found = device.get(re.sub(r"ENV{(\w+)}", r"\1", key), "") in value.split("|")
    return found if sign == "==" else not found if sign == "!=" else True


STICK = {"ACTION": "add", "SUBSYSTEM": "block", "ID_BUS": "usb", "ID_FS_TYPE": "vfat"}


def test_a_stick_that_is_put_in_is_looked_at():
    assert decided(**STICK) == ["printkiosk-usb@%k.service"]
    assert decided(**STICK | {"ID_FS_TYPE": "exfat"}) == ["printkiosk-usb@%k.service"]


@pytest.mark.parametrize(
    "other",
    [
        {"ACTION": "remove"},
        {"ID_BUS": "ata"},
        {"ID_FS_TYPE": "ext4"},
        {"ID_FS_TYPE": ""},
        {"ID_FS_LABEL": "bootfs"},
        {"ID_PART_ENTRY_TYPE": "c12a7328-f81f-11d2-ba4b-00c93ec93b1b"},
        {"SUBSYSTEM": "net"},
    ],
    ids=str,
)
def test_what_is_no_stick_or_what_the_machine_starts_from_is_left_alone(other):
    assert decided(**STICK | other) == []


def test_udev_has_nothing_to_say_against_the_rules():
    udevadm = tool("udevadm")
    if "verify" not in run(udevadm, "--help").stdout:
        pytest.skip("this udevadm can't verify rules")

    result = run(udevadm, "verify", str(RULES))

    assert result.returncode == 0, result.stdout + result.stderr
