"""Whole Debian systems in folders: made from nothing by mmdebstrap, changed in layers, entered and booted by systemd-nspawn.

A fresh system is kept in the cache and never changed; whatever a test does to one lies in a layer above it.
"""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "printkiosk/appliance"
# As somebody finds it who puts Debian on a machine and has `make` and `sudo`.
FRESH = ("systemd-sysv", "udev", "dbus", "libpam-systemd", "ca-certificates", "make", "sudo")
_MIRROR = "http://deb.debian.org/debian"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_KEPT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*")


def fresh(suite: str) -> Path:
    """Give a fresh Debian of a suite; made once and kept."""
    folder = CACHE / f"fresh-{suite}-{'-'.join(FRESH[:2])}"
    if not folder.is_dir():
        beside = folder.with_name(f".{folder.name}.{os.getpid()}")
        _debootstrap(suite, beside, "--variant=minbase", f"--include={','.join(FRESH)}")
        beside.rename(folder)
    return folder


def extracted(suite: str, architecture: str, packages: Sequence[str]) -> Path:
    """Give packages of any architecture, unpacked and not set up: enough to run programs under emulation."""
    folder = CACHE / f"extracted-{suite}-{architecture}-{'-'.join(packages)[:80]}"
    if not folder.is_dir():
        beside = folder.with_name(f".{folder.name}.{os.getpid()}")
        wanted = (
            "--variant=extract",
            f"--architectures={architecture}",
            f"--include={','.join(packages)}",
        )
        _debootstrap(suite, beside, *wanted)
        for name in (
            "bin",
            "sbin",
            "lib",
            "lib64",
        ):  # packages ship into /usr; the links are set up later
            if not (beside / name).exists() and (beside / "usr" / name).exists():
                (beside / name).symlink_to(f"usr/{name}")
        beside.rename(folder)
    return folder


def _debootstrap(suite: str, folder: Path, *options: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    without = [f"--dpkgopt=path-exclude={pattern}" for pattern in _KEPT_OUT]
    lean = ['--aptopt=Acquire::Languages "none"', "--mode=root", "--format=directory", "--quiet"]
    run("mmdebstrap", *lean, *without, *options, suite, str(folder), _MIRROR)


def run(*command: str, timeout_s: float = 900.0, **more: object) -> str:
    """Run a program on this machine and give what it printed; a failure fails the test with its last words."""
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=timeout_s,
        stdin=subprocess.DEVNULL, check=False, **more,  # type: ignore[call-overload]
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}\n{said[-4000:]}"
    return str(done.stdout)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system whose changes lie in a layer of its own.

    Attributes:
        root: Where it can be seen.
        layers: What it is made of, the changed one first.
    """

    root: Path
    layers: tuple[Path, ...]

    def run(self, *command: str, options: Sequence[str] = (), timeout_s: float = 900.0) -> str:
        """Run a program in the system, which isn't booted, with this machine's network unless options say otherwise."""
        return run(
            *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--machine={machine_name(self.root)}"),
            *("--console=pipe", "--resolv-conf=copy-host", f"--directory={self.root}"),
            *(f"--bind-ro={path}" for path in ("/etc/hosts", str(_CERTIFICATES))),
            *(f"--setenv={k}={v}" for k, v in os.environ.items() if k.startswith("PIP_")),
            f"--bind-ro={REPOSITORY}:/src",
            f"--bind={_archives(self.layers[-1].name)}:/var/cache/apt/archives",
            *options,
            *command,
            timeout_s=timeout_s,
        )  # fmt: skip


def machine_name(root: Path) -> str:
    """Give a name that no other system has, short enough for a host's."""
    return f"kiosk-{hashlib.sha256(str(root).encode()).hexdigest()[:12]}"


