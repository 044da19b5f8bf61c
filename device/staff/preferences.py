"""Staff preferences: attract loop, opening hours, and the list of unmatched prints."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from device.bundle.filters import FACETS
from device.errors import PreferenceError
from device.staff import hours
from device.staff.hours import OpeningHours
from device.store.atomic_files import (
    AtomicFiles,
    ensure_folder,
    translate_disk_errors,
    write_atomically,
)

FILE = "choices.json"
_LIMIT_BYTES = 100_000
_MAX_LETTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Attract:
    """The prints that the screen shows in turn while no visitor is there.

    Attributes:
        enabled: Whether prints are shown at all.
        facet, value: Show only prints with this value, such as `technique` and `woodcut`; both empty for all prints.
    """

    enabled: bool = True
    facet: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        if bool(self.facet) != bool(self.value) or self.facet not in ("", *FACETS):
            raise PreferenceError(
                f"attract loop: expected one of {', '.join(FACETS)} with a value, found {self.facet[:40]!r}"
            )
        if len(self.value) > _MAX_LETTERS:
            raise PreferenceError(
                f"attract loop: expected a value of at most {_MAX_LETTERS} letters, found more"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPreferences:
    """Everything that staff can set on their page.

    Attributes:
        attract: The prints that the screen shows between visits.
        opening: Opening hours; outside them the screen is closed.
        keeps_unmatched: Whether unmatched prints are listed for the curator.
    """

    attract: Attract = field(default_factory=Attract)
    opening: OpeningHours = field(default_factory=OpeningHours)
    keeps_unmatched: bool = False


def read(folder: Path) -> StaffPreferences:
    """Read the preferences, or return the defaults if none were stored.

    Raises:
        PreferenceError: When the file can't be read.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file:
            data: Any = json.loads(file.read(_LIMIT_BYTES))
        attract = data["attract"]
        return StaffPreferences(
            attract=Attract(
                enabled=bool(attract["enabled"]),
                facet=str(attract["facet"]),
                value=str(attract["value"]),
            ),
            opening=hours.parse({str(k): str(v) for k, v in data["opening"].items()}),
            keeps_unmatched=bool(data["keeps_misses"]),
        )
    except FileNotFoundError:
        return StaffPreferences()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PreferenceError(
            f"{path}: can't be read ({' '.join(str(error).split())}); set them again on the staff page"
        ) from error


def write(folder: Path, preferences: StaffPreferences, files: AtomicFiles | None = None) -> None:
    """Store the preferences, replacing the file in one step.

    Raises:
        StoreError: When the folder can't be written.
    """
    files = files or AtomicFiles()
    attract = preferences.attract
    data = {
        "attract": {
            "enabled": attract.enabled,
            "facet": attract.facet,
            "value": attract.value,
        },
        "opening": {day: str(each) for day, each in preferences.opening.days.items()},
        "keeps_misses": preferences.keeps_unmatched,
    }
    with translate_disk_errors(folder, "store the preferences"):
        ensure_folder(files, folder)
        text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
        write_atomically(files, folder / FILE, text.encode())
