"""What a store remembers besides the bundles: how new they must be, which were no good, which one is on trial."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from device.bundle import dataclass_json
from device.errors import BundleDamagedError
from device.store.atomic_files import AtomicFiles, write_whole

FILE = "standing.json"
# So long before updates would be refused, staff are told.
WARNED_DAYS = 60
_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackFloor:
    """What an update must not be older than; python-tuf's own memory may be lost with its folder.

    Attributes:
        version: The highest bundle version that was ever activated from a repository.
        notices: The serial of the newest notices.
        root: The version of the newest root.
        keys: Ids of the keys that signed them, sorted; another key's versions are counted anew, so that a stolen
            key can't block updates for good by signing a very high number.
    """

    version: int = 0
    notices: int = 0
    root: int = 0
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a release came to be here.

    Attributes:
        source: Where it was fetched from.
        published: The day, as the publisher wrote it.
        arrived: The day by this machine's clock, as YYYY-MM-DD.
    """

    source: str
    published: str
    arrived: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreState:
    """A store's memory.

    Attributes:
        refused: Releases that failed a probe or a trial, by name; the same are not taken again.
        trial: The release that has yet to prove itself; empty for none. Counts only while it is current.
        starts: How often the kiosk was started on it.
        arrivals: Release to how it came.
        expires: Until this day updates signed as the last ones were are taken, as YYYY-MM-DD; empty before any.
    """

    floor: RollbackFloor = field(default_factory=RollbackFloor)
    refused: tuple[str, ...] = ()
    trial: str = ""
    starts: int = 0
    arrivals: Mapping[str, Arrival] = field(default_factory=dict)
    expires: str = ""

    def with_arrival(self, name: str, version: int, arrival: Arrival) -> "StoreState":
        """Give the memory with a release that has come, and below whose version nothing is taken any more."""
        return replace(
            self,
            floor=replace(self.floor, version=version),
            arrivals=dict(self.arrivals) | {name: arrival},
        )

    def is_expiring(self, today: date) -> bool:
        """Whether updates signed as the last ones were will soon be refused."""
        return bool(self.expires) and (date.fromisoformat(self.expires) - today).days <= WARNED_DAYS

    def without_gone(self, names: Collection[str]) -> "StoreState":
        """Give the memory without how releases came that are none of these."""
        kept = {name: each for name, each in self.arrivals.items() if name in names}
        return replace(self, arrivals=kept)


def read(root: Path) -> StoreState:
    """Give a store's memory; a store that has none yet has nothing to remember.

    Raises:
        BundleDamagedError: When the file is there and can't be read: forgetting would open the door to old updates.
    """
    path = root / FILE
    try:
        with path.open("rb") as file:
            data: Any = json.loads(file.read(_LIMIT_BYTES))
        standing: StoreState = dataclass_json.from_json(StoreState, data, FILE)
    except FileNotFoundError:
        return StoreState()
    except (OSError, ValueError, RecursionError) as error:
        raise BundleDamagedError(
            f"{path}: can't be read ({' '.join(str(error).split())}); "
            "remove it only if you know that no older update is around"
        ) from error
    return standing


def write(files: AtomicFiles, root: Path, standing: StoreState) -> None:
    """Put a store's memory on the disk, to stay."""
    text = json.dumps(dataclass_json.to_json(standing), indent=1, sort_keys=True) + "\n"
    write_whole(files, root / FILE, text.encode())
