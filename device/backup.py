"""A kiosk's settings in one file: to keep, to put back, and to give to another kiosk.

What `kiosk.toml` and all beside it say, who is trusted, the staff's PIN and choices: everything that staff set and nothing
that is made elsewhere. Bundles are not in it: they come from the museum's repository.
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
from device.store.atomic_files import AtomicFiles, ensure_folder, telling, write_whole

FORMAT = 1
_ABOUT = "about.json"
_SETTINGS = "settings"
_STAFF = "staff"
_MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a backup is taken of: the folder of `kiosk.toml`, and the staff's in the store."""

    settings: Path
    staff: Path

    def folders(self) -> dict[str, Path]:
        """Give the folders by their names in a backup."""
        return {_SETTINGS: self.settings, _STAFF: self.staff}


def write(path: Path, places: Places) -> int:
    """Write a backup; give how many files are in it.

    Raises:
        BackupError: When there is nothing to keep.
        StoreError: When something can't be read or written.
    """
    with telling(path, "be written"):
        kept = list(_kept(places))
        if not kept:
            raise BackupError(f"{places.settings}: expected settings to keep, found none")
        about = {"format": FORMAT, "software": __version__, "made": _now()}
        with io.BytesIO() as data:
            with tarfile.open(fileobj=data, mode="w:gz") as archive:
                _add(archive, _ABOUT, json.dumps(about).encode(), 0o644)
                for name, file in kept:
                    _add(archive, name, file.read_bytes(), file.stat().st_mode & 0o777)
            write_whole(AtomicFiles(), path, data.getvalue())
        path.chmod(0o600)  # the PIN's key is in it
    return len(kept)


def restore(path: Path, places: Places) -> int:
    """Put a backup back over what is here; what it doesn't name stays. Give how many files it had.

    Every file is looked at, and `kiosk.toml` read as the kiosk would, before the first is written.

    Raises:
        BackupError: When the file is no backup, of a newer format, or damaged.
        ConfigError: When its `kiosk.toml` isn't one for this software, naming every mistake.
        StoreError: When something can't be written.
    """
    found = _read(path)
    _check_settings(path, found.get(f"{_SETTINGS}/kiosk.toml", (b"", 0))[0])
    folders = places.folders()
    for name, (data, mode) in found.items():
        kind, _, inside = name.partition("/")
        place = folders[kind] / inside
        with telling(place, "be put back"):
            ensure_folder(AtomicFiles(), place.parent)
            write_whole(AtomicFiles(), place, data)
            place.chmod(mode)
            if kind == _STAFF:
                _hand_over(place)
    return len(found)


def _kept(places: Places) -> Iterator[tuple[str, Path]]:
    for kind, folder in places.folders().items():
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.is_file() and not file.is_symlink() and _is_setting(kind, file):
                yield f"{kind}/{file.relative_to(folder).as_posix()}", file


def _is_setting(kind: str, file: Path) -> bool:
    """Counts, missed matches and what is half written aren't settings."""
    return not file.name.startswith(".") and (kind == _SETTINGS or file.suffix == ".json")


def _read(path: Path) -> dict[str, tuple[bytes, int]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(_unpacked(path))) as archive:
            found = {member.name: _member(archive, member) for member in archive}
        about = json.loads(found.pop(_ABOUT)[0])
    except gzip.BadGzipFile as error:
        raise BackupError(f"{path}: expected a kiosk's backup, found {error}") from error
    except OSError as error:
        raise BackupError(f"{path}: can't be read ({error.strerror or error})") from error
    except (tarfile.TarError, zlib.error, EOFError, KeyError, ValueError) as error:
        raise BackupError(
            f"{path}: expected a kiosk's backup, found {error}; take another"
        ) from error
    if about.get("format") != FORMAT:
        raise BackupError(
            f"{path}: expected format {FORMAT}, found {about.get('format')}; restore it with the software that made it"
        )
    for name in found:
        _check_name(path, name)
    return found


def _unpacked(path: Path) -> bytes:
    """Give all bytes, held against the checksum at their end: a tar that is cut off may look whole."""
    with gzip.open(path) as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES} bytes")
    return data


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> tuple[bytes, int]:
    if not member.isfile():
        raise ValueError(f"{member.name!r}, which is no file")
    file = archive.extractfile(member)
    return (file.read() if file else b""), member.mode & 0o666


def _check_name(path: Path, name: str) -> None:
    """Refuse what would be written anywhere but where it came from."""
    parts = PurePosixPath(name).parts
    if len(parts) < 2 or parts[0] not in (_SETTINGS, _STAFF) or ".." in parts or "\0" in name:
        raise BackupError(f"{path}: expected settings alone, found {name!r}; take another")


def _check_settings(path: Path, data: bytes) -> None:
    """Read a `kiosk.toml` as the kiosk would, from beside the backup."""
    beside = path.with_name(f".{path.name}.kiosk.toml")
    with telling(beside, "be written"):
        beside.write_bytes(data)
    try:
        load(beside, {})
    finally:
        beside.unlink()


def _add(archive: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), mode
    archive.addfile(member, io.BytesIO(data))


def _hand_over(place: Path) -> None:
    """Give what root has put back to whoever has the folder it lies in: the kiosk reads its PIN as its own user."""
    if os.geteuid() != 0:
        return
    owner = place.parent.stat() if place.parent.stat().st_uid else place.parent.parent.stat()
    for path in (place.parent, place):
        os.chown(path, owner.st_uid, owner.st_gid)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
