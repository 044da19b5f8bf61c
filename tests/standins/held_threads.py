"""Holds single threads of a running program still, as a driver or a disk would that never answers: by ptrace, as root.

Run within the system under test: `python held_threads.py SECONDS THREAD...`, by the numbers the kernel knows them by.
"""

import ctypes
import os
import sys
import time
from pathlib import Path

_SEIZE, _INTERRUPT, _DETACH = 0x4206, 0x4207, 17  # linux/ptrace.h
_ALL = 0x40000000  # __WALL, linux/wait.h
_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def hold(thread: int) -> None:
    """Hold a thread until this process ends, while it waits in the kernel; raises `OSError` where that refuses.

    One that works may hold the interpreter's own lock: that would be the whole program held.
    """
    while True:
        _trace(_SEIZE, thread)
        _trace(_INTERRUPT, thread)
        os.waitpid(thread, _ALL)
        # proc_pid_syscall(5): the call it waits in; -1 outside of any.
        if not Path(f"/proc/{thread}/syscall").read_text().startswith(("-1", "running")):
            return
        _trace(_DETACH, thread)
        time.sleep(0.01)


def _trace(request: int, thread: int) -> None:
    if _libc.ptrace(request, thread, None, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"thread {thread}: {os.strerror(number)}")


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
