"""A service given little memory or little of the processor while it runs, by the kernel's own control groups.

On a machine whose groups are of version 1 the process is put into one of ours, from outside; on one of version 2 systemd is asked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from root_file_system import Booted

_GROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 1_000_000


@contextmanager
def little_memory(booted: Booted, unit: str, size_bytes: int) -> Iterator[None]:
    """Let a running service take no more than so many bytes anew; what needs more is ended by the kernel."""
    if not (_GROUPS / "memory").is_dir():
        with _set(booted, unit, f"MemoryMax={size_bytes}", "MemoryMax=512M"):
            yield
        return
    with _group("memory", {"memory.limit_in_bytes": size_bytes}, process_of(booted, unit)):
        yield


@contextmanager
def little_processor(booted: Booted, unit: str, share: float) -> Iterator[None]:
    """Let a running service have such a share of one core."""
    if not (_GROUPS / "cpu").is_dir():
        with _set(booted, unit, f"CPUQuota={share:.1%}", "CPUQuota="):
            yield
        return
    limits = {"cpu.cfs_period_us": _PERIOD_US, "cpu.cfs_quota_us": round(share * _PERIOD_US)}
    with _group("cpu", limits, process_of(booted, unit)):
        yield


def process_of(booted: Booted, unit: str) -> int:
    """Give the number by which this machine knows a service's main process."""
    inside = booted.show(unit, "MainPID")
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = status.read_text().splitlines()
        except OSError:  # has ended
            continue
        numbers = next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])
        if len(numbers) > 1 and numbers[-1] == inside and booted.holds(int(numbers[0])):
            return int(numbers[0])
    raise AssertionError(f"{unit}: process {inside} can't be found from outside")


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
def _set(booted: Booted, unit: str, wanted: str, usual: str) -> Iterator[None]:
    booted.run("systemctl", "set-property", "--runtime", unit, wanted)
    try:
        yield
    finally:
        booted.run("systemctl", "set-property", "--runtime", unit, usual)
