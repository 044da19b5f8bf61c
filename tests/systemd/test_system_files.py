"""Which system files the installer writes, when, and what it removes.

Whole installations are tested in `tests/appliance/`.
"""

import configparser
import stat
from pathlib import Path

from installer import system_files
from installer.paths import Paths

REPOSITORY = Path(__file__).parents[2]
UNITS = REPOSITORY / "systemd"


def test_each_file_is_installed_once_and_then_left_alone(tmp_path: Path) -> None:
    planned = system_files.plan(UNITS, Paths(root=tmp_path))

    assert system_files.install(planned) == len(planned) > 5
    assert system_files.install(planned) == 0
    assert (tmp_path / "usr/local/lib/systemd/system/printkiosk.service").is_file()
    assert (tmp_path / "etc/chromium/policies/managed/printkiosk.json").is_file()


def test_altered_content_and_permissions_are_restored(tmp_path: Path) -> None:
    planned = system_files.plan(UNITS, Paths(root=tmp_path))
    system_files.install(planned)
    planned[0].path.write_text("something else")
    planned[1].path.chmod(0o666)

    assert system_files.install(planned) == 2
    assert stat.S_IMODE(planned[1].path.stat().st_mode) == 0o644


def test_removal_deletes_the_kiosks_empty_folders_and_keeps_all_others(tmp_path: Path) -> None:
    planned = system_files.plan(UNITS, Paths(root=tmp_path))
    system_files.install(planned)
    staff_policy = tmp_path / "etc/chromium/policies/managed/museum.json"
    staff_policy.write_text("{}")

    system_files.remove(tuple(file.path for file in planned))

    assert staff_policy.is_file()
    assert (tmp_path / "usr/local/lib/systemd/system").is_dir()
    assert not list(tmp_path.rglob("*printkiosk*"))


def test_each_unit_and_device_rule_is_installed(tmp_path: Path) -> None:
    installed = {file.path.name for file in system_files.plan(UNITS, Paths(root=tmp_path))}

    kinds = ("service", "timer", "path", "rules")
    expected = [path.name for kind in kinds for path in UNITS.rglob(f"*.{kind}")]
    assert installed >= set(expected)


def test_each_linked_command_is_a_console_script_or_an_installed_script(tmp_path: Path) -> None:
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    lines = setup["options.entry_points"]["console_scripts"].strip().splitlines()
    console_scripts = {line.split("=")[0].strip() for line in lines}
    planned = system_files.plan(UNITS, Paths(root=tmp_path))
    installed = {f"/{file.path.relative_to(tmp_path)}" for file in planned}

    linked = {file.link for file in planned if file.link}

    assert linked <= installed | {f"/opt/printkiosk/venv/bin/{name}" for name in console_scripts}
    assert {Path(link).name for link in linked} >= {"printkiosk-device", "printkiosk-evaluate"}
