"""Which programs have a file open: real programs, and files of the test."""

import subprocess
import sys

from device.cameras.v4l2.device_users import programs_using


def test_another_program_is_named_and_this_one_is_not(tmp_path) -> None:
    device = tmp_path / "video0"
    device.touch()
    with device.open() as mine:
        assert mine.readable() and programs_using(device) == ()
        holder = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[mine.fileno()]
        )
        found = programs_using(device)
        holder.communicate(b"\n")

    assert len(found) == 1 and found[0].endswith(f"(process {holder.pid})")
    assert programs_using(device) == ()


def test_a_process_that_may_not_be_looked_into_is_passed_over(tmp_path) -> None:
    """Other users' processes look like this, and those that have just ended."""
    device = tmp_path / "video0"
    (tmp_path / "proc/12").mkdir(parents=True)
    (tmp_path / "proc/34/fd").mkdir(parents=True)
    (tmp_path / "proc/34/fd/5").symlink_to(device)

    assert programs_using(device, proc=tmp_path / "proc") == ("a program (process 34)",)
