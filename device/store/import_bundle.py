"""A bundle copied into the store by hand: from a stick, or with the first installation."""

from collections.abc import Callable
from pathlib import Path

from device.bundle import layout
from device.bundle.manifest import Manifest
from device.bundle.reader import read_manifest, verify
from device.errors import BundleError
from device.store.atomic_files import AtomicFiles, discard, ensure_folder, held, telling
from device.store.bundles import RELEASES, Bundles
from device.store.probe import probe

_ARRIVING = ".arriving"


def install(
    folder: Path,
    root: Path,
    *,
    files: AtomicFiles | None = None,
    check: Callable[[Path], object] = probe,
) -> Manifest:
    """Copy a bundle into the store and let it answer, once it has shown that it can.

    Args:
        folder: A whole bundle; it stays as it is.
        root: The store.
        files: What changes the disk.
        check: Raises `BundleError` for a bundle that doesn't work here.

    Raises:
        BundleError: When it is damaged or doesn't work here; what answered before goes on.
        StoreError: When the store can't be written, or somebody else is changing it.
    """
    verify(folder)
    name = f"local-{read_manifest(folder).bundle_id}"
    files = files or AtomicFiles()
    with held(root), telling(root, f"take {folder}"):
        is_new = _copy(folder, root, name, files)
    bundles = Bundles(root, files=files)
    try:
        check(root / RELEASES / name)
    except BundleError:
        if is_new:
            with held(root), telling(root, f"be rid of {name}"):
                discard(files, root / RELEASES / name)
        raise
    return bundles.activate(name)


def _copy(folder: Path, root: Path, name: str, files: AtomicFiles) -> bool:
    """Copy beside its place and rename, so that a release is whole or isn't there; say whether it is new."""
    release, beside = root / RELEASES / name, root / _ARRIVING
    if release.is_dir():
        return False
    ensure_folder(files, release.parent)
    discard(files, beside)
    files.make_folder(beside)
    manifest = read_manifest(folder)
    for path in (layout.MANIFEST, *(entry.path for entry in manifest.files)):
        _copy_file(folder / path, beside / path, files)
    for made in sorted((p for p in beside.rglob("*") if p.is_dir()), reverse=True):
        files.sync_folder(made)
    files.sync_folder(beside)
    files.rename(beside, release)
    files.sync_folder(release.parent)
    return True


def _copy_file(path: Path, new: Path, files: AtomicFiles) -> None:
    ensure_folder(files, new.parent)
    with path.open("rb") as source, files.open_part(new) as part:
        while chunk := source.read(1 << 20):
            part.write(chunk)
        part.sync()
