"""Two virtual environments for upgrades, one of them active.

New software is tested in the inactive one before a link switches to it. After a power cut at any step, the kiosk
starts with all of the old software or all of the new.
"""

import hashlib
import os
import platform
import shutil
from pathlib import Path

from installer.paths import SERVICE_USER, Paths
from installer.run_command import run, succeeds
from installer.wheels import pip_environment, wheels_digest

_NAMES = ("a", "b")
_BUILT_FROM = "made-of"
UNITS = "systemd"
# What else lies in the units' folder on a stick.
_NOT_UNITS = ("__pycache__", "wheels", "packages", "bundle", "SHA256SUMS")


def current(paths: Paths) -> Path | None:
    """Return the active slot, or None if there is none."""
    link = paths.home / "venv"
    return link.resolve() if link.is_symlink() and link.exists() else None


def previous(paths: Paths) -> Path | None:
    """Return the complete slot for a rollback, or None if there is none."""
    active = current(paths)
    others = (paths.home / "slots" / name for name in _NAMES)
    return next(
        (slot for slot in others if slot != active and (slot / _BUILT_FROM).is_file()), None
    )


def is_built_from(slot: Path, wheels: Path, source: Path) -> bool:
    """Return whether a slot is complete, up to date and starts.

    It must have been built from these wheels and units, for the present Python.
    """
    is_same = _read_built_from(slot) == _built_from(wheels, source)
    return is_same and succeeds(slot / "bin/printkiosk-device", "--version")


def build(paths: Paths, wheels: Path, source: Path) -> Path:
    """Build the inactive slot from wheels, without a network.

    Its former content is deleted.

    Args:
        paths: The system's folders.
        wheels: The software's wheel and those of its dependencies.
        source: The units and the installer of the same version; copied into the slot, so that a rollback restores them, too.

    Returns:
        The slot's folder.

    Raises:
        InstallError: When a wheel is missing or doesn't fit this machine, or a dependency isn't met.
    """
    slot = _inactive(paths)
    shutil.rmtree(slot, ignore_errors=True)
    slot.parent.mkdir(parents=True, exist_ok=True)
    run("/usr/bin/python3", "-m", "venv", "--system-site-packages", "--without-pip", slot)
    with pip_environment() as python:
        pip = (python, "-m", "pip", "--python", slot / "bin/python")
        run(*pip, "install", "--no-index", "--no-deps", *sorted(wheels.glob("*.whl")))
        run(*pip, "check")
    shutil.copytree(source, slot / UNITS, ignore=shutil.ignore_patterns(*_NOT_UNITS))
    run("sync", "--file-system", slot)  # before the next line marks the slot as complete
    (slot / _BUILT_FROM).write_text(_built_from(wheels, source), "utf-8")
    return slot


def self_test(slot: Path, settings: Path) -> None:
    """Run the doctor of a slot's software on the current bundle, as the kiosk's user.

    The camera is left out.

    Args:
        slot: The slot's folder.
        settings: The `kiosk.toml` to check with.

    Raises:
        InstallError: When a check fails: the slot must not become active.
    """
    run(
        *as_service_user(slot / "bin/printkiosk-device"),
        "doctor",
        "--without-camera",
        "--config",
        settings,
    )


def activate(paths: Paths, slot: Path) -> None:
    """Make a slot the active one from the next start on, atomically."""
    if slot == current(paths):
        return
    temporary = paths.home / ".venv.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(slot.relative_to(paths.home))
    temporary.replace(paths.home / "venv")
    folder = os.open(paths.home, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)


def as_service_user(*command: str | Path) -> tuple[str | Path, ...]:
    """Return a command line that runs a command as the kiosk's user."""
    user = (f"--reuid={SERVICE_USER}", f"--regid={SERVICE_USER}", "--init-groups")
    return ("setpriv", *user, "--", *command)


def _inactive(paths: Paths) -> Path:
    active = current(paths)
    slots = [paths.home / "slots" / name for name in _NAMES]
    return slots[1] if active == slots[0] else slots[0]


def _built_from(wheels: Path, source: Path) -> str:
    units = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_file() and not set(inside.parts) & set(_NOT_UNITS):
            units.update(f"{inside} {path.stat().st_size}\n".encode() + path.read_bytes())
    return f"{wheels_digest(wheels)} {units.hexdigest()[:16]} {platform.python_version()}\n"


def _read_built_from(slot: Path) -> str:
    try:
        return (slot / _BUILT_FROM).read_text("utf-8")
    except OSError:
        return ""