def _archives(name: str) -> Path:
    """Give where downloaded packages are kept, so that a second run needn't download them again."""
    folder = CACHE / f"archives-{name}"
    (folder / "partial").mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def layer(below: System | Path, folder: Path) -> Iterator[System]:
    """Lay an empty layer over a system; gone from view, but kept in `folder`, at the end."""
    lower = below.layers if isinstance(below, System) else (below,)
    upper, work, root = (folder / name for name in ("upper", "work", "root"))
    for made in (upper, work, root):
        made.mkdir(parents=True, exist_ok=True)
    stacked = ":".join(str(path) for path in lower)
    options = f"lowerdir={stacked},upperdir={upper},workdir={work}"
    run("mount", "-t", "overlay", "overlay", "-o", options, str(root))
    try:
        yield System(root=root, layers=(upper, *lower))
    finally:
        run("umount", "--recursive", "--lazy", str(root))


class Booted:
    """A system with systemd as its first process and a network of its own: loopback alone."""

    def __init__(self, system: System, leader: int) -> None:
        self.system = system
        self._leader = leader

    def run(self, *command: str, timeout_s: float = 120.0) -> str:
        """Run a program within."""
        return run(*self._within(), *command, timeout_s=timeout_s)

    def bytes_of(self, *command: str) -> bytes:
        """Run a program within and give what it printed, as bytes."""
        done = subprocess.run(
            (*self._within(), *command), capture_output=True, timeout=60, check=True
        )
        return done.stdout

    def started(self, *command: str) -> "subprocess.Popen[str]":
        """Start a program within, and go on."""
        return subprocess.Popen((*self._within(), *command), stdout=subprocess.PIPE, text=True)

    def holds(self, process: int) -> bool:
        """Whether a process, by this machine's number, is one of this system's."""
        spaces = [Path(f"/proc/{number}/ns/pid") for number in (process, self._leader)]
        try:
            return spaces[0].readlink() == spaces[1].readlink()
        except OSError:  # has ended
            return False

    def show(self, unit: str, what: str) -> str:
        """Give one property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={what}", unit).strip()

    def journal(self, unit: str) -> str:
        """Give what a unit has logged."""
        return self.run("journalctl", "--no-pager", "--output=short-monotonic", f"--unit={unit}")

    def wait_for(self, what: Callable[[], bool], *, limit_s: float, told: str) -> float:
        """Wait until something holds; give how many seconds it took."""
        begun = time.monotonic()
        while not what():
            if time.monotonic() - begun > limit_s:
                pytest.fail(f"{told}: not within {limit_s} s")
            time.sleep(0.2)
        return time.monotonic() - begun

    def is_active(self, unit: str) -> bool:
        """Whether a unit runs and is ready."""
        return self.show(unit, "ActiveState") == "active"

    def _within(self) -> tuple[str, ...]:
        return ("nsenter", "-t", str(self._leader), "-m", "-u", "-i", "-n", "-p", "-C", "--")


@contextmanager
def boot(system: System, *options: str) -> Iterator[Booted]:
    """Boot a system with systemd as PID 1; powered off at the end."""
    log = system.root.parent / "console.log"
    with log.open("wb") as console:
        nspawn = subprocess.Popen(
            [
                *("systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit"),
                *("--private-network", "--console=read-only", f"--directory={system.root}"),
                f"--machine={machine_name(system.root)}",
                *options,
            ],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console,
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
        )  # fmt: skip
        try:
            booted = Booted(system, _leader(nspawn, log))
            is_up = ("systemctl", "is-system-running", "--wait")
            subprocess.run(
                (*booted._within(), *is_up), capture_output=True, timeout=180, check=False
            )
            yield booted
        finally:
            nspawn.terminate()  # which powers the system off
            try:
                nspawn.wait(60)
            except subprocess.TimeoutExpired:
                nspawn.kill()
                nspawn.wait(10)


def _leader(nspawn: "subprocess.Popen[bytes]", log: Path) -> int:
    """Give the number of the system's first process, once it is one that can be talked to."""
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    for _ in range(300):
        found = children.read_text().split() if nspawn.poll() is None else []
        if found:
            bus = Path(f"/proc/{found[0]}/root/run/systemd/private")
            if bus.exists():
                return int(found[0])
        time.sleep(0.1)
    pytest.fail(f"the system didn't boot:\n{log.read_text(errors='replace')[-4000:]}")
