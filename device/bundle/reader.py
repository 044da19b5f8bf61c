"""Open a bundle: read its manifest, check its files, open its records and pictures.

There are two depths of checking. `open_bundle` checks sizes and consistency, in milliseconds. `verify` reads and
hashes every byte.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from device.bundle import layout
from device.bundle.manifest import FileEntry, Manifest, parse
from device.bundle.notices import Notices
from device.bundle.picture_rows import PictureRows
from device.bundle.pictures import Pictures
from device.bundle.records import Records
from device.errors import BundleDamagedError, BundleFormatError, BundleMissingError

_REQUIRED = (
    layout.MODEL,
    layout.INDEX,
    layout.PROJECTION,
    layout.FINGERPRINTS,
    *layout.DETAILS,
    layout.RECORDS,
)
_MANIFEST_LIMIT_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBundle:
    """A consistent bundle, with its records and pictures open.

    Attributes:
        picture_rows: Which record each row of fingerprints and local features belongs to.
        withdrawn: Items of withdrawn works, which no answer may name.
    """

    path: Path
    manifest: Manifest
    records: Records
    pictures: Pictures
    picture_rows: PictureRows
    withdrawn: frozenset[int] = frozenset()

    @property
    def visible_manifest(self) -> Manifest:
        """The manifest for visitors, without the withdrawn works in its count and probes."""
        if not self.withdrawn:
            return self.manifest
        gone = self.records.items_of(self.manifest.probes) & self.withdrawn
        probes = tuple(p for p in self.manifest.probes if not self.records.items_of([p]) & gone)
        return replace(
            self.manifest, items=self.manifest.items - len(self.withdrawn), probes=probes
        )

    def file(self, name: str) -> Path:
        """Return the path of one of the bundle's files."""
        return self.path / name

    def close(self) -> None:
        """Close the records and pictures; answers already returned stay valid."""
        self.records.close()
        self.pictures.close()


def read_manifest(bundle: Path) -> Manifest:
    """Read a bundle's manifest.

    Raises:
        BundleMissingError: When there is no manifest, so no bundle or an unfinished one.
        BundleDamagedError, BundleFormatError: As `manifest.parse` raises them.
    """
    path = layout.manifest_of(bundle)
    try:
        if not path.is_file():
            raise BundleMissingError(
                f"{bundle}: expected a bundle, found no {layout.MANIFEST}; build or fetch one"
            )
        with path.open("rb") as file:
            text = file.read(_MANIFEST_LIMIT_BYTES + 1)
    except BundleMissingError:
        raise
    except OSError as error:
        raise _unreadable(bundle, layout.MANIFEST, error) from error
    if len(text) > _MANIFEST_LIMIT_BYTES:
        raise BundleDamagedError(
            f"{path}: expected at most {_MANIFEST_LIMIT_BYTES} bytes, found more; fetch it again"
        )
    return parse(text, str(bundle))


def open_bundle(bundle: Path, notices: Notices | None = None) -> OpenedBundle:
    """Open a bundle whose files all have the size the manifest states.

    Args:
        bundle: Its folder.
        notices: Withdrawn works and corrected texts that apply to it; `None` for none.

    Raises:
        BundleError: When it is missing, truncated, of another format, or inconsistent.
    """
    manifest = read_manifest(bundle)
    for entry in manifest.files:
        _check_size(bundle, entry)
    _check_consistency(bundle, manifest)
    with ExitStack() as on_failure:
        records = Records(bundle / layout.RECORDS, notices)
        on_failure.callback(records.close)
        if not records.has_rows(manifest.items):
            raise BundleDamagedError(
                f"{bundle}: manifest says {manifest.items} prints, {layout.RECORDS} has other items; fetch it again"
            )
        picture_rows = records.picture_rows()
        if manifest.index.items != len(picture_rows):
            raise BundleFormatError(
                f"{bundle}: index has {manifest.index.items} pictures, records have {len(picture_rows)}; build it again"
            )
        withdrawn = notices.withdrawn if notices else {}
        rows = records.items_of(withdrawn)
        pictures = Pictures(bundle, shards=_shard_count(manifest), withdrawn=withdrawn)
        on_failure.pop_all()
    return OpenedBundle(
        path=bundle,
        manifest=manifest,
        records=records,
        pictures=pictures,
        picture_rows=picture_rows,
        withdrawn=rows,
    )


