"""How far a sync has come, and what it came to: for whoever tells of it, without what it takes to do one."""

from dataclasses import dataclass
from enum import Enum


class SyncResult(Enum):
    """What a sync came to."""

    INSTALLED = "installed"
    UP_TO_DATE = "up to date"
    NOTHING_PUBLISHED = "nothing published"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchProgress:
    """How far an update has come, in bytes of what has to be fetched."""

    version: int
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOutcome:
    """What a sync did.

    Attributes:
        version: Of the bundle that answers from now on; 0 when none was ever published.
        fetched_bytes: Of files that were not here before, less what pieces of others could spare.
        total_bytes: Of all files of the bundle.
        notices: Serial of the notices that hold from now on.
    """

    result: SyncResult
    version: int
    fetched_bytes: int = 0
    total_bytes: int = 0
    notices: int = 0
