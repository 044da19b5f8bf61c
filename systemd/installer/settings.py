"""Staff's settings across a change of software: renamed for the new one, and kept as they were for the way back."""

import os
from collections.abc import Callable
from pathlib import Path

from installer import slots
from installer.command import run
from installer.places import Places

_NAME = "kiosk.toml"


def renamed(slot: Path, places: Places, tell: Callable[[str], None]) -> Path:
    """Give this kiosk's settings as the software in a slot calls them: where any is renamed, in a file beside it.

    Raises:
        InstallError: When they have to be changed by hand first; saying what.
    """
    out = slot / _NAME
    settings = places.settings / _NAME
    said = run(slot / "bin/printkiosk-device", "migrate", "--config", settings, "--out", out)
    for line in said.splitlines():
        tell(f"settings: {line}")
    if out.read_bytes() != settings.read_bytes():
        return out
    out.unlink()
    return settings


def kept_with(slot: Path, places: Places) -> Path:
    """Give the settings that a slot had before a newer one renamed them; today's where none did."""
    kept = slot / f"{_NAME}.kept"
    return kept if kept.is_file() else places.settings / _NAME


def take_settings(settings: Path, places: Places) -> None:
    """Let other settings hold from the next start on; the slot that answers keeps those it had."""
    place = places.settings / _NAME
    if settings == place or settings.read_bytes() == place.read_bytes():
        return
    now = slots.current(places)
    if now is not None and now not in settings.parents:
        _put(now / f"{_NAME}.kept", place.read_bytes())
    _put(place, settings.read_bytes())


def _put(place: Path, data: bytes) -> None:
    beside = place.with_name(f".{place.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
