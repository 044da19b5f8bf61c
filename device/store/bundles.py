"""Installed bundles: `releases/<id>` folders, `current` and `previous` links, changed in one step each.

A link is made beside its place and renamed over it, so a power cut leaves the old one or the new one. A
bundle is verified, every byte, before it becomes current.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from device.bundle.manifest import Manifest
from device.bundle.opened import read_manifest, verify
from device.errors import BundleError, BundleMissingError

CURRENT = "current"
PREVIOUS = "previous"
RELEASES = "releases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One bundle on the disk; `manifest` is `None` when it can't be read, and `fault` says why."""

    name: str
    path: Path
    manifest: Manifest | None
    fault: str
    is_current: bool
    is_previous: bool


class Bundles:
    """The bundles installed under one folder."""

    def __init__(self, root: Path) -> None:
        """Look at a store; it is made when something is activated.

        Args:
            root: `/var/lib/printkiosk`, or any other folder.
        """
        self._root = root

    @property
    def current(self) -> Path:
        """Where the bundle that answers lies, whether or not there is one."""
        return self._root / CURRENT

    def list(self) -> tuple[Installed, ...]:
        """Give the installed bundles, by name."""
        releases = self._root / RELEASES
        return tuple(self._look(path) for path in sorted(releases.glob("*")) if path.is_dir())

    def activate(self, name: str) -> Manifest:
        """Make an installed bundle the current one; the one before becomes the previous.

        Raises:
            BundleError: When there is no such bundle or it is damaged; the old one goes on.
        """
        is_name = name not in ("", ".", "..") and "/" not in name and "\0" not in name
        path = self._root / RELEASES / name
        if not is_name or not path.is_dir():
            known = ", ".join(installed.name for installed in self.list()) or "none"
            raise BundleMissingError(f"bundle {name!r}: not installed; installed are: {known}")
        manifest = verify(path)
        before = self._target(CURRENT)
        if before is not None and before != path.resolve():
            self._link(PREVIOUS, before.name)
        self._link(CURRENT, name)
        return manifest

    def rollback(self) -> Manifest:
        """Go back to the previous bundle.

        Raises:
            BundleError: When there is none, or it is damaged; the current one goes on.
        """
        previous = self._target(PREVIOUS)
        if previous is None:
            raise BundleMissingError(f"{self._root}: there is no previous bundle to go back to")
        return self.activate(previous.name)

    def _look(self, path: Path) -> Installed:
        manifest, fault = None, ""
        try:
            manifest = read_manifest(path)
        except BundleError as error:
            fault = str(error)
        return Installed(
            name=path.name,
            path=path,
            manifest=manifest,
            fault=fault,
            is_current=self._target(CURRENT) == path.resolve(),
            is_previous=self._target(PREVIOUS) == path.resolve(),
        )

    def _target(self, link: str) -> Path | None:
        path = self._root / link
        return path.resolve() if path.is_symlink() and path.exists() else None

    def _link(self, link: str, name: str) -> None:
        beside = self._root / f".{link}.new"
        try:
            beside.unlink(missing_ok=True)
            beside.symlink_to(Path(RELEASES) / name)
            beside.replace(self._root / link)
            _sync(self._root)
        except OSError as error:
            raise BundleError(
                f"{self._root / link}: can't be set to {name} ({error.strerror or error}); "
                "see who may write there"
            ) from error


def _sync(folder: Path) -> None:
    """Force a folder's entries to the disk: without it a rename may be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
