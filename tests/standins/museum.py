"""A museum that publishes: keys, a repository, and bundles so small that a thousand updates take seconds."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from converter.build import bundle_writer
from converter.publish import keys, publisher, repository
from converter.publish.publisher import Published
from converter.publish.repository import Repository
from device.bundle import layout
from device.bundle.manifest import identify
from device.bundle.reader import read_manifest

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = "2026-11-23"
_REAL = (layout.RECORDS,)


@dataclass(slots=True)
class Museum:
    """What the desk has: the folder of keys, the repository, and who signs."""

    keys: Path
    folder: Path
    roots: dict[str, CryptoSigner]
    publishing: CryptoSigner
    now: datetime = NOW

    @property
    def root(self) -> bytes:
        """The root that kiosks are given at their installation."""
        return (self.keys / "root.json").read_bytes()

    @property
    def repository(self) -> Repository:
        """The repository, to publish in."""
        return repository.for_publishing(self.folder, self.publishing, self.now)

    def publish(self, bundle: Path) -> Published:
        """Publish a bundle."""
        return publisher.publish(bundle, self.repository, DAY)

    def rotate(self, *roots: str) -> None:
        """Replace the publishing key."""
        fresh = keys.create(
            self.keys / f"publishing-{len(list(self.keys.iterdir()))}.pem",
            keys.PUBLISHING_NAME,
            None,
        )
        signers = [self.roots[name] for name in roots or ("root-1", "root-2")]
        repository.replace_publishing(self.folder, signers, fresh, self.now)
        self.publishing = fresh


def found(folder: Path, now: datetime = NOW) -> Museum:
    """Found a museum in an empty folder."""
    kept = folder / "keys"
    publishing = keys.create(kept / "publishing.pem", keys.PUBLISHING_NAME, None)
    roots = {name: keys.create(kept / f"{name}.pem", name, None) for name in keys.ROOT_NAMES}
    made = repository.create(folder / "repository", roots, publishing, now)
    publisher.write_root(made, kept / "root.json")
    return Museum(
        keys=kept, folder=folder / "repository", roots=roots, publishing=publishing, now=now
    )


def tiny(folder: Path, like: Path, name: str, changed: Callable[[str], bool] | None = None) -> Path:
    """Write a bundle with real records and a stand-in of a few bytes for every other file; it can answer nothing.

    Args:
        folder: Where it goes.
        like: The real bundle whose records and manifest it takes.
        name: The bundle's.
        changed: Which files hold the name, and so differ from another's; by default the index and the codebook.
    """
    folder.mkdir(parents=True)
    is_changed = changed or (lambda path: path in (layout.INDEX, layout.CODEBOOK))
    for entry in read_manifest(like).files:
        path = folder / entry.path
        path.parent.mkdir(exist_ok=True)
        if entry.path in _REAL:
            shutil.copyfile(like / entry.path, path)
        elif not entry.path.startswith(layout.PICTURES):
            path.write_text(f"{entry.path} {name if is_changed(entry.path) else ''}")
    shutil.rmtree(folder / layout.PICTURES, ignore_errors=True)
    manifest = read_manifest(like)
    files = bundle_writer.entries(folder)
    sha256 = next(entry.sha256 for entry in files if entry.path == layout.MODEL)
    sealed = replace(
        manifest,
        name=name,
        files=files,
        model=replace(manifest.model, sha256=sha256),
        index=replace(manifest.index, model_sha256=sha256),
    )
    bundle_writer.write_manifest(identify(sealed), folder)
    return folder


def copied(original: Museum, folder: Path) -> Museum:
    """Give the same museum in another folder."""
    shutil.copytree(original.folder.parent, folder)
    return replace(original, keys=folder / "keys", folder=folder / "repository")
