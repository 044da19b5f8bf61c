"""Set the PIN at the machine, typed twice at a terminal or read from a pipe."""

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from device.errors import PinError
from device.staff import pin


def prompt_for_pin(ask: Callable[[str], str] = getpass.getpass) -> str:
    """Return a PIN typed without echo, or the first line of a pipe.

    Raises:
        PinError: When a typed PIN is invalid, or differs the second time.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    first = ask(f"new PIN ({pin.MIN_DIGITS} to {pin.MAX_DIGITS} digits): ")
    pin.check(first)
    if ask("repeat the PIN: ") != first:
        raise PinError(
            "PIN: expected the same digits twice, found different ones; nothing was changed"
        )
    return first


def store_pin(folder: Path, chosen: str) -> None:
    """Store a PIN in a file that no other user of the machine can read.

    Raises:
        PinError: When the PIN is invalid.
        StoreError: When the folder can't be written.
    """
    before = os.umask(0o077)
    try:
        pin.write(folder, chosen)
    finally:
        os.umask(before)
