"""Whole files by their sha256 (`objects/`), and releases put together of them by hard links.

An object's bytes are on the disk to stay before it has its name, and are never written again: a release that is mapped
into memory can't change under the kiosk, and what two releases share lies there once. The names in `objects/` are never
forced to the disk: one that the power takes is given again, by what a release holds or the next sync fetches.
"""

import re
from pathlib import Path

from device.bundle import layout
from device.bundle.manifest import FileEntry, Manifest, dump
from device.bundle.reader import sha256_of
from device.store.atomic_files import AtomicFiles, add, discard, ensure_folder
from device.store.bundles import CURRENT, PREVIOUS, RELEASES

OBJECTS = "objects"
INCOMING = "incoming"
_STAGING = "staging"
# How fetched releases are called: their version, and perhaps the bundle's id.
_FETCHED = re.compile(r"[0-9]+(-[0-9a-f]{16})?")


class Staging:
    """Where releases are put together. Every step may be cut off, and done again from the start."""

    def __init__(self, root: Path, files: AtomicFiles) -> None:
        """Work in a store that the caller holds."""
        self._root = root
        self._files = files
        self._objects = root / OBJECTS
        self._incoming = root / INCOMING

    def prepare(self) -> None:
        """Make the folders, and clear away what an update that was cut off left half put together."""
        for folder in (self._objects, self._incoming, self._root / RELEASES):
            ensure_folder(self._files, folder)
        discard(self._files, self._root / _STAGING)

    def part_of(self, entry: FileEntry) -> Path:
        """Give where a file's bytes are gathered while they arrive."""
        return self._incoming / f"{entry.sha256}.part"

    def has(self, entry: FileEntry) -> bool:
        """Whether a file is here, whole; one that has decayed is removed, so that it is fetched again."""
        path = self._objects / entry.sha256
        if not path.is_file():
            return False
        if _is_whole(path, entry):
            return True
        self._files.remove(path)
        return False

    def adopt(self, entry: FileEntry) -> bool:
        """Take a file from a release that was put here by hand; say whether there was a whole one."""
        for release in (self._root / CURRENT, self._root / PREVIOUS):
            path = release / entry.path
            if path.is_file() and not path.is_symlink() and _is_whole(path, entry):
                self._files.link(path, self._objects / entry.sha256)
                return True
        return False

    def keep(self, entry: FileEntry) -> None:
        """Name a file whose bytes have all arrived and are on the disk to stay."""
        self._files.rename(self.part_of(entry), self._objects / entry.sha256)

    def stage(self, manifest: Manifest, name: str) -> Path:
        """Put a release together of files that are all here; give its folder, complete and there to stay."""
        release = self._root / RELEASES / name
        discard(self._files, release)
        staging = self._root / _STAGING
        discard(self._files, staging)
        self._files.make_folder(staging)
        for folder in _folders(manifest):
            self._files.make_folder(staging / folder)
        for entry in manifest.files:
            self._files.link(self._objects / entry.sha256, staging / entry.path)
        add(self._files, staging / layout.MANIFEST, dump(manifest).encode())
        for folder in _folders(manifest):
            self._files.sync_folder(staging / folder)
        self._files.sync_folder(staging)
        self._files.rename(staging, release)
        self._files.sync_folder(release.parent)
        return release

    def drop_parts(self, wanted: Manifest | None = None) -> None:
        """Remove what has arrived in part of files that are wanted no more."""
        names = {self.part_of(entry).name for entry in wanted.files} if wanted else set()
        for path in sorted(self._incoming.iterdir()):
            if path.name not in names:
                discard(self._files, path)

    def collect(self) -> None:
        """Remove numbered releases but the current and the previous one, then files that no release has.

        What staff put here by hand, under another name, stays.
        """
        kept = {(self._root / link).resolve().name for link in (CURRENT, PREVIOUS)}
        for path in sorted((self._root / RELEASES).iterdir()):
            if _FETCHED.fullmatch(path.name) and path.name not in kept:
                discard(self._files, path)
        for path in sorted(self._objects.iterdir()):
            if path.stat().st_nlink == 1:
                discard(self._files, path)


def _folders(manifest: Manifest) -> list[str]:
    """Give the folders a bundle's files lie in, outer ones first."""
    found = {
        parent.as_posix() for entry in manifest.files for parent in Path(entry.path).parents
    } - {"."}
    return sorted(found)


def _is_whole(path: Path, entry: FileEntry) -> bool:
    try:
        return path.stat().st_size == entry.size_bytes and sha256_of(path) == entry.sha256
    except OSError:  # a worn card: what can't be read is fetched again
        return False
