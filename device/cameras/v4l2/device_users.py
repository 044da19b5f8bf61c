"""Find the programs that have a device file open, from `/proc`.

Sees this user's programs, and as root all of them. Knows no camera.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def programs_using(device: Path, *, proc: Path = Path("/proc")) -> tuple[str, ...]:
    """Return the other programs that have a device open, such as `zoom (process 4242)`.

    Empty if there is none, or none that this user may see.
    """
    mine = str(os.getpid())
    return tuple(
        f"{_name(process)} (process {process.name})"
        for process in sorted(proc.glob("[0-9]*"))
        if process.name != mine and str(device) in _open_files(process)
    )


def _open_files(process: Path) -> Iterator[str]:
    with suppress(OSError):  # ended meanwhile, or another user's
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):
                yield str(descriptor.readlink())


def _name(process: Path) -> str:
    with suppress(OSError):
        return (process / "comm").read_text("utf-8", "replace").strip()
    return "a program"
