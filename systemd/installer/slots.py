"""Two virtual environments, of which one answers: the new software is proven in the other before a link is changed.

A kiosk whose power goes at any step starts with the software it had, or with the whole new one.
"""

import hashlib
import os
import platform
import shutil
from pathlib import Path

from installer.command import run, succeeds
from installer.places import SERVICE_USER, Places
from installer.wheels import stamp, tools

_NAMES = ("a", "b")
_STAMP = "made-of"
UNITS = "systemd"
# What lies beside the units on a stick.
_NOT_UNITS = ("__pycache__", "wheels", "packages", "bundle", "SHA256SUMS")


def current(places: Places) -> Path | None:
    """Give the slot that answers; `None` where none does."""
    link = places.home / "venv"
    return link.resolve() if link.is_symlink() and link.exists() else None


def previous(places: Places) -> Path | None:
    """Give the slot to go back to, where there is a whole one."""
    now = current(places)
    others = (places.home / "slots" / name for name in _NAMES)
    return next((slot for slot in others if slot != now and (slot / _STAMP).is_file()), None)


def is_made_of(slot: Path, wheels: Path, source: Path) -> bool:
    """Whether a slot holds exactly these wheels and units, for the Python that is here now, and can be started."""
    is_said_to = _read(slot) == _made_of(wheels, source)
    return is_said_to and succeeds(slot / "bin/printkiosk-device", "--version")


def fill(places: Places, wheels: Path, source: Path) -> Path:
    """Make the slot that doesn't answer anew, of these wheels and nothing from the network.

    Args:
        places: Where the system is.
        wheels: Ours and all it needs.
        source: The units and the installer that belong to them; kept in the slot, so that going back takes them along.

    Raises:
        InstallError: When a wheel is missing, doesn't fit this machine, or what is needed isn't all there.
    """
    slot = _other(places)
    shutil.rmtree(slot, ignore_errors=True)
    slot.parent.mkdir(parents=True, exist_ok=True)
    run("/usr/bin/python3", "-m", "venv", "--system-site-packages", "--without-pip", slot)
    with tools() as python:
        pip = (python, "-m", "pip", "--python", slot / "bin/python")
        run(*pip, "install", "--no-index", "--no-deps", *sorted(wheels.glob("*.whl")))
        run(*pip, "check")
    shutil.copytree(source, slot / UNITS, ignore=shutil.ignore_patterns(*_NOT_UNITS))
    run("sync", "--file-system", slot)  # all of it, before anything says that it is whole
    (slot / _STAMP).write_text(_made_of(wheels, source), "utf-8")
    return slot


def prove(slot: Path, settings: Path) -> None:
    """Let the software in a slot read these settings and know the bundle's own prints, as the kiosk's user.

    Raises:
        InstallError: When it can't: the slot must not answer.
    """
    run(
        *as_service_user(slot / "bin/printkiosk-device"),
        "doctor",
        "--without-camera",
        "--config",
        settings,
    )


def switch(places: Places, slot: Path) -> None:
    """Let a slot answer from the next start on, in one step."""
    if slot == current(places):
        return
    beside = places.home / ".venv.new"
    beside.unlink(missing_ok=True)
    beside.symlink_to(slot.relative_to(places.home))
    beside.replace(places.home / "venv")
    folder = os.open(places.home, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)


def as_service_user(*command: str | Path) -> tuple[str | Path, ...]:
    """Give a command that runs with the kiosk's own rights and no more, in this very process."""
    user = (f"--reuid={SERVICE_USER}", f"--regid={SERVICE_USER}", "--init-groups")
    return ("setpriv", *user, "--", *command)


def _other(places: Places) -> Path:
    now = current(places)
    slots = [places.home / "slots" / name for name in _NAMES]
    return slots[1] if now == slots[0] else slots[0]


def _made_of(wheels: Path, source: Path) -> str:
    units = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_file() and not set(inside.parts) & set(_NOT_UNITS):
            units.update(f"{inside} {path.stat().st_size}\n".encode() + path.read_bytes())
    return f"{stamp(wheels)} {units.hexdigest()[:16]} {platform.python_version()}\n"


def _read(slot: Path) -> str:
    try:
        return (slot / _STAMP).read_text("utf-8")
    except OSError:
        return ""
