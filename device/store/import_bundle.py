"""Copy a bundle into the store by hand: from a USB stick, or with the first installation."""

from collections.abc import Callable
from pathlib import Path

from device.bundle import layout
from device.bundle.manifest import Manifest
from device.bundle.reader import read_manifest, verify
from device.errors import BundleError
from device.store.atomic_files import (
    AtomicFiles,
    discard,
    ensure_folder,
    locked,
    translate_disk_errors,
)
from device.store.bundles import RELEASES, Bundles
from device.store.probe import probe

_PARTIAL = ".arriving"


def install(
    folder: Path,
    root: Path,
    *,
    files: AtomicFiles | None = None,
    check: Callable[[Path], object] = probe,
) -> Manifest:
    """Copy a bundle into the store, check that it works, and make it the current one.

    Args:
        folder: The bundle's folder; it is not changed.
        root: The store.
        files: The steps that change the disk; `None` for the real ones.
        check: Called with the copy's folder; raises `BundleError` when the bundle doesn't work on this kiosk.

    Raises:
        BundleError: When the bundle is damaged or doesn't work here; the current one stays.
        StoreError: When the store can't be written, or another process is changing it.
    """
    verify(folder)
    name = f"local-{read_manifest(folder).bundle_id}"
    files = files or AtomicFiles()
    with locked(root), translate_disk_errors(root, f"take {folder}"):
        is_new = _copy(folder, root, name, files)
    bundles = Bundles(root, files=files)
    try:
        check(root / RELEASES / name)
    except BundleError:
        if is_new:
            with locked(root), translate_disk_errors(root, f"remove {name}"):
                discard(files, root / RELEASES / name)
        raise
    return bundles.activate(name)


def _copy(folder: Path, root: Path, name: str, files: AtomicFiles) -> bool:
    """Copy under a temporary name, then rename to a release; return whether it is new."""
    release, partial = root / RELEASES / name, root / _PARTIAL
    if release.is_dir():
        return False
    ensure_folder(files, release.parent)
    discard(files, partial)
    files.make_folder(partial)
    manifest = read_manifest(folder)
    for path in (layout.MANIFEST, *(entry.path for entry in manifest.files)):
        _copy_file(folder / path, partial / path, files)
    for made in sorted((p for p in partial.rglob("*") if p.is_dir()), reverse=True):
        files.sync_folder(made)
    files.sync_folder(partial)
    files.rename(partial, release)
    files.sync_folder(release.parent)
    return True


def _copy_file(path: Path, new: Path, files: AtomicFiles) -> None:
    ensure_folder(files, new.parent)
    with path.open("rb") as source, files.open_partial(new) as part:
        while chunk := source.read(1 << 20):
            part.write(chunk)
        part.sync()
