"""Back up a kiosk's settings to one file, and restore them there or on another kiosk.

A backup holds the folder of `kiosk.toml`, including the root of trust, and the PIN and preferences of the staff. It holds no
bundles, because they come from the museum's repository.
"""

import gzip
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from device import __version__
from device.config import load
from device.errors import BackupError
from device.store.atomic_files import (
    AtomicFiles,
    ensure_folder,
    translate_disk_errors,
    write_atomically,
)

FORMAT = 1
_ABOUT = "about.json"
_SETTINGS = "settings"
_STAFF = "staff"
_MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFolders:
    """The folders that a backup holds.

    Attributes:
        settings: The folder of `kiosk.toml`.
        staff: The staff folder, usually in the store.
    """

    settings: Path
    staff: Path

    def by_name(self) -> dict[str, Path]:
        """Return the folders by their names in a backup."""
        return {_SETTINGS: self.settings, _STAFF: self.staff}


def write(path: Path, folders: BackupFolders) -> int:
    """Write a backup and return the number of its files.

    Raises:
        BackupError: When there are no settings to back up.
        StoreError: When a file can't be read or written.
    """
    with translate_disk_errors(path, "be written"):
        found = list(_files(folders))
        if not found:
            raise BackupError(f"{folders.settings}: expected settings to back up, found none")
        about = {"format": FORMAT, "software": __version__, "made": _now()}
        with io.BytesIO() as data:
            with tarfile.open(fileobj=data, mode="w:gz") as archive:
                _add(archive, _ABOUT, json.dumps(about).encode(), 0o644)
                for name, file in found:
                    _add(archive, name, file.read_bytes(), file.stat().st_mode & 0o777)
            write_atomically(AtomicFiles(), path, data.getvalue())
        path.chmod(0o600)  # it holds the key of the PIN
    return len(found)


def restore(path: Path, folders: BackupFolders) -> int:
    """Restore a backup and return the number of its files.

    Existing files are overwritten if the backup has them, else kept. The whole backup is checked, and its `kiosk.toml` read
    as the kiosk would, before the first file is written.

    Raises:
        BackupError: When the file is not a backup, has another format, or is damaged.
        ConfigError: When its `kiosk.toml` is invalid for this software; the message names every mistake.
        StoreError: When a file can't be written.
    """
    found = _read(path)
    _check_settings(path, found.get(f"{_SETTINGS}/kiosk.toml", (b"", 0))[0])
    folder_by_name = folders.by_name()
    for name, (data, mode) in found.items():
        kind, _, inside = name.partition("/")
        target = folder_by_name[kind] / inside
        with translate_disk_errors(target, "be restored"):
            ensure_folder(AtomicFiles(), target.parent)
            write_atomically(AtomicFiles(), target, data)
            target.chmod(mode)
            if kind == _STAFF:
                _chown_to_parent_owner(target)
    return len(found)


def _files(folders: BackupFolders) -> Iterator[tuple[str, Path]]:
    for kind, folder in folders.by_name().items():
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.is_file() and not file.is_symlink() and _is_setting(kind, file):
                yield f"{kind}/{file.relative_to(folder).as_posix()}", file


def _is_setting(kind: str, file: Path) -> bool:
    """Whether a file is a setting; statistics, unmatched prints and partial files are not."""
    return not file.name.startswith(".") and (kind == _SETTINGS or file.suffix == ".json")


def _read(path: Path) -> dict[str, tuple[bytes, int]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(_decompress(path))) as archive:
            found = {member.name: _member(archive, member) for member in archive}
        about = json.loads(found.pop(_ABOUT)[0])
    except gzip.BadGzipFile as error:
        raise BackupError(f"{path}: expected a kiosk's backup, found {error}") from error
    except OSError as error:
        raise BackupError(f"{path}: can't be read ({error.strerror or error})") from error
    except (tarfile.TarError, zlib.error, EOFError, KeyError, ValueError) as error:
        raise BackupError(
            f"{path}: expected a kiosk's backup, found {error}; choose another file"
        ) from error
    if about.get("format") != FORMAT:
        raise BackupError(
            f"{path}: expected format {FORMAT}, found {about.get('format')}; restore it with the version of the software that made it"
        )
    for name in found:
        _check_name(path, name)
    return found


def _decompress(path: Path) -> bytes:
    """Return the decompressed bytes, after checking the checksum at their end.

    A truncated tar file alone may look complete.
    """
    with gzip.open(path) as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES} bytes")
    return data


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> tuple[bytes, int]:
    if not member.isfile():
        raise ValueError(f"{member.name!r}, which is not a file")
    file = archive.extractfile(member)
    return (file.read() if file else b""), member.mode & 0o666


def _check_name(path: Path, name: str) -> None:
    """Refuse a name that would be written outside the two folders."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or parts[0] not in (_SETTINGS, _STAFF) or ".." in parts or "\0" in name:
        raise BackupError(f"{path}: expected only settings, found {name!r}; choose another file")


def _check_settings(path: Path, data: bytes) -> None:
    """Check a `kiosk.toml` as the kiosk would, in a temporary file next to the backup."""
    temporary = path.with_name(f".{path.name}.kiosk.toml")
    with translate_disk_errors(temporary, "be written"):
        temporary.write_bytes(data)
    try:
        load(temporary, {})
    finally:
        temporary.unlink()


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), mode
    archive.addfile(member, io.BytesIO(data))


def _chown_to_parent_owner(path: Path) -> None:
    """Change the owner of a file that root has restored to the owner of its folder.

    The kiosk's user must be able to read the PIN.
    """
    if os.geteuid() != 0:
        return
    owner = path.parent.stat() if path.parent.stat().st_uid else path.parent.parent.stat()
    for owned in (path.parent, path):
        os.chown(owned, owner.st_uid, owner.st_gid)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
