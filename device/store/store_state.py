"""The store's state file: the rollback guard, refused releases and the trial in progress."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from device.bundle import dataclass_json
from device.errors import BundleDamagedError
from device.store.atomic_files import AtomicFiles, write_atomically

FILE = "standing.json"
# Staff are warned this many days before updates expire.
EXPIRY_WARNING_DAYS = 60
_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackGuard:
    """The newest versions that this kiosk has had; an update must not be older.

    python-tuf keeps its own record, which may be lost with its folder.

    Attributes:
        version: The highest bundle version ever activated from a repository.
        notices: The serial of the newest notices.
        root: The version of the newest root.
        keys: Ids of the keys that signed these versions, sorted. Versions start again under other keys. Otherwise a
            stolen key could block updates forever by signing a very high version.
    """

    version: int = 0
    notices: int = 0
    root: int = 0
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where and when an update brought a release.

    Attributes:
        source: The source's name for staff.
        published: Day of publication, as the publisher wrote it.
        arrived: Day of installation by this kiosk's clock, as YYYY-MM-DD.
    """

    source: str
    published: str
    arrived: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreState:
    """The content of a store's state file.

    Attributes:
        floor: The rollback guard.
        refused: Names of releases that failed a probe or a trial, or that staff rolled back. A sync never
            installs them again.
        trial: The release on trial; empty for none. It counts only while that release is current.
        starts: How often the kiosk was started with the release on trial.
        arrivals: Release name to where and when an update brought it.
        expires: Day on which the last update's signatures expire, as YYYY-MM-DD; empty before any update.
    """

    floor: RollbackGuard = field(default_factory=RollbackGuard)
    refused: tuple[str, ...] = ()
    trial: str = ""
    starts: int = 0
    arrivals: Mapping[str, Arrival] = field(default_factory=dict)
    expires: str = ""

    def with_arrival(self, name: str, version: int, arrival: Arrival) -> "StoreState":
        """Return the state after an update: the arrival is added and the guard set to its version."""
        return replace(
            self,
            floor=replace(self.floor, version=version),
            arrivals=dict(self.arrivals) | {name: arrival},
        )

    def is_expiring(self, today: date) -> bool:
        """Return whether the last update's signatures expire within `EXPIRY_WARNING_DAYS`."""
        return (
            bool(self.expires)
            and (date.fromisoformat(self.expires) - today).days <= EXPIRY_WARNING_DAYS
        )

    def with_arrivals_of(self, names: Collection[str]) -> "StoreState":
        """Return the state with the arrivals of these releases only."""
        kept = {name: each for name, each in self.arrivals.items() if name in names}
        return replace(self, arrivals=kept)


def read(root: Path) -> StoreState:
    """Return a store's state, or an empty one if there is no file.

    Raises:
        BundleDamagedError: When the file can't be read. An empty state would allow older updates.
    """
    path = root / FILE
    try:
        with path.open("rb") as file:
            data: Any = json.loads(file.read(_LIMIT_BYTES))
        state: StoreState = dataclass_json.from_json(StoreState, data, FILE)
    except FileNotFoundError:
        return StoreState()
    except (OSError, ValueError, RecursionError) as error:
        raise BundleDamagedError(
            f"{path}: can't be read ({' '.join(str(error).split())}); "
            "remove it only if you are sure that no older update can be installed"
        ) from error
    return state


def write(files: AtomicFiles, root: Path, state: StoreState) -> None:
    """Replace a store's state on the disk."""
    text = json.dumps(dataclass_json.to_json(state), indent=1, sort_keys=True) + "\n"
    write_atomically(files, root / FILE, text.encode())
