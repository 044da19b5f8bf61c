"""A worker ends when its parent is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PARENT = """
import multiprocessing, time
from converter.build.exit_with_parent import exit_with_parent

def work():
    exit_with_parent()
    time.sleep(600)

if __name__ == "__main__":
    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    print(worker.pid, flush=True)
    worker.join()
"""


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_worker_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_running(worker)

        parent.send_signal(signal.SIGKILL)

    deadline_s = time.monotonic() + 60
    while is_running(worker) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    ended = not is_running(worker)
    if not ended:
        os.kill(worker, signal.SIGKILL)
    assert ended


def test_a_process_without_parent_goes_on() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from converter.build.exit_with_parent import exit_with_parent; exit_with_parent(); print('on')",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert done.stdout == "on\n"
