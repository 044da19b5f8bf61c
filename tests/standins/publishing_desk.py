"""A desk that publishes tiny bundles with real keys; a thousand updates take seconds."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from converter.build import bundle_writer
from converter.publish import keys, publisher, tuf_repository
from converter.publish.publisher import Published
from converter.publish.tuf_repository import Repository
from device.bundle import layout
from device.bundle.manifest import identify
from device.bundle.reader import read_manifest

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = "2026-11-23"
_REAL = (layout.RECORDS,)


@dataclass(slots=True)
class PublishingDesk:
    """A museum's keys, signers and repository.

    Attributes:
        keys: The folder of key files.
        folder: The folder of the repository.
        roots: The signers with the root keys, by name.
        publishing: The signer with the publishing key.
        now: The time of each signature.
    """

    keys: Path
    folder: Path
    roots: dict[str, CryptoSigner]
    publishing: CryptoSigner
    now: datetime = NOW

    @property
    def root(self) -> bytes:
        """The `root.json` that kiosks get when they are installed."""
        return (self.keys / "root.json").read_bytes()

    @property
    def repository(self) -> Repository:
        """The repository, open for publishing."""
        return tuf_repository.for_publishing(self.folder, self.publishing, self.now)

    def publish(self, bundle: Path) -> Published:
        """Publish a bundle."""
        return publisher.publish(bundle, self.repository, DAY)

    def rotate(self, *roots: str) -> None:
        """Replace the publishing key, signed by the named root keys (default: the first two)."""
        fresh = keys.create(
            self.keys / f"publishing-{len(list(self.keys.iterdir()))}.pem",
            keys.PUBLISHING_NAME,
            None,
        )
        signers = [self.roots[name] for name in roots or ("root-1", "root-2")]
        tuf_repository.replace_publishing(self.folder, signers, fresh, self.now)
        self.publishing = fresh


def set_up(folder: Path, now: datetime = NOW) -> PublishingDesk:
    """Create keys and a repository in an empty folder."""
    key_folder = folder / "keys"
    publishing = keys.create(key_folder / "publishing.pem", keys.PUBLISHING_NAME, None)
    roots = {name: keys.create(key_folder / f"{name}.pem", name, None) for name in keys.ROOT_NAMES}
    made = tuf_repository.create(folder / "repository", roots, publishing, now)
    publisher.write_root(made, key_folder / "root.json")
    return PublishingDesk(
        keys=key_folder, folder=folder / "repository", roots=roots, publishing=publishing, now=now
    )


def write_tiny_bundle(
    folder: Path, like: Path, name: str, changed: Callable[[str], bool] | None = None
) -> Path:
    """Write a bundle with real records and a few bytes in every other file; it can't answer.

    Args:
        folder: The new folder of the bundle.
        like: The real bundle whose records and manifest are copied.
        name: The name of the bundle.
        changed: Whether a file holds the name, and so differs between bundles; by default the
            index and the codebook do.
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
    completed = replace(
        manifest,
        name=name,
        files=files,
        model=replace(manifest.model, sha256=sha256),
        index=replace(manifest.index, model_sha256=sha256),
    )
    bundle_writer.write_manifest(identify(completed), folder)
    return folder


def copy_desk(original: PublishingDesk, folder: Path) -> PublishingDesk:
    """Return a copy of the desk in another folder."""
    shutil.copytree(original.folder.parent, folder)
    return replace(original, keys=folder / "keys", folder=folder / "repository")
