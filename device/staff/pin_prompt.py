"""How the PIN is set at the machine: asked for twice at a terminal, or read as one line by a program."""

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from device.errors import PinError
from device.staff import pin


def ask_pin(ask: Callable[[str], str] = getpass.getpass) -> str:
    """Give the PIN that somebody types, unseen, or pipes in.

    Raises:
        PinError: When it is no good, or the second time another.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    first = ask(f"new PIN ({pin.LEAST} to {pin.MOST} digits): ")
    pin.check(first)
    if ask("the same again: ") != first:
        raise PinError("PIN: expected the same twice; nothing was changed")
    return first


def keep_pin(folder: Path, chosen: str) -> None:
    """Keep a PIN where nobody else on the machine may read it, and nobody the key of it either.

    Raises:
        PinError: When it is no good.
        StoreError: When the folder can't be written.
    """
    before = os.umask(0o077)
    try:
        pin.write(folder, chosen)
    finally:
        os.umask(before)
