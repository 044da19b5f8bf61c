"""The machine's temperature, power, disk and clock, as Linux reports them.

A value that Linux doesn't report is `None`.
"""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# A Pi reduces its clock speed at 80 degrees. From HOT_C on the kiosk does less, and staff are warned.
HOT_C, COOL_C = 75.0, 70.0
# With less free space, an update may not fit.
LOW_DISK_BYTES = 500_000_000
# This software is younger than this date, so an earlier time is wrong. A Pi without a network starts with such a time.
_EARLIEST_TIME = datetime(2026, 1, 1)
# Bits by which a Pi's firmware reports that its supply voltage is or was too low, and that it is throttled now
# (https://www.raspberrypi.com/documentation/computers/os.html#vcgencmd, `get_throttled`).
_UNDER_VOLTAGE, _THROTTLED = 0x10001, 0x0000E


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareHealth:
    """One reading of the machine's temperature, power, disk and clock.

    Attributes:
        temperature_c: Temperature of the processor, in degrees Celsius.
        is_throttled: Whether the firmware has reduced the clock speed, for heat or low voltage.
        is_strained: Whether the kiosk should do less: throttled, or hot and not yet below `COOL_C`.
        had_under_voltage: Whether the supply voltage was too low at any time since the machine started.
        free_bytes, total_bytes: Size of the disk that holds the store.
        is_read_only: Whether that disk is mounted read-only.
        disk_errors: Errors that the file system has counted since it was created.
        has_clock: Whether the clock can be right.
    """

    temperature_c: float | None
    is_throttled: bool | None
    is_strained: bool
    had_under_voltage: bool | None
    free_bytes: int | None
    total_bytes: int | None
    is_read_only: bool
    disk_errors: int | None
    has_clock: bool


class HardwareMonitor:
    """Reads the machine's temperature, power, disk and clock. Thread-safe."""

    def __init__(
        self, disk: Path, *, sys: Path = Path("/sys"), now: Callable[[], datetime] = datetime.now
    ) -> None:
        """Set up the monitor; nothing is read yet.

        Args:
            disk: A folder on the monitored disk; it may not exist yet.
            sys: Where sysfs is mounted.
            now: Returns the local time.
        """
        self._disk = disk
        self._sys = sys
        self._now = now
        self._lock = threading.Lock()
        self._had_under_voltage: bool | None = None
        self._is_hot = False
        self._flags: int | None = None

    @property
    def is_strained(self) -> bool:
        """Whether the kiosk should do less, by the latest sample."""
        return self._is_hot or bool(self._is_throttled)

    def sample(self) -> None:
        """Read temperature and power.

        Call it every few seconds, because the kernel clears its under-voltage alarm soon.
        """
        alarm, flags, degrees = (
            self._under_voltage_alarm(),
            self._firmware_flags(),
            self._temperature(),
        )
        with self._lock:
            for is_low in (alarm, None if flags is None else bool(flags & _UNDER_VOLTAGE)):
                if is_low is not None:
                    self._had_under_voltage = bool(self._had_under_voltage) or is_low
            self._flags = flags
            if degrees is not None:
                self._is_hot = degrees >= (COOL_C if self._is_hot else HOT_C)

    def health(self) -> HardwareHealth:
        """Read all values and return the machine's health."""
        self.sample()
        free, total, is_read_only = self._disk_space()
        return HardwareHealth(
            temperature_c=self._temperature(),
            is_throttled=self._is_throttled,
            is_strained=self.is_strained,
            had_under_voltage=self._had_under_voltage,
            free_bytes=free,
            total_bytes=total,
            is_read_only=is_read_only,
            disk_errors=self._disk_errors(),
            has_clock=self._now() >= _EARLIEST_TIME,
        )

    @property
    def _is_throttled(self) -> bool | None:
        return None if self._flags is None else bool(self._flags & _THROTTLED)

    def _firmware_flags(self) -> int | None:
        """Return the flags of a Pi's firmware; their path depends on the kernel."""
        for pattern in ("soc*/soc*firmware", "soc*firmware"):
            for path in sorted(self._sys.glob(f"devices/platform/{pattern}/get_throttled")):
                return _number(path, base=16)
        return None

    def _under_voltage_alarm(self) -> bool | None:
        for name in sorted(self._sys.glob("class/hwmon/hwmon*/name")):
            if _text(name) == "rpi_volt":  # the kernel's driver raspberrypi-hwmon
                alarm = _number(name.with_name("in0_lcrit_alarm"))
                return None if alarm is None else alarm > 0
        return None

    def _temperature(self) -> float | None:
        for kind in sorted(self._sys.glob("class/thermal/thermal_zone*/type")):
            if _text(kind) in ("cpu-thermal", "x86_pkg_temp", "acpitz"):
                degrees = _number(kind.with_name("temp"))
                if degrees is not None:
                    return degrees / 1000
        return None

    def _disk_space(self) -> tuple[int | None, int | None, bool]:
        try:
            folder = _nearest_existing(self._disk)
            usage = shutil.disk_usage(folder)
            flags = os.statvfs(folder).f_flag
        except OSError:
            return None, None, False
        return usage.free, usage.total, bool(flags & os.ST_RDONLY)

    def _disk_errors(self) -> int | None:
        """Return the error count of the disk's file system, if it is ext4."""
        try:
            device = _nearest_existing(self._disk).stat().st_dev
            name = (self._sys / f"dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        except OSError:
            return None
        return _number(self._sys / "fs/ext4" / name / "errors_count")


def _nearest_existing(path: Path) -> Path:
    """Return the path, or its nearest ancestor that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _text(path: Path) -> str | None:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return None


def _number(path: Path, *, base: int = 10) -> int | None:
    text = _text(path)
    try:
        return None if text is None else int(text, base)
    except ValueError:
        return None
