"""Hardware health is read from sysfs; a value that sysfs lacks is unknown."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from device.staff.hardware_health import HardwareMonitor

NOW = datetime(2026, 11, 23)


@pytest.fixture
def sys(tmp_path: Path) -> Path:
    """The sysfs of a Pi with sufficient voltage."""
    root = tmp_path / "sys"
    put(root / "class/hwmon/hwmon0/name", "cpu_thermal\n")
    put(root / "class/hwmon/hwmon1/name", "rpi_volt\n")
    put(root / "class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    put(root / "class/thermal/thermal_zone0/type", "cpu-thermal\n")
    put(root / "class/thermal/thermal_zone0/temp", "58426\n")
    return root


def put(path: Path, text: str) -> None:
    """Write a sysfs file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_temperature_voltage_and_disk_are_read(sys: Path, tmp_path: Path) -> None:
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


def test_low_voltage_is_remembered_after_the_kernel_clears_its_alarm(
    sys: Path, tmp_path: Path
) -> None:
    monitor = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW)
    put(sys / "class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    monitor.sample()
    put(sys / "class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")

    assert monitor.health().had_under_voltage is True


def test_a_value_that_the_machine_does_not_report_is_none(tmp_path: Path) -> None:
    health = HardwareMonitor(tmp_path, sys=tmp_path / "none", now=lambda: NOW).health()

    assert health.temperature_c is None
    assert health.had_under_voltage is None
    assert health.disk_errors is None


@pytest.mark.parametrize("text", ["", "x", "\N{DEGREE SIGN}", "9" * 5000])
def test_an_unreadable_value_is_none(sys: Path, tmp_path: Path, text: str) -> None:
    put(sys / "class/thermal/thermal_zone0/temp", text)
    put(sys / "class/hwmon/hwmon1/in0_lcrit_alarm", text)

    health = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW).health()

    assert health.temperature_c is None
    assert health.had_under_voltage is None


@pytest.mark.parametrize(("year", "has"), [(1970, False), (2025, False), (2027, True)])
def test_a_time_before_this_software_existed_counts_as_no_clock(
    tmp_path: Path, year: int, has: bool
) -> None:
    health = HardwareMonitor(tmp_path, sys=tmp_path, now=lambda: datetime(year, 5, 1)).health()

    assert health.has_clock is has


@pytest.mark.parametrize("platform", ["soc/soc:firmware", "soc@107c000000/soc@107c000000:firmware"])
@pytest.mark.parametrize(
    ("flags", "is_low", "is_throttled"),
    [("0", False, False), ("50000", True, False), ("50005", True, True), ("0x80008", False, True)],
)
def test_low_voltage_and_throttling_are_read_from_a_pis_firmware(
    sys: Path, tmp_path: Path, platform: str, flags: str, is_low: bool, is_throttled: bool
) -> None:
    put(sys / "devices/platform" / platform / "get_throttled", f"{flags}\n")

    health = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW).health()

    assert health.had_under_voltage is is_low
    assert health.is_throttled is is_throttled
    assert health.is_strained is is_throttled


def test_a_hot_machine_stays_strained_until_it_has_cooled_by_five_degrees(
    sys: Path, tmp_path: Path
) -> None:
    monitor = HardwareMonitor(tmp_path, sys=sys, now=lambda: NOW)
    found = []
    for degrees in (74, 75, 72, 70, 69, 74):
        put(sys / "class/thermal/thermal_zone0/temp", f"{degrees}000\n")
        found.append(monitor.health().is_strained)

    assert found == [False, True, True, True, False, False]
