"""The machine's health, from a kernel's files as a Pi shows them, and where it shows none of them."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from device.staff.hardware_health import HardwareMonitor

NOW = datetime(2026, 11, 23)


@pytest.fixture
def sys(tmp_path: Path) -> Path:
    """The files of a Pi whose power is well."""
    root = tmp_path / "sys"
    put(root / "class/hwmon/hwmon0/name", "cpu_thermal\n")
    put(root / "class/hwmon/hwmon1/name", "rpi_volt\n")
    put(root / "class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    put(root / "class/thermal/thermal_zone0/type", "cpu-thermal\n")
    put(root / "class/thermal/thermal_zone0/temp", "58426\n")
    return root


def put(path: Path, text: str) -> None:
    """Write one of the kernel's files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_temperature_storage_and_power_are_told(sys: Path, tmp_path: Path) -> None:
    device = tmp_path.stat().st_dev
    name = f"{os.major(device)}:{os.minor(device)}"
    put(sys / f"devices/mmcblk0p2/{name}", "")
    (sys / "dev/block").mkdir(parents=True)
    (sys / f"dev/block/{name}").symlink_to("../../devices/mmcblk0p2")
    put(sys / "fs/ext4/mmcblk0p2/errors_count", "3\n")

    health = HardwareMonitor(tmp_path / "not/there/yet", sys=sys, now=lambda: NOW).health()

    assert health.temperature_c == 58.426
    assert health.had_under_voltage is False
    assert health.disk_errors == 3
    assert health.free_bytes and health.total_bytes and health.free_bytes <= health.total_bytes
    assert not health.is_read_only
    assert health.has_clock


def test_weak_power_is_remembered_when_the_kernel_has_forgotten_it(
    sys: Path, tmp_path: Path
) -> None:
    machine = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW)
    put(sys / "class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    machine.look()
    put(sys / "class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")

    assert machine.health().had_under_voltage is True


def test_what_a_machine_does_not_tell_is_none(tmp_path: Path) -> None:
    health = HardwareMonitor(tmp_path, sys=tmp_path / "none", now=lambda: NOW).health()

    assert health.temperature_c is None
    assert health.had_under_voltage is None
    assert health.disk_errors is None


@pytest.mark.parametrize("text", ["", "x", "\N{DEGREE SIGN}", "9" * 5000])
def test_nonsense_from_the_kernel_is_as_nothing(sys: Path, tmp_path: Path, text: str) -> None:
    put(sys / "class/thermal/thermal_zone0/temp", text)
    put(sys / "class/hwmon/hwmon1/in0_lcrit_alarm", text)

    health = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW).health()

    assert health.temperature_c is None
    assert health.had_under_voltage is None


@pytest.mark.parametrize(("year", "has"), [(1970, False), (2025, False), (2027, True)])
def test_a_clock_from_before_this_software_is_no_clock(
    tmp_path: Path, year: int, has: bool
) -> None:
    health = HardwareMonitor(tmp_path, sys=tmp_path, now=lambda: datetime(year, 5, 1)).health()

    assert health.has_clock is has


@pytest.mark.parametrize("place", ["soc/soc:firmware", "soc@107c000000/soc@107c000000:firmware"])
@pytest.mark.parametrize(
    ("flags", "weak", "throttled"),
    [("0", False, False), ("50000", True, False), ("50005", True, True), ("0x80008", False, True)],
)
def test_a_pis_firmware_tells_of_weak_power_and_of_slowing_down(
    sys: Path, tmp_path: Path, place: str, flags: str, weak: bool, throttled: bool
) -> None:
    put(sys / "devices/platform" / place / "get_throttled", f"{flags}\n")

    health = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW).health()

    assert health.had_under_voltage is weak
    assert health.is_throttled is throttled
    assert health.is_strained is throttled


def test_a_machine_that_is_too_hot_is_strained_until_it_is_cooler_by_some_degrees(
    sys: Path, tmp_path: Path
) -> None:
    machine = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW)
    found = []
    for degrees in (74, 75, 72, 70, 69, 74):
        put(sys / "class/thermal/thermal_zone0/temp", f"{degrees}000\n")
        found.append(machine.health().is_strained)

    assert found == [False, True, True, True, False, False]
