"""A backup restores the settings unchanged, or changes nothing."""

import io
import stat
import tarfile
from pathlib import Path

import pytest

from device import backup
from device.errors import BackupError, ConfigError, KioskError


@pytest.fixture
def folders(tmp_path: Path) -> backup.BackupFolders:
    """The folders of a kiosk that staff have set up."""
    settings, staff = tmp_path / "etc/printkiosk", tmp_path / "var/printkiosk/staff"
    for folder in (settings, staff):
        folder.mkdir(parents=True)
    (settings / "kiosk.toml").write_text('[screen]\nlanguage = "fr"\n')
    (settings / "root.json").write_bytes(b'{"signed": 1}')
    (staff / "pin.json").write_text("{}")
    (staff / "pin.json").chmod(0o600)
    (staff / "statistics.sqlite").write_bytes(b"counts")
    return backup.BackupFolders(settings=settings, staff=staff)


def other_kiosk(tmp_path: Path) -> backup.BackupFolders:
    """The folders of another kiosk, as installed."""
    settings = tmp_path / "other/etc"
    settings.mkdir(parents=True)
    (settings / "kiosk.toml").write_text("[screen]\nidle_s = 90\n")
    (settings / "staffs-own.txt").write_text("stays")
    (tmp_path / "other/var").mkdir()
    return backup.BackupFolders(settings=settings, staff=tmp_path / "other/var/staff")


def test_only_what_staff_set_is_restored_on_another_kiosk(
    folders: backup.BackupFolders, tmp_path: Path
) -> None:
    other = other_kiosk(tmp_path)

    assert backup.write(tmp_path / "backup", folders) == 3
    assert backup.restore(tmp_path / "backup", other) == 3

    assert (other.settings / "kiosk.toml").read_text() == '[screen]\nlanguage = "fr"\n'
    assert (other.settings / "root.json").read_bytes() == b'{"signed": 1}'
    assert (other.settings / "staffs-own.txt").read_text() == "stays"
    assert stat.S_IMODE((other.staff / "pin.json").stat().st_mode) == 0o600
    assert not (other.staff / "statistics.sqlite").exists()


def test_only_the_owner_can_read_a_backup(folders: backup.BackupFolders, tmp_path: Path) -> None:
    backup.write(tmp_path / "backup", folders)

    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600


def test_invalid_settings_are_refused_and_change_nothing(
    folders: backup.BackupFolders, tmp_path: Path
) -> None:
    (folders.settings / "kiosk.toml").write_text('[screen]\nlangauge = "fr"\n')
    backup.write(tmp_path / "backup", folders)
    other = other_kiosk(tmp_path)

    with pytest.raises(ConfigError, match=r"did you mean 'screen\.language'"):
        backup.restore(tmp_path / "backup", other)

    assert "idle_s" in (other.settings / "kiosk.toml").read_text()
    assert not (other.settings / "root.json").exists()


def test_a_backup_without_settings_is_refused(tmp_path: Path) -> None:
    empty = backup.BackupFolders(settings=tmp_path / "no", staff=tmp_path / "neither")

    with pytest.raises(BackupError, match="found none"):
        backup.write(tmp_path / "backup", empty)
    assert not (tmp_path / "backup").exists()


def test_a_backup_truncated_anywhere_is_refused(
    folders: backup.BackupFolders, tmp_path: Path
) -> None:
    backup.write(tmp_path / "backup", folders)
    whole = (tmp_path / "backup").read_bytes()
    other = other_kiosk(tmp_path)

    for part in range(0, len(whole), 7):
        (tmp_path / "backup").write_bytes(whole[:part])
        with pytest.raises(BackupError):
            backup.restore(tmp_path / "backup", other)
    assert not (other.settings / "root.json").exists()


def pack(path: Path, *members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> Path:
    """Write a backup with arbitrary members."""
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
def test_nothing_is_written_outside_the_two_folders(
    folders: backup.BackupFolders, tmp_path: Path, name: str
) -> None:
    path = pack(tmp_path / "backup", ABOUT, ("settings/kiosk.toml", b""), (name, b"evil"))

    with pytest.raises(BackupError, match="only settings"):
        backup.restore(path, folders)
    assert "evil" not in {path.name for path in tmp_path.rglob("*")}


def test_a_link_is_refused(folders: backup.BackupFolders, tmp_path: Path) -> None:
    path = pack(tmp_path / "backup", ("settings/root.json", b""), kind=tarfile.SYMTYPE)

    with pytest.raises(BackupError, match="is not a file"):
        backup.restore(path, folders)


def test_a_newer_format_is_refused(folders: backup.BackupFolders, tmp_path: Path) -> None:
    path = pack(tmp_path / "backup", ("about.json", b'{"format": 2}'))

    with pytest.raises(BackupError, match="expected format 1, found 2"):
        backup.restore(path, folders)


def test_a_backup_that_decompresses_to_too_many_bytes_is_refused(
    folders: backup.BackupFolders, tmp_path: Path
) -> None:
    path = pack(tmp_path / "backup", ABOUT, ("settings/big", b"0" * (9 << 20)))

    with pytest.raises(BackupError, match="more than"):
        backup.restore(path, folders)


def test_a_missing_file_is_an_error(folders: backup.BackupFolders, tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="can't be read"):
        backup.restore(tmp_path / "no", folders)
