"""How the machine is: heat, power, storage, clock. Read from what Linux tells; what it doesn't tell is `None`."""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# A Pi slows itself down at 80 degrees; from here on the kiosk does less, and somebody should look.
HOT_C, COOL_C = 75.0, 70.0
# Below this an update may find no room.
LITTLE_BYTES = 500_000_000
# Before this software was written no clock is right; a Pi without a network begins at some such time.
_NO_CLOCK_BEFORE = datetime(2026, 1, 1)
# A Pi's firmware tells by these bits that its power is or was too weak, and that it slows itself down now
# (https://www.raspberrypi.com/documentation/computers/os.html#vcgencmd, `get_throttled`).
_WEAK, _THROTTLED = 0x10001, 0x0000E


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareHealth:
    """How the machine is.

    Attributes:
        temperature_c: Of the processor.
        is_throttled: Whether the machine slows itself down now, for heat or weak power.
        is_strained: Whether the kiosk is to do less for now: too hot, until it is cooler by some degrees, or throttled.
        had_under_voltage: Whether the power was too weak at any time since the machine started.
        free_bytes, total_bytes: Of the disk that the store is on.
        is_read_only: Whether that disk takes nothing any more.
        disk_errors: What the file system has counted since it was made.
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
    """Looks at the machine. For any thread."""

    def __init__(
        self, disk: Path, *, sys: Path = Path("/sys"), now: Callable[[], datetime] = datetime.now
    ) -> None:
        """Begin.

        Args:
            disk: A folder on the disk that is looked at; it need not be there yet.
            sys: Where the kernel shows itself.
            now: The local time.
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
        """Whether the kiosk is to do less for now, as it was last looked at."""
        return self._is_hot or bool(self._is_throttled)

    def look(self) -> None:
        """Look at heat and power: the kernel forgets weak power after seconds, so it is asked often."""
        alarm, flags, degrees = self._alarm(), self._firmware(), self._temperature()
        with self._lock:
            for weak in (alarm, None if flags is None else bool(flags & _WEAK)):
                if weak is not None:
                    self._had_under_voltage = bool(self._had_under_voltage) or weak
            self._flags = flags
            if degrees is not None:
                self._is_hot = degrees >= (COOL_C if self._is_hot else HOT_C)

    def health(self) -> HardwareHealth:
        """Give how the machine is now."""
        self.look()
        free, whole, is_read_only = self._room()
        return HardwareHealth(
            temperature_c=self._temperature(),
            is_throttled=self._is_throttled,
            is_strained=self.is_strained,
            had_under_voltage=self._had_under_voltage,
            free_bytes=free,
            total_bytes=whole,
            is_read_only=is_read_only,
            disk_errors=self._disk_errors(),
            has_clock=self._now() >= _NO_CLOCK_BEFORE,
        )

    @property
    def _is_throttled(self) -> bool | None:
        return None if self._flags is None else bool(self._flags & _THROTTLED)

    def _firmware(self) -> int | None:
        """Give the flags of a Pi's firmware, in whichever of its places this kernel has them."""
        for place in ("soc*/soc*firmware", "soc*firmware"):
            for path in sorted(self._sys.glob(f"devices/platform/{place}/get_throttled")):
                return _number(path, base=16)
        return None

    def _alarm(self) -> bool | None:
        for name in sorted(self._sys.glob("class/hwmon/hwmon*/name")):
            if (
                _text(name) == "rpi_volt"
            ):  # the Pi's firmware, told by the kernel's raspberrypi-hwmon
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

    def _room(self) -> tuple[int | None, int | None, bool]:
        try:
            place = _there(self._disk)
            usage = shutil.disk_usage(place)
            flags = os.statvfs(place).f_flag
        except OSError:
            return None, None, False
        return usage.free, usage.total, bool(flags & os.ST_RDONLY)

    def _disk_errors(self) -> int | None:
        """Give the errors of the file system the disk has, as ext4 counts them."""
        try:
            device = _there(self._disk).stat().st_dev
            name = (self._sys / f"dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        except OSError:
            return None
        return _number(self._sys / "fs/ext4" / name / "errors_count")


def _there(path: Path) -> Path:
    """Give the path, or what is above it, as far as it is there."""
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
