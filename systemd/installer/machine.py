"""Whether this machine can be a kiosk at all, asked before anything is changed."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator

from installer.errors import InstallError
from installer.places import Places

_OLDEST = (3, 11)
_MACHINES = ("aarch64", "x86_64")
# Packages and two environments; downloads in between.
_ROOM_BYTES = 2_500_000_000
_ROOM_LATER_BYTES = 500_000_000


def check(places: Places, *, is_first: bool) -> None:
    """Look at everything an installation needs.

    Raises:
        InstallError: Naming all that is missing, at once.
    """
    faults = list(_faults(places, is_first=is_first))
    if faults:
        raise InstallError(
            "this machine can't be a kiosk as it is:\n" + "\n".join(f"    {f}" for f in faults)
        )


def name() -> str:
    """Give the system's name as its makers write it, with the machine's kind."""
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        system = platform.system()
    return f"{system}, {platform.machine()}, Python {platform.python_version()}"


def _faults(places: Places, *, is_first: bool) -> Iterator[str]:
    if os.geteuid() != 0:
        yield "the installer changes the system: run it with sudo"
    if sys.version_info < _OLDEST:
        yield f"Python: expected 3.11 or newer, found {platform.python_version()}; use Debian 12 (Bookworm) or newer"
    if platform.machine() not in _MACHINES:
        yield f"processor: expected a 64-bit system ({' or '.join(_MACHINES)}), found {platform.machine()}"
    if shutil.which("apt-get") is None:
        yield "packages: expected Debian or Raspberry Pi OS with apt-get, found none"
    room = shutil.disk_usage(places.root).free
    least = _ROOM_BYTES if is_first else _ROOM_LATER_BYTES
    if room < least:
        yield f"disk: expected {least / 1e9:.1f} GB free, found {room / 1e9:.1f}; make room"
