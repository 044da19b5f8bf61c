"""A repository of published bundles on disk: plain files with signatures for python-tuf.

Any web server can serve the folder, and it can be copied onto a USB stick. Each file is written under a temporary name
and then renamed. `timestamp.json`, which a kiosk reads first, is written last.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.repository import Repository as TufRepository

from converter.errors import PublishError
from converter.publish.keys import NAME_FIELD, PUBLISHING_NAME, ROOT_NAMES
from device.bundle import repository_layout

ROOT_THRESHOLD = 2
ROOT_DAYS, DAYS = 3650, 400
_KINDS: tuple[Any, ...] = (Root, Targets, Snapshot, Timestamp)
_PUBLISHED = (Targets.type, Snapshot.type, Timestamp.type)


class Repository(TufRepository):
    """A repository folder, changed by the holder of its keys."""

    def __init__(self, folder: Path, signers: Mapping[str, Iterable[Signer]], now: datetime):
        """Open a repository without reading it.

        Args:
            folder: The repository's folder.
            signers: The signers of each role.
            now: UTC time from which expiry dates are counted.
        """
        self.folder = folder
        self._signers = {role: tuple(chosen) for role, chosen in signers.items()}
        self._now = now

    @property
    def targets_infos(self) -> dict[str, MetaFile]:
        """The targets metadata's version, for the next snapshot."""
        return {"targets.json": MetaFile(self._version_of(Targets.type))}

    @property
    def snapshot_info(self) -> MetaFile:
        """The snapshot's version, for the next timestamp."""
        return MetaFile(self._version_of(Snapshot.type))

    def open(self, role: str) -> "Metadata[Any]":
        """Return the newest metadata of a role, or new metadata if there is none.

        Raises:
            PublishError: When the metadata can't be read.
        """
        version = self._version_of(role)
        if not version:
            return Metadata({kind.type: kind for kind in _KINDS}[role]())
        path = self._path(role, version)
        try:
            return Metadata.from_bytes(path.read_bytes())
        except (OSError, RepositoryError) as error:
            raise PublishError(
                f"{path}: can't be read ({error}); restore the repository from a backup or a kiosk's USB stick"
            ) from error

    def close(self, role: str, md: "Metadata[Any]") -> None:
        """Sign and write the next version of a role's metadata."""
        known = self._version_of(role)
        md.signed.version = known + 1
        days = ROOT_DAYS if role == Root.type else DAYS
        md.signed.expires = (self._now + timedelta(days=days)).replace(microsecond=0)
        md.signatures.clear()
        for signer in self._signers[role]:
            md.sign(signer, append=True)
        write_whole(self._path(role, known + 1), md.to_bytes())

    def put_target(
        self, targets: Targets, name: str, data: bytes, custom: Mapping[str, str]
    ) -> None:
        """Write a target's bytes and list it in the targets being edited."""
        info = TargetFile.from_data(name, data, ["sha256"])
        info.unrecognized_fields["custom"] = dict(custom)
        path = self.folder / repository_layout.target_path(name, info.hashes["sha256"])
        write_whole(path, data)
        targets.targets[name] = info

    def target(self, name: str) -> bytes | None:
        """Return a target's bytes as last published, or None if it never was.

        Raises:
            PublishError: When the target's file can't be read.
        """
        info = self.targets().targets.get(name)
        if info is None:
            return None
        path = self.folder / repository_layout.target_path(name, info.hashes["sha256"])
        try:
            return path.read_bytes()
        except OSError as error:
            raise PublishError(
                f"{path}: can't be read ({error.strerror}); restore the repository from a backup"
            ) from error

    def keyids(self, role: str) -> frozenset[str]:
        """Return the ids of the available keys that sign for a role."""
        return frozenset(signer.public_key.keyid for signer in self._signers.get(role, ()))

    def check_key(self) -> None:
        """Raise `PublishError` unless the root names the available key as the publishing key."""
        if not self.keyids(Targets.type) <= set(self.root().roles[Targets.type].keyids):
            raise PublishError(
                f"{self.folder}: expected the publishing key that the museum's root names, found another; "
                "use the newest key, or see `keys rotate`"
            )

    def sign_changes(self) -> None:
        """Sign a new snapshot and a new timestamp of the changes."""
        self.do_snapshot(force=True)
        self.do_timestamp(force=True)

    def _version_of(self, role: str) -> int:
        if role == Timestamp.type:
            path = self._path(role, 0)
            if not path.is_file():
                return 0
            try:
                return int(Metadata.from_bytes(path.read_bytes()).signed.version)
            except (OSError, RepositoryError) as error:
                raise PublishError(
                    f"{path}: can't be read ({error}); restore the repository from a backup"
                ) from error
        folder = self.folder / repository_layout.METADATA
        names = [path.name.split(".")[0] for path in folder.glob(f"*.{role}.json")]
        return max((int(name) for name in names if name.isdecimal()), default=0)

    def _path(self, role: str, version: int) -> Path:
        name = f"{role}.json" if role == Timestamp.type else f"{version}.{role}.json"
        return self.folder / repository_layout.METADATA / name


