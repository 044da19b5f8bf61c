"""A real ext4 on a logged disk, mounted again as a power cut at any moment left it.

Writes before the last flush are certain. Of later writes, each block of 4096 bytes has reached the medium or has not, at
random.
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import logged_disk
from logged_disk import FLUSH, Event, Write

BLOCK = 4096
DISK_BYTES = 160 << 20
_TOOLS = ("mkfs.ext4", "losetup", "mount", "umount")


def missing() -> str:
    """Return what this machine lacks for these tests; empty when it lacks nothing."""
    if os.geteuid() != 0:
        return "not root"
    lacking = [tool for tool in _TOOLS if not shutil.which(tool)]
    lacking += [name for name in ("/dev/fuse", "/dev/loop-control") if not Path(name).exists()]
    if lacking:
        return f"no {', '.join(lacking)}"
    # A container may have the files without the right to use them.
    tried = subprocess.run(["losetup", "-f"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "no loop device is free"


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise OSError(f"{command}: {done.stderr.strip()}")
    return done.stdout.strip()


@dataclass(frozen=True, slots=True)
class PowerDisk:
    """The files of a disk in use.

    Attributes:
        mounted: The mount point of its file system.
        blank: The disk's content before its use.
        log: The log of what has reached it since.
    """

    mounted: Path
    blank: Path
    log: Path

    def now(self) -> int:
        """Return the present moment as a length of the log, which earlier writes lie below."""
        return self.log.stat().st_size


@contextmanager
def running(folder: Path) -> Iterator[PowerDisk]:
    """Yield a fresh disk with its file system mounted."""
    blank, file, log, mounted = (folder / name for name in ("blank", "disk", "log", "mounted"))
    mounted.mkdir(parents=True)
    with blank.open("wb") as made:
        made.truncate(DISK_BYTES)
    lazy = "lazy_itable_init=0,lazy_journal_init=0,nodiscard"
    _run("mkfs.ext4", "-q", "-b", str(BLOCK), "-J", "size=4", "-E", lazy, blank)
    _run("cp", "--sparse=always", blank, file)
    command = [sys.executable, logged_disk.__file__, str(file), str(log)]
    with ExitStack() as at_end:
        disk = at_end.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
        at_end.callback(disk.terminate)
        assert disk.stdout is not None and disk.stdout.readline() == b"mounted\n"
        at_end.callback(_run, "umount", file)
        loop = _run("losetup", "-f", "--show", file)
        at_end.callback(_run, "losetup", "-d", loop)
        _run("mount", "-t", "ext4", "-o", "commit=1", loop, mounted)
        at_end.callback(_run, "umount", mounted)
        yield PowerDisk(mounted=mounted, blank=blank, log=log)


@dataclass(frozen=True, slots=True)
class Cut:
    """One moment of a power cut.

    Attributes:
        moment: The length of the log at the cut.
        mounted: The mount point of the file system as the cut left it.
    """

    moment: int
    mounted: Path


def cuts(disk: PowerDisk, points: int, seed: int) -> Iterator[Cut]:
    """Cut a disk's power at random moments of its log, and yield the file system after each.

    Changes to the file system between two cuts are lost at the next.
    """
    rng = random.Random(seed)
    log = list(logged_disk.events(disk.log))
    chosen = sorted(rng.choices(range(1, len(log) + 1), k=points))
    certain, mounted = (disk.blank.with_name(name) for name in ("certain", "found"))
    mounted.mkdir()
    _run("cp", "--sparse=always", disk.blank, certain)
    pending: list[Write] = []
    done = 0
    for number, point in enumerate(chosen):
        pending = _settle(certain, pending, [event for _, event in log[done:point]])
        done = point
        # A name of its own, because the kernel releases loop devices late.
        work = disk.blank.with_name(f"cut-{number}")
        _run("cp", "--sparse=always", certain, work)
        _write(work, [block for write in pending for block in _surviving(write, rng)])
        _run("mount", "-t", "ext4", "-o", "loop", work, mounted)
        try:
            yield Cut(moment=log[point - 1][0], mounted=mounted)
        finally:
            _run("umount", mounted)
            work.unlink()


def _settle(certain: Path, pending: list[Write], events: Sequence[Event]) -> list[Write]:
    """Write to the medium what a flush has made certain; return what is still uncertain."""
    for event in events:
        if event is FLUSH:
            _write(certain, pending)
            pending = []
        else:
            pending = [*pending, event]
    return pending


def _surviving(write: Write, rng: random.Random) -> Iterator[Write]:
    """Yield the blocks of a write that reach the medium."""
    for begin in range(0, len(write.data), BLOCK):
        if rng.random() < 0.5:
            yield Write(write.offset + begin, write.data[begin : begin + BLOCK])


def _write(path: Path, writes: Sequence[Write]) -> None:
    with path.open("r+b") as file:
        for write in writes:
            file.seek(write.offset)
            file.write(write.data)
