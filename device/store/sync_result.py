"""The progress and the result of a sync, for code that only reports them."""

from dataclasses import dataclass
from enum import Enum


class SyncResult(Enum):
    """The kinds of success of a sync."""

    INSTALLED = "installed"
    UP_TO_DATE = "up to date"
    NOTHING_PUBLISHED = "nothing published"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchProgress:
    """The progress of one update: bytes of missing files fetched so far, and of all of them."""

    version: int
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOutcome:
    """The result of a sync.

    Attributes:
        version: Version of the bundle that is now current; 0 when none was ever published.
        fetched_bytes: Bytes downloaded: the new files, less the chunks taken from files already on the disk.
        total_bytes: Bytes of all files of the bundle.
        notices: Serial of the notices that apply now.
    """

    result: SyncResult
    version: int
    fetched_bytes: int = 0
    total_bytes: int = 0
    notices: int = 0
