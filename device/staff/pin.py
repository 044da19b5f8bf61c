"""The staff's PIN: kept as a scrypt key, never as itself."""

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
from device.store.atomic_files import AtomicFiles, ensure_folder, telling, write_whole

FILE = "pin.json"
LEAST, MOST = 6, 12
_LIMIT_BYTES = 4096
# 16 MiB and about a second on a Pi: one of the settings that OWASP's password storage cheat sheet (2025) calls equal
# in strength; those that take 128 MiB would be a quarter of the service's memory.
_COST = {"n": 2**14, "r": 8, "p": 5}
_MEMORY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPin:
    """A PIN as it is kept.

    Attributes:
        salt: Of its own, 16 bytes.
        key: What scrypt makes of both, 32 bytes.
        n, r, p: What it cost, as RFC 7914 names it.
    """

    salt: bytes
    key: bytes
    n: int
    r: int
    p: int

    def matches(self, pin: str) -> bool:
        """Whether this is the PIN; takes as long for any."""
        return hmac.compare_digest(_key(pin, self.salt, self.n, self.r, self.p), self.key)


def check(pin: str) -> None:
    """Refuse a PIN that is too easy.

    Raises:
        PinError: When it isn't 6 to 12 digits, or nearly all one digit, or counts up or down.
    """
    if not re.fullmatch(rf"[0-9]{{{LEAST},{MOST}}}", pin, re.ASCII):
        raise PinError(f"PIN: expected {LEAST} to {MOST} digits, found something else")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(set(pin)) < 3 or steps <= {1} or steps <= {9}:
        raise PinError("PIN: expected one that isn't the first to be tried; take other digits")


def write(folder: Path, pin: str, files: AtomicFiles | None = None) -> None:
    """Keep a PIN in the place of the one before; it holds from the next try on.

    Args:
        folder: The staff's, made where it is missing.
        pin: 6 to 12 digits.
        files: What changes the disk.

    Raises:
        PinError: As `check` says.
        StoreError: When the folder can't be written.
    """
    check(pin)
    files = files or AtomicFiles()
    salt = secrets.token_bytes(16)
    kept = {"salt": salt.hex(), "key": _key(pin, salt, **_COST).hex()} | _COST
    with telling(folder, "keep the PIN"):
        ensure_folder(files, folder)
        write_whole(files, folder / FILE, (json.dumps(kept) + "\n").encode())
        (folder / FILE).chmod(0o600)
        _hand_over(folder)


def read(folder: Path) -> KeptPin:
    """Give the PIN that is kept.

    Raises:
        PinMissingError: When none was set, or what is there can't be read.
    """
    path = folder / FILE
    try:
        with path.open("rb") as file:
            data: Any = json.loads(file.read(_LIMIT_BYTES))
        return KeptPin(
            salt=bytes.fromhex(data["salt"]),
            key=bytes.fromhex(data["key"]),
            **{name: _cost(data[name]) for name in _COST},
        )
    except FileNotFoundError as error:
        raise PinMissingError("no PIN is set; `sudo printkiosk-device pin` sets one") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise PinMissingError(
            f"{path}: can't be read; `sudo printkiosk-device pin` sets a new one"
        ) from error


def _cost(value: object) -> int:
    if not isinstance(value, int) or not 1 <= value <= 2**15:
        raise ValueError(f"expected 1 to {2**15}, found {value!r}")
    return value


def _key(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_BYTES, dklen=32)


def _hand_over(folder: Path, is_root: Callable[[], bool] = lambda: os.geteuid() == 0) -> None:
    """Let the kiosk's own user read what root has written for it: the owner of the folder above."""
    if not is_root():
        return
    owner = folder.parent.stat()
    for path in (folder, folder / FILE):
        os.chown(path, owner.st_uid, owner.st_gid)
