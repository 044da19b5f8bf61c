"""Whole systems with the kiosk on them. `make test-appliance` runs these; they need root, namespaces and half an hour.

Where a machine can (root, namespaces, /dev/fuse, loop devices) a skip is a failure: nobody shall think that something
ran that didn't.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from root_file_system import CACHE, REPOSITORY, System, fresh, layer

collect_ignore_glob = [] if os.environ.get("KIOSK_APPLIANCE") else ["test_*.py"]

# Whatever ends the service or the browser, a visitor waits no longer.
BACK_S = 30.0
_RECOVERY = "recovery"
OUT = REPOSITORY / "out/appliance"
_TOOLS = ("mmdebstrap", "systemd-nspawn", "nsenter", "mount")


def lacking() -> str:
    """Give what this machine lacks to hold whole systems; empty for nothing."""
    if os.geteuid() != 0:
        return "not root"
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    missing += [str(p) for p in (Path("/dev/fuse"), Path("/dev/loop-control")) if not p.exists()]
    missing += [] if "overlay" in Path("/proc/filesystems").read_text() else ["overlayfs"]
    return f"missing: {', '.join(missing)}" if missing else ""


LACKING = lacking()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip into a failure where nothing is lacking."""
    report = yield
    if report.skipped and not LACKING and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped on a machine that can run it: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _able() -> None:
    if LACKING:
        pytest.skip(f"this machine can't hold whole systems: {LACKING}")
    OUT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def layers() -> Iterator[Path]:
    """Where this run's layers lie; removed at the end. Not in /tmp, which may be a layer itself."""
    for left in CACHE.glob("run-*"):  # by a run that was killed
        if not Path(f"/proc/{left.name.removeprefix('run-')}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = CACHE / f"run-{os.getpid()}"
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def trixie(layers: Path) -> Iterator[System]:
    """A Debian 13 on which the kiosk was installed as the README says."""
    yield from _installed("trixie", layers)


@pytest.fixture(scope="session")
def bookworm(layers: Path) -> Iterator[System]:
    """A Debian 12 on which the kiosk was installed as the README says."""
    yield from _installed("bookworm", layers)


def _installed(suite: str, layers: Path) -> Iterator[System]:
    with layer(fresh(suite), layers / suite) as system:
        transcript = system.run("make", "-C", "/src", "install")
        (OUT / f"install-{suite}.txt").write_text(transcript, "utf-8")
        yield system


@pytest.fixture
def noted(record_property: Callable[[str, object], None]) -> Callable[[str, float], None]:
    """Notes how soon a kiosk was back after a fault, for the table at the end."""

    def note(fault: str, took_s: float) -> None:
        sys.stdout.write(f"APPLIANCE {fault}: back in {took_s:.1f} s\n")
        record_property(_RECOVERY, (fault, took_s))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of faults."""
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    properties = [pair for each in reports for pair in getattr(each, "user_properties", ())]
    rows = sorted({row for name, row in properties if name == _RECOVERY})
    if not rows:
        return
    terminalreporter.section(f"back by itself, wanted within {BACK_S:g} s")
    for fault, took_s in rows:
        word = "met   " if took_s <= BACK_S else "MISSED"
        terminalreporter.write_line(f"APPLIANCE {word} {took_s:6.1f} s  {fault}")


@pytest.fixture
def scratch(layers: Path, request: pytest.FixtureRequest) -> Path:
    """A folder for a test's own layers."""
    return layers / request.node.name.replace("[", "-").rstrip("]")
