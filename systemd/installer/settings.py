"""The kiosk's settings during an upgrade or a rollback.

New software may have renamed a setting. The renamed file replaces the old one only when the new software becomes
active, and the old one is kept for a rollback.
"""

import os
from collections.abc import Callable
from pathlib import Path

from installer import slots
from installer.paths import Paths
from installer.run_command import run

_NAME = "kiosk.toml"


def migrated_settings(slot: Path, paths: Paths, report: Callable[[str], None]) -> Path:
    """Return a settings file that the software in a slot can read.

    Args:
        slot: The slot.
        paths: The system's folders.
        report: Called with a line for each renamed setting.

    Returns:
        A file in the slot if a setting was renamed, else the kiosk's own file.

    Raises:
        InstallError: When staff must change a setting by hand first; with the change to make.
    """
    out = slot / _NAME
    settings = paths.settings / _NAME
    output = run(slot / "bin/printkiosk-device", "migrate", "--config", settings, "--out", out)
    for line in output.splitlines():
        report(f"settings: {line}")
    if out.read_bytes() != settings.read_bytes():
        return out
    out.unlink()
    return settings


def settings_of(slot: Path, paths: Paths) -> Path:
    """Return the settings that a slot last used: its kept copy, else the current file."""
    kept = slot / f"{_NAME}.kept"
    return kept if kept.is_file() else paths.settings / _NAME


def activate_settings(settings: Path, paths: Paths) -> None:
    """Replace the kiosk's settings, and keep the old ones with the active slot.

    The service reads them at its next start.
    """
    target = paths.settings / _NAME
    if settings == target or settings.read_bytes() == target.read_bytes():
        return
    active = slots.current(paths)
    if active is not None and active not in settings.parents:
        _replace(active / f"{_NAME}.kept", target.read_bytes())
    _replace(target, settings.read_bytes())


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
