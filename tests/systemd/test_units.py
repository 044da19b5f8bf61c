"""The units, checked with systemd's own tools.

A temporary root holds them next to the machine's own units, as on a kiosk. So the tests needn't change the units.
"""

import configparser
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk_ui.heartbeat import SILENT_FILE

REPOSITORY = Path(__file__).parents[2]
UNITS = sorted((REPOSITORY / "systemd").glob("*.service"))
TIMERS = sorted((REPOSITORY / "systemd").glob("*.timer"))
RULES = REPOSITORY / "systemd/udev/80-printkiosk.rules"
SYSUSERS = REPOSITORY / "systemd/sysusers.d/printkiosk.conf"
TMPFILES = REPOSITORY / "systemd/tmpfiles.d/printkiosk.conf"
STANDARD_UNITS = Path("/usr/lib/systemd/system")
SCRIPTS = "/opt/printkiosk/venv/bin/"
# Programs from Debian; all others that a unit starts belong to the kiosk.
FROM_DEBIAN = {
    f"/usr/bin/{name}" for name in ("cage", "nsenter", "rm", "rmdir", "systemctl", "touch")
}
OUR_SCRIPTS = {
    f"/usr/local/lib/printkiosk/{path.name}" for path in (REPOSITORY / "systemd/scripts").iterdir()
}


def tool(name: str) -> str:
    """Return the path of one of systemd's programs; skip the test without it."""
    path = shutil.which(name)
    if path is None or not STANDARD_UNITS.is_dir():
        pytest.skip(f"no {name}: systemd isn't installed here")
    return path


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program; its failure is for the test to judge."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def read_unit(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return a unit's sections, each a list of (key, value), as keys may repeat."""
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
    """Return the commands that a unit runs, without prefixes such as "-" and "+"."""
    found = [v.lstrip("-+!@:") for k, v in read_unit(path)["Service"] if k.startswith("Exec")]
    return [shlex.split(command) for command in found]


def instance(path: Path) -> str:
    """Return a unit's name; a template gets the partition of a stick as its instance."""
    return path.name.replace("@.", "@sda1.")


def setting(path: Path, key: str, section: str = "Service") -> list[str]:
    """Return the values of a key in a unit's section."""
    return [value for k, value in read_unit(path)[section] if k == key]


@pytest.fixture
def root(tmp_path):
    """A root with the kiosk's units, and a file for each program that they start."""
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
    """Return systemd's complaints about the units; for an unknown key it only warns."""
    names = [instance(unit) for unit in (*UNITS, *TIMERS)]
    result = run(tool("systemd-analyze"), "verify", "--man=no", f"--root={root}", *names)
    return result.stderr if result.returncode == 0 else result.stderr or "failed without a message"


def test_the_units_are_found():
    assert {u.name for u in UNITS} >= {"printkiosk.service", "printkiosk-browser.service"}


def test_systemd_accepts_the_units_without_a_warning(root):
    assert verify(root) == ""


@pytest.mark.parametrize(
    ("line", "instead"),
    [("WatchdogSec=10", "WatchdogSecs=10"), (SCRIPTS, "/opt/printkiosk/elsewhere/")],
    ids=["misspelt key", "missing program"],
)
def test_systemds_check_detects_a_broken_unit(root, line, instead):
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
    """In tenths, as `--threshold` takes them: 15 is a rating of 1.5."""
    analyze = tool("systemd-analyze")
    if "--offline" not in run(analyze, "--help").stdout:
        pytest.skip("this systemd-analyze can't rate a unit's exposure offline")
    path = REPOSITORY / "systemd" / unit
    placed = shutil.copy(path, tmp_path / instance(path))

    result = run(
        analyze, "security", "--offline=yes", "--no-pager", f"--threshold={most}", str(placed)
    )

    assert result.returncode == 0, result.stdout[-200:] + result.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.name)
def test_each_started_program_is_installed_by_the_kiosk_or_by_debian(unit):
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    scripts = setup["options.entry_points"]["console_scripts"].strip().splitlines()
    ours = {SCRIPTS + line.split("=")[0].strip() for line in scripts}

    started = {command[0] for command in commands(unit)}

    assert started
    assert started <= ours | FROM_DEBIAN | OUR_SCRIPTS


