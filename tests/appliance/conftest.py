"""Whole systems with the kiosk installed.

`make test-appliance` runs these tests; they take half an hour. They need root, namespaces, /dev/fuse and loop
devices. On a machine that has all of them a skip is a failure, so that a skipped test isn't mistaken for a passed
one.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nspawn import CACHE, REPOSITORY, System, fresh, layer

collect_ignore_glob = [] if os.environ.get("KIOSK_APPLIANCE") else ["test_*.py"]

# The longest that a visitor waits after the service or the browser ends, for any reason.
RECOVERY_LIMIT_S = 30.0
_RECOVERY = "recovery"
OUT = REPOSITORY / "out/appliance"
_TOOLS = ("mmdebstrap", "systemd-nspawn", "nsenter", "mount")


def missing_requirements() -> str:
    """Return the requirements that this machine lacks; empty for none."""
    if os.geteuid() != 0:
        return "not root"
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    missing += [str(p) for p in (Path("/dev/fuse"), Path("/dev/loop-control")) if not p.exists()]
    missing += [] if "overlay" in Path("/proc/filesystems").read_text() else ["overlayfs"]
    return f"missing: {', '.join(missing)}" if missing else ""


MISSING = missing_requirements()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip into a failure on a machine that meets the requirements."""
    report = yield
    if report.skipped and not MISSING and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped on a machine that can run it: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _require_systems() -> None:
    if MISSING:
        pytest.skip(f"this machine can't run whole systems: {MISSING}")
    OUT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def layers() -> Iterator[Path]:
    """The folder of this run's layers, removed at the end.

    It isn't in /tmp, which may be a layer itself.
    """
    for old in CACHE.glob("run-*"):  # of a run that was killed
        if not Path(f"/proc/{old.name.removeprefix('run-')}").exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = CACHE / f"run-{os.getpid()}"
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def trixie(layers: Path) -> Iterator[System]:
    """A Debian 13 with the kiosk installed as in the README."""
    yield from _installed("trixie", layers)


@pytest.fixture(scope="session")
def bookworm(layers: Path) -> Iterator[System]:
    """A Debian 12 with the kiosk installed as in the README."""
    yield from _installed("bookworm", layers)


def _installed(suite: str, layers: Path) -> Iterator[System]:
    with layer(fresh(suite), layers / suite) as system:
        transcript = system.run("make", "-C", "/src", "install")
        (OUT / f"install-{suite}.txt").write_text(transcript, "utf-8")
        yield system


@pytest.fixture
def note_recovery(record_property: Callable[[str, object], None]) -> Callable[[str, float], None]:
    """A function that notes a recovery time after a fault, for the table at the end."""

    def note(fault: str, took_s: float) -> None:
        sys.stdout.write(f"APPLIANCE {fault}: recovered in {took_s:.1f} s\n")
        record_property(_RECOVERY, (fault, took_s))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of recovery times."""
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    properties = [pair for each in reports for pair in getattr(each, "user_properties", ())]
    rows = sorted({row for name, row in properties if name == _RECOVERY})
    if not rows:
        return
    terminalreporter.section(f"recovery without help, limit {RECOVERY_LIMIT_S:g} s")
    for fault, took_s in rows:
        word = "met   " if took_s <= RECOVERY_LIMIT_S else "MISSED"
        terminalreporter.write_line(f"APPLIANCE {word} {took_s:6.1f} s  {fault}")


@pytest.fixture
def scratch(layers: Path, request: pytest.FixtureRequest) -> Path:
    """A folder for a test's own layers."""
    return layers / request.node.name.replace("[", "-").rstrip("]")
