"""Holds single threads of a running program still, as a driver or a disk would that never answers: by ptrace, as root.

Run within the system under test: `python held_threads.py SECONDS THREAD...`, by the numbers the kernel knows them by.
"""

import ctypes
import os
import sys
import time
from pathlib import Path

_SEIZE, _INTERRUPT = 0x4206, 0x4207  # linux/ptrace.h
_ALL = 0x40000000  # __WALL, linux/wait.h
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def hold(thread: int) -> None:
    """Hold a thread until this process ends, while it waits for something; raises `OSError` where the kernel refuses.

    One that works may hold the interpreter's own lock: that would be the whole program held.
    """
    while _state(thread) != "S":
        time.sleep(0)
    for request in (_SEIZE, _INTERRUPT):
        if _libc.ptrace(request, thread, None, None) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"thread {thread}: {os.strerror(number)}")


def _state(thread: int) -> str:
    """Give how a thread is, as proc_pid_stat(5) has it: `S` for one that sleeps."""
    return Path(f"/proc/{thread}/stat").read_text().rpartition(")")[2].split()[0]


def release_the_dead(threads: set[int]) -> None:
    """Take leave of threads that were killed meanwhile: their process doesn't end before."""
    for thread in list(threads):
        found, status = os.waitpid(thread, os.WNOHANG | _ALL)
        if found and not os.WIFSTOPPED(status):
            threads.discard(thread)


if __name__ == "__main__":
    held = {int(each) for each in sys.argv[2:]}
    until_s = time.monotonic() + float(sys.argv[1])
    for each in held:
        hold(each)
    sys.stdout.write("held\n")
    sys.stdout.flush()
    while held and time.monotonic() < until_s:
        time.sleep(0.1)
        release_the_dead(held)