def test_the_service_is_restarted_when_it_ends_or_hangs():
    unit = REPOSITORY / "systemd/printkiosk.service"

    assert setting(unit, "Type") == ["notify"]
    assert setting(unit, "NotifyAccess") == ["main"]
    assert setting(unit, "WatchdogSec") == ["10"]
    assert setting(unit, "Restart") == ["always"]


def test_a_killed_decoder_leaves_the_service_running_and_no_core():
    unit = REPOSITORY / "systemd/printkiosk.service"

    assert setting(unit, "OOMPolicy") == ["continue"]
    assert setting(unit, "LimitCORE") == ["0"]


def test_decoders_may_give_up_the_file_system_and_their_priority():
    # Later lines add to what earlier ones allow and forbid.
    *_, last = setting(REPOSITORY / "systemd/printkiosk.service", "SystemCallFilter")

    assert set(last.split()) == {
        "landlock_create_ruleset", "landlock_restrict_self", "setpriority",
    }  # fmt: skip


def test_the_service_has_access_to_cameras_and_no_other_device():
    unit = REPOSITORY / "systemd/printkiosk.service"

    assert setting(unit, "DevicePolicy") == ["closed"]
    assert sorted(setting(unit, "DeviceAllow")) == [
        "char-dma_heap rw",
        "char-media rw",
        "char-video4linux rw",
    ]
    assert setting(unit, "SupplementaryGroups") == ["video"]


def test_the_browser_starts_with_a_new_profile_that_systemd_deletes():
    unit = REPOSITORY / "systemd/printkiosk-browser.service"
    (command,) = commands(unit)
    (directory,) = setting(unit, "RuntimeDirectory")

    assert f"--user-data-dir=%t/{directory}/profile" in command
    assert setting(unit, "RuntimeDirectoryPreserve") in ([], ["no"])


def test_the_browser_starts_after_the_service_but_does_not_stop_with_it():
    unit = REPOSITORY / "systemd/printkiosk-browser.service"

    assert "printkiosk.service" in " ".join(setting(unit, "After", "Unit")).split()
    assert "printkiosk.service" in " ".join(setting(unit, "Wants", "Unit")).split()
    for bond in ("Requires", "BindsTo", "PartOf"):
        assert setting(unit, bond, "Unit") == []


def test_a_silent_page_restarts_the_browser():
    watch = REPOSITORY / "systemd/printkiosk-silent.path"
    restart = REPOSITORY / "systemd/printkiosk-silent.service"
    (folder,) = setting(REPOSITORY / "systemd/printkiosk.service", "RuntimeDirectory")

    assert setting(watch, "PathExists", "Path") == [f"/run/{folder}/{SILENT_FILE}"]
    assert commands(restart)[0] == ["/usr/bin/rm", "--force", f"/run/{folder}/{SILENT_FILE}"]
    assert commands(restart)[1][1:] == ["try-restart", "printkiosk-browser.service"]


@pytest.mark.parametrize("name", ["opening", "closing"])
def test_opening_hours_are_disabled_until_staff_set_them(name):
    timer = REPOSITORY / f"systemd/printkiosk-{name}.timer"

    assert "Install" not in read_unit(timer)
    assert timer.with_suffix(".service").is_file()


@pytest.mark.parametrize("script", sorted(OUR_SCRIPTS))
def test_a_script_with_wrong_arguments_prints_its_usage_and_fails(script):
    result = run(str(REPOSITORY / "systemd/scripts" / Path(script).name), "nonsense")

    assert result.returncode == 2
    assert "expected" in result.stderr


def test_each_user_of_a_unit_is_created():
    result = run(tool("systemd-sysusers"), "--dry-run", str(SYSUSERS))

    assert result.returncode == 0, result.stderr
    names = [line.split()[1] for line in SYSUSERS.read_text().splitlines() if line.startswith("u ")]
    assert {user for unit in UNITS for user in setting(unit, "User")} == set(names)


