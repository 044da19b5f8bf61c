"""The installer's parts that need no system: what goes where, what is remembered, what is refused.

Whole installations are tried in `tests/appliance/`.
"""

import configparser
import re
import stat
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "systemd"))

from installer import files, record, slots, wheels  # noqa: E402
from installer.command import run  # noqa: E402
from installer.errors import InstallError  # noqa: E402
from installer.places import Places  # noqa: E402
from installer.settings import kept_with, renamed, take_settings  # noqa: E402

UNITS = REPOSITORY / "systemd"


def test_everything_is_placed_once_and_then_found_in_place(tmp_path: Path) -> None:
    planned = files.planned(UNITS, Places(root=tmp_path))

    assert files.place(planned) == len(planned) > 5
    assert files.place(planned) == 0
    assert (tmp_path / "usr/local/lib/systemd/system/printkiosk.service").is_file()
    assert (tmp_path / "etc/chromium/policies/managed/printkiosk.json").is_file()


def test_a_file_that_was_changed_or_can_be_written_by_others_is_put_right(tmp_path: Path) -> None:
    planned = files.planned(UNITS, Places(root=tmp_path))
    files.place(planned)
    planned[0].path.write_text("something else")
    planned[1].path.chmod(0o666)

    assert files.place(planned) == 2
    assert stat.S_IMODE(planned[1].path.stat().st_mode) == 0o644


def test_what_is_taken_away_leaves_no_folder_of_ours_and_every_other(tmp_path: Path) -> None:
    planned = files.planned(UNITS, Places(root=tmp_path))
    files.place(planned)
    staffs = tmp_path / "etc/chromium/policies/managed/museum.json"
    staffs.write_text("{}")

    files.remove(tuple(file.path for file in planned))

    assert staffs.is_file()
    assert (tmp_path / "usr/local/lib/systemd/system").is_dir()
    assert not list(tmp_path.rglob("*printkiosk*"))


def test_every_unit_of_ours_is_placed(tmp_path: Path) -> None:
    placed = {file.path.name for file in files.planned(UNITS, Places(root=tmp_path))}

    ours = [p.name for kind in ("service", "timer", "rules") for p in UNITS.rglob(f"*.{kind}")]
    assert placed >= set(ours)


def test_the_record_is_read_as_it_was_written_and_empty_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "opt/installed.json"
    done = record.Record(packages=("cage",), files=("/a",), disabled=("x",), default_target="y")

    assert record.read(path) == record.Record()
    record.write(path, done)
    assert record.read(path) == done


def test_a_record_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "installed.json"
    path.write_text("{")

    with pytest.raises(InstallError, match="remove it and install again"):
        record.read(path)


def test_a_slot_answers_by_a_link_and_the_other_is_filled_next(tmp_path: Path) -> None:
    places = Places(root=tmp_path)
    for name in ("a", "b"):
        (places.home / "slots" / name).mkdir(parents=True)
        (places.home / "slots" / name / "made-of").write_text(name)
    assert slots.current(places) is None

    slots.switch(places, places.home / "slots/a")
    assert (slots.current(places), slots.previous(places)) == (
        places.home / "slots/a",
        places.home / "slots/b",
    )
    slots.switch(places, places.home / "slots/b")
    assert slots.current(places) == places.home / "slots/b"


def test_a_slot_that_was_never_finished_is_nothing_to_go_back_to(tmp_path: Path) -> None:
    places = Places(root=tmp_path)
    for name in ("a", "b"):
        (places.home / "slots" / name).mkdir(parents=True)
    slots.switch(places, places.home / "slots/a")

    assert slots.previous(places) is None


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder of files that has travelled."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "printkiosk-1-py3-none-any.whl").write_bytes(b"wheel")
    (folder / "flask-3-py3-none-any.whl").write_bytes(b"another")
    wheels.write_sums(folder)
    return folder


def test_wheels_that_arrived_whole_are_taken(stick: Path) -> None:
    wheels.check_sums(stick)


