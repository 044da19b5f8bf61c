"""Take from this process whatever it doesn't need, for good, without any privilege.

Limits of the kernel do most of it. A process that may open no further descriptor reads no file, connects to nothing, and maps
no library. Landlock, where the kernel has it, also keeps it from renaming and removing files, and from signalling others.

Sources: setrlimit(2), prctl(2), landlock(7).
"""

import ctypes
import os
import resource
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
# The same on every architecture of Linux but one.
_SYS_LANDLOCK_CREATE_RULESET, _SYS_LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_VERSION_FLAG = 1
# By Landlock's version: all rights about files that it knows (bits), the last one listed for later versions, too.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP_RIGHTS, _TCP_SINCE = 0b11, 4
_SCOPES, _SCOPES_SINCE = 0b11, 6
# Of the scheduler; guests' pictures give way to the stand.
_NICENESS = 5
_LIKELIEST_TO_BE_KILLED = "1000"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """Most that a process may use.

    Attributes:
        memory_bytes: Memory on top of what it has when the limits are set.
        cpu_s: Time of the processor in seconds, in all.
    """

    memory_bytes: int
    cpu_s: int


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


def end_with_parent() -> None:
    """Let the kernel kill this process when its parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def restrict(limits: ProcessLimits) -> None:
    """Restrict this process for good.

    It keeps its open descriptors, and can open no more. It can start no process (root still can), write no file, and dump no core. The kernel
    kills it when it has used its time, and first when memory runs out.
    """
    memory = _address_space() + limits.memory_bytes
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_LIKELIEST_TO_BE_KILLED)
    with suppress(OSError):  # the kiosk's unit forbids it
        os.nice(_NICENESS)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _hide_files(libc)
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def landlock_version() -> int:
    """Return the version of the kernel's Landlock; 0 where there is none, or it is forbidden."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(_landlock_version(libc), 0)


def _landlock_version(libc: ctypes.CDLL) -> int:
    return int(
        libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION_FLAG)
    )


def _hide_files(libc: ctypes.CDLL) -> None:
    """Take all rights on files, TCP, and other processes, as far as Landlock knows them."""
    version = _landlock_version(libc)
    if version < 1:
        return
    has_network, has_scopes = version >= _TCP_SINCE, version >= _SCOPES_SINCE
    ruleset = _Ruleset(
        files=(1 << _FILE_RIGHTS[min(version, max(_FILE_RIGHTS))]) - 1,
        network=_TCP_RIGHTS if has_network else 0,
        scopes=_SCOPES if has_scopes else 0,
    )
    size = ctypes.sizeof(ctypes.c_uint64) * (1 + has_network + has_scopes)
    descriptor = libc.syscall(
        _SYS_LANDLOCK_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0
    )
    if descriptor >= 0:
        libc.syscall(_SYS_LANDLOCK_RESTRICT_SELF, descriptor, 0)
        os.close(descriptor)


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
