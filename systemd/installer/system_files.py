"""The kiosk's files outside its own folder, such as units and device rules."""

from dataclasses import dataclass
from pathlib import Path

from installer.paths import Paths

# The system folder for each kind of file in `systemd/`.
_FOLDERS = (
    ("*.service", "usr/local/lib/systemd/system"),
    ("*.timer", "usr/local/lib/systemd/system"),
    ("*.path", "usr/local/lib/systemd/system"),
    ("*.target", "usr/local/lib/systemd/system"),
    ("sysusers.d/*.conf", "usr/local/lib/sysusers.d"),
    ("tmpfiles.d/*.conf", "usr/local/lib/tmpfiles.d"),
    ("system.conf.d/*.conf", "usr/local/lib/systemd/system.conf.d"),
    ("journald.conf.d/*.conf", "usr/local/lib/systemd/journald.conf.d"),
    ("udev/*.rules", "usr/local/lib/udev/rules.d"),
    ("policies/*.json", "etc/chromium/policies/managed"),
    ("scripts/*", "usr/local/lib/printkiosk"),
)
_COMMANDS = {
    "printkiosk-device": "/opt/printkiosk/venv/bin/printkiosk-device",
    "printkiosk-evaluate": "/opt/printkiosk/venv/bin/printkiosk-evaluate",
    "printkiosk-hours": "/usr/local/lib/printkiosk/hours",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFile:
    """One file or symbolic link to install.

    Attributes:
        path: The place where the file is installed.
        content: Its bytes; unused for a link.
        link: The target of a symbolic link; empty for a regular file.
        mode: Its permission bits; unused for a link.
    """

    path: Path
    content: bytes = b""
    link: str = ""
    mode: int = 0o644


def plan(source: Path, paths: Paths) -> tuple[SystemFile, ...]:
    """Return all system files of the kiosk, with their contents and places.

    Args:
        source: The folder with the units, `systemd/` in a checkout.
        paths: The system's folders.
    """
    planned = [
        SystemFile(
            path=paths.root / folder / path.name,
            content=path.read_bytes(),
            mode=0o755 if folder.endswith("lib/printkiosk") else 0o644,
        )
        for pattern, folder in _FOLDERS
        for path in sorted(source.glob(pattern))
    ]
    for name, target in _COMMANDS.items():
        planned.append(SystemFile(path=paths.root / "usr/local/bin" / name, link=target))
    return tuple(planned)


def install(files: tuple[SystemFile, ...]) -> int:
    """Install each missing or different file atomically; return their number."""
    changed = [file for file in files if not _is_up_to_date(file)]
    for file in changed:
        _write(file)
    return len(changed)


def remove(paths: tuple[Path, ...]) -> None:
    """Remove files, and the kiosk's own folders if they are empty afterwards."""
    for path in paths:
        path.unlink(missing_ok=True)
    for folder in sorted({path.parent for path in paths}, reverse=True):
        if folder.name in ("printkiosk", "managed", "policies") and folder.is_dir():
            _remove_empty(folder)


def _is_up_to_date(file: SystemFile) -> bool:
    if file.link:
        return file.path.is_symlink() and str(file.path.readlink()) == file.link
    try:
        is_same = file.path.read_bytes() == file.content
        return is_same and file.path.stat().st_mode & 0o777 == file.mode
    except OSError:
        return False


def _write(file: SystemFile) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.path.with_name(f".{file.path.name}.new")
    temporary.unlink(missing_ok=True)
    if file.link:
        temporary.symlink_to(file.link)
    else:
        temporary.write_bytes(file.content)
        temporary.chmod(file.mode)
    temporary.replace(file.path)


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
