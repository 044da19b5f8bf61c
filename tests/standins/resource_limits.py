"""Limits on a running service's memory or processor time, by control groups.

With control groups of version 1 the process moves into a group of the test's own. With version 2 systemd sets the
limit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nspawn import Booted

_GROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 1_000_000


@contextmanager
def limited_memory(booted: Booted, unit: str, size_bytes: int) -> Iterator[None]:
    """Limit a running service's further memory; the kernel kills it above the limit."""
    if not (_GROUPS / "memory").is_dir():
        with _property(booted, unit, f"MemoryMax={size_bytes}", "MemoryMax=512M"):
            yield
        return
    with _group("memory", {"memory.limit_in_bytes": size_bytes}, process_of(booted, unit)):
        yield


@contextmanager
def limited_processor(booted: Booted, unit: str, share: float) -> Iterator[None]:
    """Limit a running service to a share of one core."""
    if not (_GROUPS / "cpu").is_dir():
        with _property(booted, unit, f"CPUQuota={share:.1%}", "CPUQuota="):
            yield
        return
    limits = {"cpu.cfs_period_us": _PERIOD_US, "cpu.cfs_quota_us": round(share * _PERIOD_US)}
    with _group("cpu", limits, process_of(booted, unit)):
        yield


def process_of(booted: Booted, unit: str) -> int:
    """Return the number of a service's main process on this machine."""
    inside = booted.show(unit, "MainPID")
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text().splitlines()
        except OSError:  # the process has ended
            continue
        numbers = next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
        if len(numbers) > 1 and numbers[-1] == inside and booted.holds(int(numbers[0])):
            return int(numbers[0])
    raise AssertionError(f"{unit}: process {inside} not found on this machine")


@contextmanager
def _group(kind: str, limits: dict[str, int], process: int) -> Iterator[None]:
    group = _GROUPS / kind / f"kiosk-test-{process}"
    group.mkdir()
    try:
        for name, value in limits.items():
            (group / name).write_text(str(value))
        (group / "cgroup.procs").write_text(str(process))
        yield
    finally:
        for left in (group / "cgroup.procs").read_text().split():
            (_GROUPS / kind / "cgroup.procs").write_text(left)
        group.rmdir()


@contextmanager
def _property(booted: Booted, unit: str, limit: str, usual: str) -> Iterator[None]:
    booted.run("systemctl", "set-property", "--runtime", unit, limit)
    try:
        yield
    finally:
        booted.run("systemctl", "set-property", "--runtime", unit, usual)
