"""Private keys in files: three root keys, kept offline and apart, and one publishing key.

Any two root keys together name the valid publishing key; a kiosk trusts the root keys and nothing else. The publishing
key is on the desk's disk, encrypted with a passphrase. The module knows nothing of repositories.
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
# Field of a public key in the root metadata: the name that staff know it by.
NAME_FIELD = "x-printkiosk-name"
SHORTEST_PASSPHRASE = 8

AskPassphrase = Callable[[Path], str]


def create(path: Path, name: str, passphrase: str | None) -> CryptoSigner:
    """Create an Ed25519 key, write it to a file, and return its signer.

    Args:
        path: The file (PEM, PKCS 8); it must not exist yet.
        name: The name that staff know it by, such as `root-1`.
        passphrase: Encrypts the file. `None` leaves it unencrypted, for keys that are physically locked away.

    Raises:
        KeyFileError: When the file exists or can't be written, or the passphrase is too short.
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
        raise KeyFileError(
            f"{path}: already exists; keys are never overwritten, name another file"
        ) from error
    except OSError as error:
        raise KeyFileError(
            f"{path}: can't be written ({error.strerror}); name another folder"
        ) from error
    return _signer(private, name)


def load(path: Path, name: str, ask: AskPassphrase) -> CryptoSigner:
    """Return the signer of a key file that `create` wrote.

    Args:
        path: The file.
        name: The name that staff know it by.
        ask: Returns the passphrase of an encrypted file.

    Raises:
        KeyFileError: When the file is not an Ed25519 key in PEM, or the passphrase is wrong.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeyFileError(
            f"{path}: can't be read ({error.strerror}); is the USB stick with the keys plugged in?"
        ) from error
    passphrase = ask(path).encode() if b"ENCRYPTED" in data else None
    try:
        private = serialization.load_pem_private_key(data, passphrase)
    except (ValueError, TypeError) as error:
        reason = "the passphrase is wrong or" if passphrase is not None else "possibly"
        raise KeyFileError(
            f"{path}: can't be opened; {reason} the file is not a PEM key"
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: expected an Ed25519 key, found {type(private).__name__}")
    return _signer(private, name)


def _signer(private: Ed25519PrivateKey, name: str) -> CryptoSigner:
    signer = CryptoSigner(private)
    signer.public_key.unrecognized_fields[NAME_FIELD] = name
    return signer
