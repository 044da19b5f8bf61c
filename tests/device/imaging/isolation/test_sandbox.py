"""A restricted process can do nothing but compute and use what it has open."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from device.imaging.isolation import sandbox

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[4]
PROGRAM = """
import json, os, resource, socket, sys
from device.imaging.isolation import sandbox
path = sys.argv[1]
descriptor = os.open(path, os.O_RDWR)
sandbox.restrict(sandbox.ProcessLimits(memory_bytes=50_000_000, cpu_s=1))
found = {}
for attempt in json.loads(sys.argv[2]):
    try:
        found[attempt] = repr(eval(attempt))
    except (OSError, MemoryError) as error:
        found[attempt] = "refused"
print(json.dumps(found), flush=True)
while True:
    pass
"""
OPENING = (
    "open(path)",
    "os.listdir('/')",
    "socket.socket()",
    "socket.socket(socket.AF_UNIX)",
    "os.dup(descriptor)",
    "os.pipe()",
    "os.memfd_create('a')",
)
MOVING = ("os.remove(path)", "os.rename(path, path + 'x')", "os.mkdir(path + 'x')")
EXCESS = ("len(bytearray(80_000_000))", "os.write(descriptor, b'lost')")
SIGNAL = "os.kill(os.getppid(), 0)"
ALLOWED = {
    "os.read(descriptor, 4)": "b'kept'",
    "len(bytearray(9_000_000))": "9000000",
    "resource.getrlimit(resource.RLIMIT_CORE)": "(0, 0)",
}
VERSION = sandbox.landlock_version()
NO_LANDLOCK = "the kernel has no such Landlock, or a filter forbids it"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    """A restricted process that has tried everything, and then goes on for ever."""
    path = tmp_path_factory.mktemp("sandbox") / "a.txt"
    path.write_text("kept")
    attempts = json.dumps([*OPENING, *EXCESS, *MOVING, SIGNAL, *ALLOWED])
    program = [sys.executable, "-c", PROGRAM, str(path), attempts]
    return subprocess.run(program, capture_output=True, text=True, timeout=120, cwd=ROOT)


@pytest.fixture(scope="module")
def outcomes(done: "subprocess.CompletedProcess[str]") -> dict[str, str]:
    """What came of each attempt."""
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("attempt", [*OPENING, *EXCESS])
def test_it_can_open_nothing_and_exceed_nothing(outcomes: dict[str, str], attempt: str) -> None:
    assert outcomes[attempt] == "refused"


@pytest.mark.skipif(VERSION < 1, reason=NO_LANDLOCK)
@pytest.mark.parametrize("attempt", MOVING)
def test_it_can_move_no_file(outcomes: dict[str, str], attempt: str) -> None:
    assert outcomes[attempt] == "refused"


@pytest.mark.skipif(VERSION < 6, reason=NO_LANDLOCK)
def test_it_can_signal_no_other_process(outcomes: dict[str, str]) -> None:
    assert outcomes[SIGNAL] == "refused"


@pytest.mark.parametrize("attempt", ALLOWED)
def test_it_can_use_what_it_has(outcomes: dict[str, str], attempt: str) -> None:
    assert outcomes[attempt] == ALLOWED[attempt]


def test_it_is_killed_when_its_time_is_over(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode < 0
