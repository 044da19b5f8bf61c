"""Private keys in files: three root keys that are kept apart from each other and offline, and one to publish with.

The root keys say which publishing key is good, two of them together; a kiosk trusts them and nothing else. The
publishing key is on the desk's disk, under a passphrase. Knows nothing of repositories.
"""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from converter.errors import KeyFileError

ROOT_NAMES = ("root-1", "root-2", "root-3")
PUBLISHING_NAME = "publishing"
# Among a public key's own words in the root metadata: by what name staff know it.
NAME_FIELD = "x-printkiosk-name"
SHORTEST_PASSPHRASE = 8

AskPassphrase = Callable[[Path], str]


def create(path: Path, name: str, passphrase: str | None) -> CryptoSigner:
    """Make a new Ed25519 key and write it down; give what signs with it.

    Args:
        path: The file (PEM, PKCS 8), which must not be there yet.
        name: By which staff know it, such as `root-1`.
        passphrase: What the file is locked with; `None` leaves it open, for keys that are locked away themselves.

    Raises:
        KeyFileError: When the file is there already or can't be written, or the passphrase is too short.
    """
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        raise KeyFileError(
            f"{path}: expected a passphrase of at least {SHORTEST_PASSPHRASE} characters, found {len(passphrase)}"
        )
    private = Ed25519PrivateKey.generate()
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        lock = serialization.BestAvailableEncryption(passphrase.encode())
    data = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except FileExistsError as error:
        raise KeyFileError(f"{path}: is there already; keys are never overwritten") from error
    except OSError as error:
        raise KeyFileError(
            f"{path}: can't be written ({error.strerror}); name another place"
        ) from error
    return _signer(private, name)


def load(path: Path, name: str, ask: AskPassphrase) -> CryptoSigner:
    """Give what signs with a key that was made here.

    Args:
        path: The file.
        name: By which staff know it.
        ask: Gives the passphrase where the file is locked.

    Raises:
        KeyFileError: When it is no Ed25519 key in PEM, or the passphrase doesn't open it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeyFileError(
            f"{path}: can't be read ({error.strerror}); is the stick with the keys in?"
        ) from error
    passphrase = ask(path).encode() if b"ENCRYPTED" in data else None
    try:
        private = serialization.load_pem_private_key(data, passphrase)
    except (ValueError, TypeError) as error:
        reason = "the passphrase is wrong, or" if passphrase is not None else "perhaps"
        raise KeyFileError(f"{path}: can't be opened; {reason} it is no key in PEM") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: expected an Ed25519 key, found {type(private).__name__}")
    return _signer(private, name)


def _signer(private: Ed25519PrivateKey, name: str) -> CryptoSigner:
    signer = CryptoSigner(private)
    signer.public_key.unrecognized_fields[NAME_FIELD] = name
    return signer
