"""Objects: complete files named by sha256, and releases assembled from them by hard links.

An object's bytes are forced to the disk before it gets its name, and are never written again. So a release that is
mapped into memory can't change, and a file that two releases share is stored once. The names in `objects/` are
never forced to the disk: a name lost in a power cut is made again, from a release's file or by the next sync.
"""

import re
from pathlib import Path

from device.bundle import layout
from device.bundle.manifest import FileEntry, Manifest, dump
from device.bundle.reader import sha256_of
from device.store.atomic_files import AtomicFiles, append_bytes, discard, ensure_folder
from device.store.bundles import CURRENT, PREVIOUS, RELEASES

OBJECTS = "objects"
INCOMING = "incoming"
_STAGING = "staging"
# Names of fetched releases: the version, sometimes followed by the bundle id.
_FETCHED = re.compile(r"[0-9]+(-[0-9a-f]{16})?")


class Staging:
    """Assembles releases in a store; every step may be interrupted and repeated."""

    def __init__(self, root: Path, files: AtomicFiles) -> None:
        """Use a store whose fetch lock the caller holds."""
        self._root = root
        self._files = files
        self._objects = root / OBJECTS
        self._incoming = root / INCOMING

    def prepare(self) -> None:
        """Make the folders, and remove a half-assembled release of an interrupted sync."""
        for folder in (self._objects, self._incoming, self._root / RELEASES):
            ensure_folder(self._files, folder)
        discard(self._files, self._root / _STAGING)

    def partial_path(self, entry: FileEntry) -> Path:
        """Return the path for a file's bytes while they are downloaded."""
        return self._incoming / f"{entry.sha256}.part"

    def has(self, entry: FileEntry) -> bool:
        """Return whether a file is an intact object, removing a damaged one."""
        path = self._objects / entry.sha256
        if not path.is_file():
            return False
        if _is_intact(path, entry):
            return True
        self._files.remove(path)
        return False

    def link_existing(self, entry: FileEntry) -> bool:
        """Link an object to the same file of the current or previous release.

        Returns:
            Whether one of these releases has the file intact.
        """
        for release in (self._root / CURRENT, self._root / PREVIOUS):
            path = release / entry.path
            if path.is_file() and not path.is_symlink() and _is_intact(path, entry):
                self._files.link(path, self._objects / entry.sha256)
                return True
        return False

    def finish(self, entry: FileEntry) -> None:
        """Turn a complete partial file, already forced to the disk, into an object."""
        self._files.rename(self.partial_path(entry), self._objects / entry.sha256)

    def stage(self, manifest: Manifest, name: str) -> Path:
        """Assemble a release from objects, force it to the disk and return its folder.

        Args:
            manifest: The bundle's manifest; each of its files must be an object.
            name: The release's name.
        """
        release = self._root / RELEASES / name
        discard(self._files, release)
        staging = self._root / _STAGING
        discard(self._files, staging)
        self._files.make_folder(staging)
        for folder in _folders(manifest):
            self._files.make_folder(staging / folder)
        for entry in manifest.files:
            self._files.link(self._objects / entry.sha256, staging / entry.path)
        append_bytes(self._files, staging / layout.MANIFEST, dump(manifest).encode())
        for folder in _folders(manifest):
            self._files.sync_folder(staging / folder)
        self._files.sync_folder(staging)
        self._files.rename(staging, release)
        self._files.sync_folder(release.parent)
        return release

    def remove_partial_files(self, wanted: Manifest | None = None) -> None:
        """Remove partial files, except those of files that the manifest names."""
        names = {self.partial_path(entry).name for entry in wanted.files} if wanted else set()
        for path in sorted(self._incoming.iterdir()):
            if path.name not in names:
                discard(self._files, path)

    def remove_unused(self) -> None:
        """Remove fetched releases except the current and previous one, then unlinked objects.

        Releases that staff installed by hand have other names and stay.
        """
        kept = {(self._root / link).resolve().name for link in (CURRENT, PREVIOUS)}
        for path in sorted((self._root / RELEASES).iterdir()):
            if _FETCHED.fullmatch(path.name) and path.name not in kept:
                discard(self._files, path)
        for path in sorted(self._objects.iterdir()):
            if path.stat().st_nlink == 1:
                discard(self._files, path)


def _folders(manifest: Manifest) -> list[str]:
    """Return the folders of a bundle's files, parents before their children."""
    found = {
        parent.as_posix() for entry in manifest.files for parent in Path(entry.path).parents
    } - {"."}
    return sorted(found)


def _is_intact(path: Path, entry: FileEntry) -> bool:
    try:
        return path.stat().st_size == entry.size_bytes and sha256_of(path) == entry.sha256
    except OSError:  # a failing memory card: fetch the file again
        return False
