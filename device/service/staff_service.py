"""The service for staff: preferences, statistics, hardware health and PIN."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from device.errors import PreferenceError, StoreError
from device.recognition.recogniser import Answer
from device.service.health import restart_count
from device.staff import preferences as preferences_file
from device.staff.disk_check import DiskCheck
from device.staff.hardware_health import LOW_DISK_BYTES, HardwareHealth, HardwareMonitor
from device.staff.pin_lockout import PinLockout
from device.staff.preferences import StaffPreferences
from device.staff.recent_log import RecentLog
from device.staff.statistics import HourCounts, Statistics
from device.staff.unmatched_log import UnmatchedLog
from device.staff.visit_tracker import VisitTracker
from device.store.atomic_files import AtomicFiles

_log = logging.getLogger(__name__)

# Pauses between looks at the hardware, and between writes of the statistics.
SAMPLE_S = 10.0
FLUSH_S = 3600.0
# Pause between disk checks, which write twenty kilobytes each.
DISK_CHECK_S = 6 * 3600.0


class Storage(Enum):
    """The disk's state, the worst first."""

    READ_ONLY = "read_only"
    REFUSES = "refuses"
    ERRORS = "errors"
    LITTLE = "little"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReport:
    """The health of the machine and its disk.

    Attributes:
        machine: The hardware's health.
        keeps: Whether the disk takes writes; if not, counts are lost when the service ends.
        starts: Number of service starts since the machine was booted; `None` where they aren't counted.
    """

    machine: HardwareHealth
    keeps: bool
    starts: int | None = None

    @property
    def storage(self) -> Storage:
        """The disk's state, in one word."""
        found = {
            Storage.READ_ONLY: self.machine.is_read_only,
            Storage.REFUSES: not self.keeps,
            Storage.ERRORS: bool(self.machine.disk_errors),
            Storage.LITTLE: (self.machine.free_bytes or LOW_DISK_BYTES) < LOW_DISK_BYTES,
        }
        return next((verdict for verdict, is_so in found.items() if is_so), Storage.GOOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffFolders:
    """Where the staff's service reads and writes.

    Attributes:
        staff: PIN, preferences, statistics and unmatched pictures; made when something is written.
        store: Where installed bundles live, to report on its disk; `None` to report on the staff's folder.
        run: A folder in memory, in which the service's starts are counted; `None` not to count them.
        sys: Where sysfs is mounted, from which the hardware's sensors are read.
    """

    staff: Path
    store: Path | None = None
    run: Path | None = None
    sys: Path = Path("/sys")


class StaffService:
    """The service for staff. Every method may be called from any thread.

    Attributes:
        pin_lockout: Checks the PIN, and locks after too many wrong ones.
        recent_log: The log's last lines.
        unmatched: The list of queries without a match.
    """

    def __init__(
        self,
        folders: StaffFolders,
        *,
        pause_s: float,
        log: RecentLog | None = None,
        files: AtomicFiles | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
        sample_s: float = SAMPLE_S,
    ) -> None:
        """Read the preferences, and start the thread that watches the hardware.

        Args:
            folders: Where to read and write.
            pause_s: Seconds without activity after which the next touch counts as another visit.
            log: Keeps the log's last lines.
            files: Writes to the disk.
            clock: Monotonic seconds.
            now: The local time.
            sample_s: Pause between looks at the hardware.
        """
        folder = folders.staff
        self.pin_lockout = PinLockout(folder, clock)
        self.recent_log = log or RecentLog()
        self._folder = folder
        self._files = files or AtomicFiles()
        self._clock, self._now = clock, now
        self._hardware = HardwareMonitor(folders.store or folder, sys=folders.sys, now=now)
        self._statistics = Statistics(folder, now=now, files=self._files)
        self.unmatched = UnmatchedLog(folder, now=now, files=self._files)
        self._visits = VisitTracker(pause_s, clock)
        self._noting = threading.Lock()
        self._preferences = self._read_preferences()
        self._disk_check = DiskCheck(folder, self._files)
        self._starts = None if folders.run is None else restart_count.count(folders.run)
        self._refused: set[str] = set()
        self._flushed_s = clock()
        self._tried_s = float("-inf")
        self._closing = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(sample_s,), name="staff", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Write the counts, and stop."""
        self._closing.set()
        self._thread.join()
        self.flush()

    def note_visitor(self, language: str) -> None:
        """Count a visitor who does something at the stand, with the language of the page."""
        with self._noting:
            for what in self._visits.note(language):
                self._statistics.count(what)

    def note_answer(self, answer: Answer, *, is_upload: bool = False) -> None:
        """Count an answer that a visitor was given."""
        self._statistics.count(answer.verdict.value)
        if is_upload:
            self._statistics.count("uploads")
        if self._preferences.keeps_unmatched:
            self.unmatched.add_if_unmatched(answer)

    @property
    def preferences(self) -> StaffPreferences:
        """The staff's preferences."""
        return self._preferences

    def save_preferences(self, preferences: StaffPreferences) -> None:
        """Write the staff's preferences; they apply at once.

        Raises:
            StoreError: When they can't be written; then nothing changes.
        """
        preferences_file.write(self._folder, preferences, self._files)
        self._preferences = preferences

    @property
    def is_strained(self) -> bool:
        """Whether the machine is too hot or throttled, so that the kiosk must reduce its load."""
        return self._hardware.is_strained

    @property
    def is_open(self) -> bool:
        """Whether the museum is open now, by the opening hours that staff have set."""
        return self._preferences.opening.is_open(self._now())

    def report(self) -> StaffReport:
        """Return the health of the machine, and whether the disk takes writes."""
        return StaffReport(
            machine=self._hardware.health(), keeps=not self._refused, starts=self._starts
        )

    def statistics(self) -> tuple[HourCounts, ...]:
        """Return the counts of each hour, oldest first."""
        return self._statistics.hourly_counts()

    def flush(self) -> None:
        """Write the counts now; after a failure they are kept for the next time."""
        self._flushed_s = self._clock()
        self._write("statistics stay in memory", self._statistics.flush, self.unmatched.flush)

    def _write(self, refused: str, *steps: Callable[[], None]) -> None:
        """Run the steps; log a disk that refuses them once, with the message `refused`."""
        try:
            for step in steps:
                step()
            self._refused.discard(refused)
        except StoreError as error:
            if refused not in self._refused:
                _log.warning("%s: %s", refused, error)
            self._refused.add(refused)

    def _run(self, sample_s: float) -> None:
        while not self._closing.wait(sample_s):
            self._hardware.sample()
            if self._clock() - self._flushed_s >= FLUSH_S:
                self.flush()
            if self._clock() - self._tried_s >= DISK_CHECK_S:
                self._tried_s = self._clock()
                self._write("the disk check failed", self._disk_check.check)

    def _read_preferences(self) -> StaffPreferences:
        try:
            return preferences_file.read(self._folder)
        except PreferenceError as error:
            _log.warning("%s", error)
            return StaffPreferences()
