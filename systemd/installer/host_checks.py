"""Checks that this machine can become a kiosk, made before anything is changed."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator

from installer.errors import InstallError
from installer.paths import Paths

_OLDEST_PYTHON = (3, 11)
_PROCESSORS = ("aarch64", "x86_64")
# The packages and two environments, and the downloads during the installation.
_FIRST_SPACE_BYTES = 2_500_000_000
_UPGRADE_SPACE_BYTES = 500_000_000


def check(paths: Paths, *, is_first: bool) -> None:
    """Check all requirements of an installation.

    Args:
        paths: The system's folders.
        is_first: Whether no kiosk is installed yet: a first installation needs more space.

    Raises:
        InstallError: When a requirement isn't met; naming all of them at once.
    """
    faults = list(_faults(paths, is_first=is_first))
    if faults:
        raise InstallError(
            "this machine can't become a kiosk yet:\n" + "\n".join(f"    {f}" for f in faults)
        )


def describe_system() -> str:
    """Return the operating system's name, the processor and the Python version."""
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        system = platform.system()
    return f"{system}, {platform.machine()}, Python {platform.python_version()}"


def _faults(paths: Paths, *, is_first: bool) -> Iterator[str]:
    if os.geteuid() != 0:
        yield "permissions: expected root, found an ordinary user; run the installer with sudo"
    if sys.version_info < _OLDEST_PYTHON:
        yield f"Python: expected 3.11 or newer, found {platform.python_version()}; use Debian 12 (Bookworm) or newer"
    if platform.machine() not in _PROCESSORS:
        yield f"processor: expected a 64-bit system ({' or '.join(_PROCESSORS)}), found {platform.machine()}"
    if shutil.which("apt-get") is None:
        yield "packages: expected Debian or Raspberry Pi OS with apt-get, found none"
    free_bytes = shutil.disk_usage(paths.root).free
    needed_bytes = _FIRST_SPACE_BYTES if is_first else _UPGRADE_SPACE_BYTES
    if free_bytes < needed_bytes:
        yield f"disk: expected {needed_bytes / 1e9:.1f} GB free, found {free_bytes / 1e9:.1f}; free some space"