@contextmanager
def opened(bundle: Path, notices: Notices | None = None) -> Iterator[OpenedBundle]:
    """Open a bundle, with its notices, for the duration of a `with` block."""
    parts = open_bundle(bundle, notices)
    try:
        yield parts
    finally:
        parts.close()


def verify(bundle: Path, progress: Callable[[FileEntry], None] = lambda entry: None) -> Manifest:
    """Read every byte of a bundle and check it against the manifest.

    Args:
        bundle: The bundle's folder.
        progress: Called with each file before it is read.

    Raises:
        BundleError: When a file is missing or altered, or the manifest doesn't name it.
    """
    manifest = read_manifest(bundle)
    for entry in manifest.files:
        progress(entry)
        _check_size(bundle, entry)
        found = _sha256_in(bundle, entry.path)
        if found != entry.sha256:
            raise BundleDamagedError(
                f"{bundle}: {entry.path} has sha256 {found[:12]}, manifest says {entry.sha256[:12]}; fetch it again"
            )
    _check_unlisted(bundle, manifest)
    _check_consistency(bundle, manifest)
    return manifest


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in hex, reading a mebibyte at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _sha256_in(bundle: Path, name: str) -> str:
    try:
        return sha256_of(bundle / name)
    except OSError as error:  # a failing memory card
        raise _unreadable(bundle, name, error) from error


def _unreadable(bundle: Path, name: str, error: OSError) -> BundleDamagedError:
    return BundleDamagedError(
        f"{bundle}: {name} can't be read ({error.strerror or error}); check its permissions or fetch it again"
    )


def _check_size(bundle: Path, entry: FileEntry) -> None:
    path = bundle / entry.path
    try:
        if not path.resolve().is_relative_to(bundle.resolve()):
            raise BundleDamagedError(
                f"{bundle}: {entry.path} lies outside the bundle; fetch it again"
            )
        if not path.is_file():
            raise BundleDamagedError(f"{bundle}: {entry.path} is missing; fetch it again")
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(bundle, entry.path, error) from error
    except RuntimeError as error:  # raised for a loop of links before Python 3.13
        raise BundleDamagedError(
            f"{bundle}: {entry.path} is a link to itself; fetch it again"
        ) from error
    if size != entry.size_bytes:
        raise BundleDamagedError(
            f"{bundle}: {entry.path} is {size} bytes, manifest says {entry.size_bytes}; fetch it again"
        )


def _check_consistency(bundle: Path, manifest: Manifest) -> None:
    entries = {entry.path: entry for entry in manifest.files}
    for name in _REQUIRED:
        if name not in entries:
            raise BundleDamagedError(f"{bundle}: manifest doesn't name {name}; fetch it again")
    model = entries[layout.MODEL].sha256
    for what, found in (
        ("model entry", manifest.model.sha256),
        ("index", manifest.index.model_sha256),
    ):
        if found != model:
            raise BundleFormatError(
                f"{bundle}: {layout.MODEL} is model {model[:12]}, the {what} is for {found[:12]}; "
                "build the bundle again"
            )
    if manifest.index.items < manifest.items:
        raise BundleFormatError(
            f"{bundle}: index has {manifest.index.items} prints, records have {manifest.items}; build it again"
        )


def _shard_count(manifest: Manifest) -> int:
    return sum(entry.path.startswith(f"{layout.PICTURES}/") for entry in manifest.files)


def _check_unlisted(bundle: Path, manifest: Manifest) -> None:
    named = {entry.path for entry in manifest.files} | {layout.MANIFEST}
    for path in sorted(bundle.rglob("*")):
        name = path.relative_to(bundle).as_posix()
        is_file = path.is_symlink() or not path.is_dir()
        if is_file and name not in named:
            raise BundleDamagedError(
                f"{bundle}: {name} is not named by the manifest; remove it or fetch the bundle again"
            )