def test_users_and_folders_are_created_on_a_new_system(tmp_path):
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


def test_updates_run_as_the_user_who_owns_the_store():
    for name in ("printkiosk-sync.service", "printkiosk-usb@.service"):
        unit = REPOSITORY / "systemd" / name
        assert setting(unit, "User") == ["printkiosk"]
        assert setting(unit, "StateDirectory") == ["printkiosk"]
        assert setting(unit, "Type") == ["oneshot"]


def test_a_stick_is_read_only_and_has_no_network():
    unit = REPOSITORY / "systemd/printkiosk-usb@.service"
    mount, update, unmount, remove = commands(unit)
    options = set(mount[mount.index("--options") + 1].split(","))

    # In the machine's own mount namespace: a mount in the unit's would be gone before the update starts.
    assert mount[:4] == ["/usr/bin/nsenter", "--target=1", "--mount", "/usr/bin/mount"]
    assert "--read-only" in mount
    assert options >= {"nosuid", "nodev", "noexec", "nosymfollow", "uid=printkiosk", "umask=0277"}
    assert mount[mount.index("--types") + 1] == "vfat,exfat"
    assert update[-1] == mount[-1] == unmount[-1] == remove[-1] == "%t/printkiosk-stick-%i"
    assert unmount[:4] == ["/usr/bin/nsenter", "--target=1", "--mount", "/usr/bin/umount"]
    assert setting(unit, "PrivateNetwork") == ["yes"]
    assert setting(unit, "RestrictAddressFamilies") == ["none"]


def test_the_update_check_runs_nightly_at_a_time_that_differs_between_kiosks():
    timer = REPOSITORY / "systemd/printkiosk-sync.timer"

    assert setting(timer, "RandomizedDelaySec", "Timer") == ["2h"]
    assert setting(timer, "Persistent", "Timer") == ["yes"]
    (calendar,) = setting(timer, "OnCalendar", "Timer")
    assert run(tool("systemd-analyze"), "calendar", calendar).returncode == 0
    assert (timer.with_suffix(".service")).is_file()


def started_units(**device: str) -> list[str]:
    """Return the units that the rules start for a device, by matches and jumps alone."""
    lines = [line for line in RULES.read_text("utf-8").splitlines() if line and line[0] != "#"]
    wanted, skipping = [], False
    for line in lines:
        parts = re.findall(r'([A-Z]+(?:{\w+})?)(==|!=|\+=|=)"([^"]*)"', line)
        assert ", ".join(f'{key}{sign}"{value}"' for key, sign, value in parts) == line
        if ("LABEL", "=", "printkiosk_end") in parts:
            skipping = False
        if skipping or not all(matches(device, *part) for part in parts):
            continue
        skipping = any(key == "GOTO" for key, _, _ in parts)
        wanted += [value for key, _, value in parts if key == "ENV{SYSTEMD_WANTS}"]
    return wanted


def matches(device: dict[str, str], key: str, sign: str, value: str) -> bool:
    """Return whether a part of a rule matches a device; an assignment always does."""
    found = device.get(re.sub(r"ENV{(\w+)}", r"\1", key), "") in value.split("|")
    return found if sign == "==" else not found if sign == "!=" else True


STICK = {"ACTION": "add", "SUBSYSTEM": "block", "ID_BUS": "usb", "ID_FS_TYPE": "vfat"}


def test_a_plugged_in_stick_starts_an_update():
    assert started_units(**STICK) == ["printkiosk-usb@%k.service"]
    assert started_units(**STICK | {"ID_FS_TYPE": "exfat"}) == ["printkiosk-usb@%k.service"]


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
    assert started_units(**STICK | other) == []


def test_udev_accepts_the_rules_without_a_warning():
    udevadm = tool("udevadm")
    if "verify" not in run(udevadm, "--help").stdout:
        pytest.skip("this udevadm can't verify rules")

    result = run(udevadm, "verify", str(RULES))

    assert result.returncode == 0, result.stdout + result.stderr