def for_publishing(folder: Path, signer: Signer, now: datetime) -> Repository:
    """Return a repository opened with its publishing key.

    Raises:
        PublishError: When there is no repository, or the key is not its publishing key.
    """
    if not (folder / repository_layout.METADATA).is_dir():
        raise PublishError(
            f"{folder}: expected a repository, found none; create one with `keys create`"
        )
    repository = Repository(folder, dict.fromkeys(_PUBLISHED, (signer,)), now)
    repository.check_key()
    return repository


def create(
    folder: Path, roots: Mapping[str, Signer], publishing: Signer, now: datetime
) -> Repository:
    """Create an empty repository with three root keys and one publishing key.

    Two of the root keys must sign each new root.

    Raises:
        PublishError: When the folder is already a repository.
    """
    if (folder / repository_layout.METADATA).exists():
        raise PublishError(
            f"{folder}: is already a repository; see `keys rotate` and `keys revoke`"
        )
    signers = {Root.type: tuple(roots.values())} | dict.fromkeys(_PUBLISHED, (publishing,))
    repository = Repository(folder, signers, now)
    with repository.edit_root() as root:
        for signer in roots.values():
            root.add_key(signer.public_key, Root.type)
        root.roles[Root.type].threshold = ROOT_THRESHOLD
        for role in _PUBLISHED:
            root.add_key(publishing.public_key, role)
    with repository.edit_targets():
        pass
    repository.sign_changes()
    return repository


def replace_publishing(
    folder: Path, roots: Iterable[Signer], publishing: Signer, now: datetime
) -> None:
    """Replace the publishing key, signed by two root keys; the old one becomes invalid.

    Raises:
        PublishError: When `roots` are not two of the museum's root keys.
    """
    repository = _with_roots(folder, roots, now, publishing)
    with repository.edit_root() as root:
        for role in _PUBLISHED:
            for keyid in list(root.roles[role].keyids):
                root.revoke_key(keyid, role)
            root.add_key(publishing.public_key, role)
    with repository.edit_targets():
        pass
    repository.sign_changes()


def replace_root(
    folder: Path, roots: Iterable[Signer], name: str, new: Signer, now: datetime
) -> None:
    """Replace a lost root key, signed by the two others.

    Raises:
        PublishError: When `roots` are not two of the other root keys.
    """
    repository = _with_roots(folder, roots, now)
    with repository.edit_root() as root:
        lost = next((key for key in keys_named(root, ROOT_NAMES) if name_of(key) == name), None)
        if lost is None:
            raise PublishError(f"{folder}: found no root key {name!r} to replace")
        root.revoke_key(lost.keyid, Root.type)
        root.add_key(new.public_key, Root.type)
        if lost.keyid in repository.keyids(Root.type):
            raise PublishError(
                f"{folder}: {name} can't sign its own replacement; sign with the two others"
            )


def keys_named(root: Root, names: Iterable[str]) -> list[Key]:
    """Return the public keys in root metadata whose `name_of` is one of `names`."""
    return [key for key in root.keys.values() if name_of(key) in tuple(names)]


def name_of(key: Key) -> str:
    """Return the name that staff know a key by."""
    return str(key.unrecognized_fields.get(NAME_FIELD, PUBLISHING_NAME))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file atomically and durably.

    Raises:
        PublishError: When the file can't be written.
    """
    partial = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise PublishError(
            f"{path}: can't be written ({error.strerror}); free space on its disk"
        ) from error


def _with_roots(
    folder: Path, roots: Iterable[Signer], now: datetime, publishing: Signer | None = None
) -> Repository:
    signers = tuple({signer.public_key.keyid: signer for signer in roots}.values())
    by_role = {Root.type: signers}
    if publishing is not None:
        by_role |= dict.fromkeys(_PUBLISHED, (publishing,))
    repository = Repository(folder, by_role, now)
    good = set(repository.root().roles[Root.type].keyids)
    found = sum(signer.public_key.keyid in good for signer in signers)
    if found < ROOT_THRESHOLD:
        raise PublishError(
            f"{folder}: expected {ROOT_THRESHOLD} different root keys of this museum, found {found}"
        )
    return repository
