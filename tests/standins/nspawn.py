"""Whole Debian systems in folders, built by mmdebstrap and booted by systemd-nspawn.

A fresh system is kept in the cache and never changed. A test's changes are in a layer above it.
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
# The packages of a newly installed Debian, with `make` and `sudo`.
FRESH = ("systemd-sysv", "udev", "dbus", "libpam-systemd", "ca-certificates", "make", "sudo")
_MIRROR = "http://deb.debian.org/debian"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_EXCLUDED = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*")


def fresh(suite: str) -> Path:
    """Return the folder of a fresh Debian of a suite, built once and kept."""
    folder = CACHE / f"fresh-{suite}-{'-'.join(FRESH[:2])}"
    if not folder.is_dir():
        temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
        _build(suite, temporary, "--variant=minbase", f"--include={','.join(FRESH)}")
        temporary.rename(folder)
    return folder


def unpacked(suite: str, architecture: str, packages: Sequence[str]) -> Path:
    """Return a folder of unpacked packages of any architecture.

    They are not configured, which is enough to run programs under emulation.
    """
    folder = CACHE / f"extracted-{suite}-{architecture}-{'-'.join(packages)[:80]}"
    if not folder.is_dir():
        temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
        wanted = (
            "--variant=extract",
            f"--architectures={architecture}",
            f"--include={','.join(packages)}",
        )
        _build(suite, temporary, *wanted)
        for name in (
            "bin",
            "sbin",
            "lib",
            "lib64",
        ):  # packages unpack into /usr; configuration would create these links
            if not (temporary / name).exists() and (temporary / "usr" / name).exists():
                (temporary / name).symlink_to(f"usr/{name}")
        temporary.rename(folder)
    return folder


def _build(suite: str, folder: Path, *options: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    excluded = [f"--dpkgopt=path-exclude={pattern}" for pattern in _EXCLUDED]
    options_for_all = [
        '--aptopt=Acquire::Languages "none"',
        "--mode=root",
        "--format=directory",
        "--quiet",
    ]
    run("mmdebstrap", *options_for_all, *excluded, *options, suite, str(folder), _MIRROR)


def run(*command: str, timeout_s: float = 900.0, **more: object) -> str:
    """Run a program on this machine and return its standard output.

    If it fails, the test fails with its last lines of output.
    """
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=timeout_s,
        stdin=subprocess.DEVNULL, check=False, **more,  # type: ignore[call-overload]
    )  # fmt: skip
    output = done.stdout + done.stderr
    assert (
        done.returncode == 0
    ), f"{' '.join(command)}: exit code {done.returncode}\n{output[-4000:]}"
    return str(done.stdout)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system whose changes are in a layer of its own.

    Attributes:
        root: The folder of the whole system.
        layers: The layers of the system, topmost first.
    """

    root: Path
    layers: tuple[Path, ...]

    def run(self, *command: str, options: Sequence[str] = (), timeout_s: float = 900.0) -> str:
        """Run a program in the system without booting it.

        It uses this machine's network unless `options` for systemd-nspawn say otherwise.
        """
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
    """Return a unique name for a system, short enough for a host name."""
    return f"kiosk-{hashlib.sha256(str(root).encode()).hexdigest()[:12]}"


def _archives(name: str) -> Path:
    """Return the cache folder of downloaded packages, which later runs use again."""
    folder = CACHE / f"archives-{name}"
    (folder / "partial").mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def layer(below: System | Path, folder: Path) -> Iterator[System]:
    """Yield a system with an empty layer on top; `folder` keeps its changes."""
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
    """A system with systemd as its first process, and loopback as its only network."""

    def __init__(self, system: System, leader: int) -> None:
        self.system = system
        self._leader = leader

    def run(self, *command: str, timeout_s: float = 120.0) -> str:
        """Run a program in the system and return its standard output."""
        return run(*self._enter(), *command, timeout_s=timeout_s)

    def bytes_of(self, *command: str) -> bytes:
        """Run a program in the system and return its standard output as bytes."""
        done = subprocess.run(
            (*self._enter(), *command), capture_output=True, timeout=60, check=True
        )
        return done.stdout

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start a program in the system without waiting for its end."""
        return subprocess.Popen((*self._enter(), *command), stdout=subprocess.PIPE, text=True)

    def holds(self, process: int) -> bool:
        """Return whether a process, by its number on this machine, is one of this system's."""
        namespaces = [Path(f"/proc/{number}/ns/pid") for number in (process, self._leader)]
        try:
            return namespaces[0].readlink() == namespaces[1].readlink()
        except OSError:  # has ended
            return False

    def show(self, unit: str, name: str) -> str:
        """Return one property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def journal(self, unit: str) -> str:
        """Return the log of a unit."""
        return self.run("journalctl", "--no-pager", "--output=short-monotonic", f"--unit={unit}")

    def wait_for(self, holds: Callable[[], bool], *, limit_s: float, expected: str) -> float:
        """Wait for a condition and return the seconds that it took; fail after the limit."""
        started_s = time.monotonic()
        while not holds():
            if time.monotonic() - started_s > limit_s:
                pytest.fail(f"{expected}: not within {limit_s} s")
            time.sleep(0.2)
        return time.monotonic() - started_s

    def is_active(self, unit: str) -> bool:
        """Return whether a unit runs and is ready."""
        return self.show(unit, "ActiveState") == "active"

    def _enter(self) -> tuple[str, ...]:
        return ("nsenter", "-t", str(self._leader), "-m", "-u", "-i", "-n", "-p", "-C", "--")


@contextmanager
def boot(system: System, *options: str) -> Iterator[Booted]:
    """Boot a system with systemd as process 1; power it off afterwards."""
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
            wait_until_up = ("systemctl", "is-system-running", "--wait")
            subprocess.run(
                (*booted._enter(), *wait_until_up), capture_output=True, timeout=180, check=False
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
    """Return the number of the system's first process, once systemd accepts connections."""
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    for _ in range(300):
        found = children.read_text().split() if nspawn.poll() is None else []
        if found:
            bus = Path(f"/proc/{found[0]}/root/run/systemd/private")
            if bus.exists():
                return int(found[0])
        time.sleep(0.1)
    pytest.fail(f"the system didn't boot:\n{log.read_text(errors='replace')[-4000:]}")
