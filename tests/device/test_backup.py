"""Settings kept in one file come back as they were, or not at all."""

import io
import stat
import tarfile
from pathlib import Path

import pytest

from device import backup
from device.errors import BackupError, ConfigError, KioskError


@pytest.fixture
def places(tmp_path: Path) -> backup.Places:
    """A kiosk that staff have set up."""
    settings, staff = tmp_path / "etc/printkiosk", tmp_path / "var/printkiosk/staff"
    for folder in (settings, staff):
        folder.mkdir(parents=True)
    (settings / "kiosk.toml").write_text('[screen]\nlanguage = "fr"\n')
    (settings / "root.json").write_bytes(b'{"signed": 1}')
    (staff / "pin.json").write_text("{}")
    (staff / "pin.json").chmod(0o600)
    (staff / "statistics.sqlite").write_bytes(b"counts")
    return backup.Places(settings=settings, staff=staff)


def elsewhere(tmp_path: Path) -> backup.Places:
    """Another kiosk, as it was installed."""
    settings = tmp_path / "other/etc"
    settings.mkdir(parents=True)
    (settings / "kiosk.toml").write_text("[screen]\nidle_s = 90\n")
    (settings / "staffs-own.txt").write_text("stays")
    (tmp_path / "other/var").mkdir()
    return backup.Places(settings=settings, staff=tmp_path / "other/var/staff")


def test_what_staff_set_comes_back_on_another_kiosk_and_nothing_else(
    places: backup.Places, tmp_path: Path
) -> None:
    other = elsewhere(tmp_path)

    assert backup.write(tmp_path / "kept", places) == 3
    assert backup.restore(tmp_path / "kept", other) == 3

    assert (other.settings / "kiosk.toml").read_text() == '[screen]\nlanguage = "fr"\n'
    assert (other.settings / "root.json").read_bytes() == b'{"signed": 1}'
    assert (other.settings / "staffs-own.txt").read_text() == "stays"
    assert stat.S_IMODE((other.staff / "pin.json").stat().st_mode) == 0o600
    assert not (other.staff / "statistics.sqlite").exists()


def test_nobody_else_can_read_a_backup(places: backup.Places, tmp_path: Path) -> None:
    backup.write(tmp_path / "kept", places)

    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o600


def test_settings_that_this_software_does_not_take_change_nothing(
    places: backup.Places, tmp_path: Path
) -> None:
    (places.settings / "kiosk.toml").write_text('[screen]\nlangauge = "fr"\n')
    backup.write(tmp_path / "kept", places)
    other = elsewhere(tmp_path)

    with pytest.raises(ConfigError, match=r"did you mean 'screen\.language'"):
        backup.restore(tmp_path / "kept", other)

    assert "idle_s" in (other.settings / "kiosk.toml").read_text()
    assert not (other.settings / "root.json").exists()


def test_where_nothing_was_set_there_is_nothing_to_keep(tmp_path: Path) -> None:
    empty = backup.Places(settings=tmp_path / "no", staff=tmp_path / "neither")

    with pytest.raises(BackupError, match="found none"):
        backup.write(tmp_path / "kept", empty)
    assert not (tmp_path / "kept").exists()


def test_a_backup_cut_off_anywhere_is_refused(places: backup.Places, tmp_path: Path) -> None:
    backup.write(tmp_path / "kept", places)
    whole = (tmp_path / "kept").read_bytes()
    other = elsewhere(tmp_path)

    for part in range(0, len(whole), 7):
        (tmp_path / "kept").write_bytes(whole[:part])
        with pytest.raises(BackupError):
            backup.restore(tmp_path / "kept", other)
    assert not (other.settings / "root.json").exists()


def packed(path: Path, *members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
    """Give a file that somebody made by hand."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size, member.type, member.linkname = len(data), kind, "/etc/passwd"
            archive.addfile(member, io.BytesIO(data))
    return path


ABOUT = ("about.json", b'{"format": 1}')


@pytest.mark.parametrize(
    "name",
    ["../evil", "settings/../../evil", "/etc/evil", "elsewhere/evil", "settings", "staff/../x/y"],
)
def test_nothing_is_written_outside_its_place(
    places: backup.Places, tmp_path: Path, name: str
) -> None:
    kept = packed(tmp_path / "kept", ABOUT, ("settings/kiosk.toml", b""), (name, b"evil"))

    with pytest.raises(BackupError, match="settings alone"):
        backup.restore(kept, places)
    assert "evil" not in {path.name for path in tmp_path.rglob("*")}


def test_links_are_no_settings(places: backup.Places, tmp_path: Path) -> None:
    kept = packed(tmp_path / "kept", ("settings/root.json", b""), kind=tarfile.SYMTYPE)

    with pytest.raises(BackupError, match="is no file"):
        backup.restore(kept, places)


def test_a_newer_format_is_named(places: backup.Places, tmp_path: Path) -> None:
    kept = packed(tmp_path / "kept", ("about.json", b'{"format": 2}'))

    with pytest.raises(BackupError, match="expected format 1, found 2"):
        backup.restore(kept, places)


def test_what_swells_when_unpacked_is_refused(places: backup.Places, tmp_path: Path) -> None:
    kept = packed(tmp_path / "kept", ABOUT, ("settings/big", b"0" * (9 << 20)))

    with pytest.raises(BackupError, match="more than"):
        backup.restore(kept, places)


def test_a_file_that_is_not_there_is_said_so(places: backup.Places, tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="can't be read"):
        backup.restore(tmp_path / "no", places)