def test_a_wheel_altered_missing_or_added_is_refused_by_name(stick: Path) -> None:
    (stick / "printkiosk-1-py3-none-any.whl").write_bytes(b"Wheel")
    (stick / "flask-3-py3-none-any.whl").unlink()
    (stick / "evil-1-py3-none-any.whl").write_bytes(b"")

    with pytest.raises(InstallError, match=r"evil-1.*flask-3.*printkiosk-1"):
        wheels.check_sums(stick)


def test_wheels_without_sums_are_refused(stick: Path) -> None:
    (stick / wheels.SUMS).unlink()

    with pytest.raises(InstallError, match="SHA256SUMS"):
        wheels.check_sums(stick)


def test_a_program_that_fails_is_told_of_with_its_last_words() -> None:
    with pytest.raises(InstallError, match=r"exit code 3\n    why"):
        run("sh", "-c", "echo why; exit 3")
    with pytest.raises(InstallError, match="can't be started"):
        run("/no/such/program")


def test_the_lock_names_each_thing_a_kiosk_needs_with_hashes_and_neither_numpy_nor_opencv() -> None:
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    extras = setup["options.extras_require"]
    wanted = {
        re.split(r"[<>=;\[ ]", line, maxsplit=1)[0]
        for extra in ("device", "ui")
        for line in extras[extra].strip().splitlines()
    }
    text = (UNITS / "requirements.lock").read_text("utf-8")
    locked = dict(re.findall(r"(?m)^([\w.-]+)==(.*(?:\n    .*)*)", text))

    assert wanted <= set(locked)
    assert all("--hash=sha256:" in rest for rest in locked.values())
    assert not {"numpy", "opencv-python-headless", "opencv-python"} & set(locked)
    assert "://" not in text


def a_kiosk(tmp_path: Path) -> Places:
    """Give two slots, of which `a` answers, and settings."""
    places = Places(root=tmp_path)
    for name in ("a", "b"):
        (places.home / "slots" / name).mkdir(parents=True)
    places.settings.mkdir(parents=True)
    (places.settings / "kiosk.toml").write_text("old = 1\n")
    slots.switch(places, places.home / "slots/a")
    return places


def test_settings_that_were_renamed_are_kept_with_the_software_that_had_them(
    tmp_path: Path,
) -> None:
    places = a_kiosk(tmp_path)
    one, other = places.home / "slots/a", places.home / "slots/b"
    (other / "kiosk.toml").write_text("new = 1\n")

    take_settings(other / "kiosk.toml", places)
    slots.switch(places, other)

    assert (places.settings / "kiosk.toml").read_text() == "new = 1\n"
    assert kept_with(one, places).read_text() == "old = 1\n"
    take_settings(kept_with(one, places), places)
    assert (places.settings / "kiosk.toml").read_text() == "old = 1\n"


@pytest.mark.parametrize(("said", "expected"), [("old = 1", "etc"), ("new = 1", "slots/b")])
def test_only_settings_that_are_renamed_are_written_beside_the_software(
    tmp_path: Path, said: str, expected: str
) -> None:
    places = a_kiosk(tmp_path)
    slot = places.home / "slots/b"
    (slot / "bin").mkdir()
    (slot / "bin/printkiosk-device").write_text(f'#!/bin/sh\necho "{said}" > "$5"\n')
    (slot / "bin/printkiosk-device").chmod(0o755)

    settings = renamed(slot, places, print)

    assert expected in str(settings) and settings.read_text() == f"{said}\n"
    assert (slot / "kiosk.toml").exists() == (settings.parent == slot)


def test_settings_that_stay_the_same_are_not_touched(tmp_path: Path) -> None:
    places = a_kiosk(tmp_path)
    settings = places.settings / "kiosk.toml"
    (places.home / "slots/b/kiosk.toml").write_text("old = 1\n")
    before = settings.stat()

    take_settings(places.home / "slots/b/kiosk.toml", places)

    assert settings.stat() == before
    assert kept_with(places.home / "slots/a", places) == settings
