"""What lies outside the software's own folder: units, users, folders, device rules, the browser's policy, commands."""

from dataclasses import dataclass
from pathlib import Path

from installer.places import Places

# Where each folder or kind of file of `systemd/` goes.
_KINDS = (
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
    "printkiosk-hours": "/usr/local/lib/printkiosk/hours",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One file to be: its place, its bytes or where it points, and whether it can be run."""

    path: Path
    content: bytes = b""
    link: str = ""
    mode: int = 0o644


def planned(source: Path, places: Places) -> tuple[Placed, ...]:
    """Give every file to place.

    Args:
        source: The folder with the units, `systemd/` in a checkout.
        places: Where the system is.
    """
    found = [
        Placed(
            path=places.root / folder / path.name,
            content=path.read_bytes(),
            mode=0o755 if folder.endswith("lib/printkiosk") else 0o644,
        )
        for pattern, folder in _KINDS
        for path in sorted(source.glob(pattern))
    ]
    for name, target in _COMMANDS.items():
        found.append(Placed(path=places.root / "usr/local/bin" / name, link=target))
    return tuple(found)


def place(files: tuple[Placed, ...]) -> int:
    """Put files in place, each in one step; give how many weren't already as they should be."""
    changed = [file for file in files if not _is_there(file)]
    for file in changed:
        _put(file)
    return len(changed)


def remove(paths: tuple[Path, ...]) -> None:
    """Take files away, and folders of ours that are empty then."""
    for path in paths:
        path.unlink(missing_ok=True)
    for folder in sorted({path.parent for path in paths}, reverse=True):
        if folder.name in ("printkiosk", "managed", "policies") and folder.is_dir():
            _remove_empty(folder)


def _is_there(file: Placed) -> bool:
    if file.link:
        return file.path.is_symlink() and str(file.path.readlink()) == file.link
    try:
        is_same = file.path.read_bytes() == file.content
        return is_same and file.path.stat().st_mode & 0o777 == file.mode
    except OSError:
        return False


def _put(file: Placed) -> None:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    beside = file.path.with_name(f".{file.path.name}.new")
    beside.unlink(missing_ok=True)
    if file.link:
        beside.symlink_to(file.link)
    else:
        beside.write_bytes(file.content)
        beside.chmod(file.mode)
    beside.replace(file.path)


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
