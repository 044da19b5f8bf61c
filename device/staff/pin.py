"""The staff PIN: stored as a scrypt key, never in plain text."""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from device.errors import PinError, PinMissingError
from device.store.atomic_files import (
    AtomicFiles,
    ensure_folder,
    translate_disk_errors,
    write_atomically,
)

FILE = "pin.json"
MIN_DIGITS, MAX_DIGITS = 6, 12
_LIMIT_BYTES = 4096
# 16 MiB and about a second on a Pi. OWASP's password storage cheat sheet (2025) lists several scrypt settings of equal
# strength; those with 128 MiB would take a quarter of the service's memory.
_COST = {"n": 2**14, "r": 8, "p": 5}
_MEMORY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPin:
    """A PIN as it is stored.

    Attributes:
        salt: 16 random bytes.
        key: The scrypt key of PIN and salt, 32 bytes.
        n, r, p: The cost parameters of scrypt, named as in RFC 7914.
    """

    salt: bytes
    key: bytes
    n: int
    r: int
    p: int

    def matches(self, pin: str) -> bool:
        """Return whether a typed PIN is the stored one, compared in constant time."""
        return hmac.compare_digest(_key(pin, self.salt, self.n, self.r, self.p), self.key)


def check(pin: str) -> None:
    """Refuse a PIN that is easy to guess.

    Raises:
        PinError: When it isn't 6 to 12 digits, has fewer than 3 different ones, or counts up or down.
    """
    if not re.fullmatch(rf"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}", pin, re.ASCII):
        raise PinError(f"PIN: expected {MIN_DIGITS} to {MAX_DIGITS} digits, found something else")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(set(pin)) < 3 or steps <= {1} or steps <= {9}:
        raise PinError(
            "PIN: expected one that is hard to guess, found a simple pattern; choose other digits"
        )


def write(folder: Path, pin: str, files: AtomicFiles | None = None) -> None:
    """Store a PIN in place of the previous one; it is valid from the next login.

    Args:
        folder: The staff folder; created if it is missing.
        pin: 6 to 12 digits.
        files: The operations that change the disk.

    Raises:
        PinError: When `check` refuses the PIN.
        StoreError: When the folder can't be written.
    """
    check(pin)
    files = files or AtomicFiles()
    salt = secrets.token_bytes(16)
    stored = {"salt": salt.hex(), "key": _key(pin, salt, **_COST).hex()} | _COST
    with translate_disk_errors(folder, "store the PIN"):
        ensure_folder(files, folder)
        write_atomically(files, folder / FILE, (json.dumps(stored) + "\n").encode())
        (folder / FILE).chmod(0o600)
        _chown_to_parent_owner(folder)


def read(folder: Path) -> StoredPin:
    """Read the stored PIN.

    Raises:
        PinMissingError: When no PIN is set, or its file can't be read.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file:
            data: Any = json.loads(file.read(_LIMIT_BYTES))
        return StoredPin(
            salt=bytes.fromhex(data["salt"]),
            key=bytes.fromhex(data["key"]),
            **{name: _cost(data[name]) for name in _COST},
        )
    except FileNotFoundError as error:
        raise PinMissingError("no PIN is set; set one with `sudo printkiosk-device pin`") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PinMissingError(
            f"{path}: can't be read; set a new PIN with `sudo printkiosk-device pin`"
        ) from error


def _cost(value: object) -> int:
    if not isinstance(value, int) or not 1 <= value <= 2**15:
        raise ValueError(f"expected 1 to {2**15}, found {value!r}")
    return value


def _key(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES, dklen=32)


def _chown_to_parent_owner(
    folder: Path, is_root: Callable[[], bool] = lambda: os.geteuid() == 0
) -> None:
    """Change the owner of folder and file to the parent folder's owner, if run by root.

    The kiosk's user owns the parent folder and must be able to read the PIN that root has set.
    """
    if not is_root():
        return
    owner = folder.parent.stat()
    for path in (folder, folder / FILE):
        os.chown(path, owner.st_uid, owner.st_gid)
