"""Freezes threads of a running program, like a driver or disk that never responds.

It uses ptrace. Run it as root in the system under test: `python frozen_threads.py SECONDS THREAD...`, with the
kernel's thread numbers.
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


def freeze(thread: int) -> None:
    """Freeze a thread until this process ends, at a moment when it waits in the kernel.

    A thread that runs Python code may hold the interpreter's lock, and would freeze the whole program.

    Raises:
        OSError: When the kernel refuses.
    """
    while True:
        _trace(_SEIZE, thread)
        _trace(_INTERRUPT, thread)
        os.waitpid(thread, _ALL)
        # proc_pid_syscall(5): the number of the system call it waits in; -1 outside of any.
        if not Path(f"/proc/{thread}/syscall").read_text().startswith(("-1", "running")):
            return
        _trace(_DETACH, thread)
        time.sleep(0.01)


def _trace(request: int, thread: int) -> None:
    if _libc.ptrace(request, thread, None, None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"thread {thread}: {os.strerror(number)}")


def reap_killed(threads: set[int]) -> None:
    """Reap threads that were killed meanwhile: their process can't end before."""
    for thread in list(threads):
        found, status = os.waitpid(thread, os.WNOHANG | _ALL)
        if found and not os.WIFSTOPPED(status):
            threads.discard(thread)


if __name__ == "__main__":
    frozen = {int(each) for each in sys.argv[2:]}
    until_s = time.monotonic() + float(sys.argv[1])
    for each in frozen:
        freeze(each)
    sys.stdout.write("frozen\n")
    sys.stdout.flush()
    while frozen and time.monotonic() < until_s:
        time.sleep(0.1)
        reap_killed(frozen)
