"""What staff choose on their page: what passes by when nobody is there, opening hours, whether missed matches are kept."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from device.bundle.filters import FACETS
from device.errors import ChoiceError
from device.staff import hours
from device.staff.hours import OpeningHours
from device.store.atomic_files import AtomicFiles, ensure_folder, telling, write_whole

FILE = "choices.json"
_LIMIT_BYTES = 100_000
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Attract:
    """What passes by on the screen while nobody is there.

    Attributes:
        enabled: Whether anything does.
        facet, value: Which prints: all that have this value, such as `technique` and `woodcut`; empty for all there are.
    """

    enabled: bool = True
    facet: str = ""
    value: str = ""

    def __post_init__(self) -> None:
        if bool(self.facet) != bool(self.value) or self.facet not in ("", *FACETS):
            raise ChoiceError(
                f"attract loop: expected one of {', '.join(FACETS)} and a value of it, found {self.facet[:40]!r}"
            )
        if len(self.value) > _LONGEST:
            raise ChoiceError(f"attract loop: expected at most {_LONGEST} letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPreferences:
    """All that staff choose.

    Attributes:
        keeps_misses: Whether a list of what was not found is kept for the curator.
    """

    attract: Attract = field(default_factory=Attract)
    opening: OpeningHours = field(default_factory=OpeningHours)
    keeps_misses: bool = False


def read(folder: Path) -> StaffPreferences:
    """Give what was chosen; the defaults where nothing was yet.

    Raises:
        ChoiceError: When what was chosen can't be read.
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
            keeps_misses=bool(data["keeps_misses"]),
        )
    except FileNotFoundError:
        return StaffPreferences()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ChoiceError(
            f"{path}: can't be read ({' '.join(str(error).split())}); choose anew on the staff page"
        ) from error


def write(folder: Path, choices: StaffPreferences, files: AtomicFiles | None = None) -> None:
    """Keep what was chosen, in one step.

    Raises:
        StoreError: When the folder can't be written.
    """
    files = files or AtomicFiles()
    attract = choices.attract
    data = {
        "attract": {
            "enabled": attract.enabled,
            "facet": attract.facet,
            "value": attract.value,
        },
        "opening": {day: str(each) for day, each in choices.opening.days.items()},
        "keeps_misses": choices.keeps_misses,
    }
    with telling(folder, "keep what was chosen"):
        ensure_folder(files, folder)
        text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
        write_whole(files, folder / FILE, text.encode())
