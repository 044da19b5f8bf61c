"""Read a source's offer of updates, and verify its signatures back to the trusted root.

The only module of the kiosk that imports python-tuf, which checks signatures, thresholds, expiry, versions and
consistency. The manifest that it verifies names every other file by sha256.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from device.bundle import notices as notices_format
from device.bundle import repository_layout
from device.bundle.manifest import Manifest, parse
from device.bundle.notices import Notices
from device.errors import BundleError, SourceError, StaleError, SyncError, UntrustedError
from device.store.source import BundleSource, MissingFileError

_MANIFEST_LIMIT_BYTES = 4_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LIMITS = UpdaterConfig(targets_max_length=1_000_000, snapshot_max_length=100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The bundle and notices that a source offers, signed by this museum.

    Attributes:
        manifest: The bundle's manifest; `None` when no bundle was published yet.
        published: Day of publication, as the publisher wrote it; only for display.
        notices: `None` when none were published yet.
        root: Version of the root, which decides which keys are valid.
        keys: Ids of the publishing keys, sorted.
        expires: Day from which updates with these signatures are refused.
    """

    manifest: Manifest | None
    published: str
    notices: Notices | None
    root: int
    keys: tuple[str, ...]
    expires: date


def read_offer(source: BundleSource, trust: Path, root: bytes) -> Offer:
    """Return a source's offer after python-tuf has verified its signatures.

    Args:
        source: The source of updates.
        trust: The folder of python-tuf's metadata; missing files are fetched again.
        root: The museum's `root.json`, from the installation.

    Raises:
        SourceError: When the source can't be read.
        StaleError: When its metadata has expired, or is older than metadata seen before.
        UntrustedError: When it isn't signed by this museum, or its files don't match the signatures.
    """
    with _translate_tuf_errors(source):
        updater = Updater(
            str(trust),
            f"{repository_layout.METADATA}/",
            fetcher=_Fetcher(source),
            config=_LIMITS,
            bootstrap=root,
        )
        updater.refresh()
        manifest, published = _bundle(updater, source)
        return Offer(
            manifest=manifest,
            published=published,
            notices=_notices(updater, source),
            root=_root(trust).version,
            keys=tuple(sorted(_root(trust).roles[Targets.type].keyids)),
            expires=_expires(trust),
        )


def _bundle(updater: Updater, source: BundleSource) -> tuple[Manifest | None, str]:
    info = updater.get_targetinfo(repository_layout.BUNDLE_TARGET)
    if info is None:
        return None, ""
    data = _target(info, source, _MANIFEST_LIMIT_BYTES)
    manifest = parse(data, source.name)
    for entry in manifest.files:  # each sha256 becomes a file name in the store
        if not _SHA256.fullmatch(entry.sha256) or entry.size_bytes < 0:
            raise UntrustedError(
                f"{source.name}: {entry.path}: expected a sha256 and a size, found {entry.sha256[:70]!r} and "
                f"{entry.size_bytes}; publish it with the desk's software"
            )
    custom = info.custom if isinstance(info.custom, dict) else {}
    return manifest, str(custom.get(repository_layout.PUBLISHED, ""))[:10]


def _notices(updater: Updater, source: BundleSource) -> Notices | None:
    info = updater.get_targetinfo(repository_layout.NOTICES_TARGET)
    if info is None:
        return None
    data = _target(info, source, notices_format.LIMIT_BYTES)
    return notices_format.parse(data, source.name)


def _target(info: TargetFile, source: BundleSource, limit_bytes: int) -> bytes:
    """Return a small target's bytes, limited to its signed length and verified."""
    path = repository_layout.target_path(info.path, info.hashes["sha256"])
    if info.length > limit_bytes:
        raise UntrustedError(
            f"{source.name}: {path}: expected at most {limit_bytes} bytes, found more"
        )
    data = bytearray()
    with source.open(path) as stream:
        for block in stream.blocks:
            data += block
            if len(data) > info.length:
                break
    info.verify_length_and_hashes(bytes(data))
    return bytes(data)


def _root(trust: Path) -> Root:
    return Metadata[Root].from_bytes((trust / "root.json").read_bytes()).signed


def _expires(trust: Path) -> date:
    """Return the earliest day on which one of the trusted metadata files expires."""
    roles = (Root.type, Timestamp.type, Snapshot.type, Targets.type)
    files = [Metadata.from_bytes((trust / f"{role}.json").read_bytes()) for role in roles]
    earliest: date = min(file.signed.expires for file in files).date()
    return earliest


class _Fetcher(FetcherInterface):
    """Lets python-tuf read its metadata from any source; python-tuf limits the lengths itself."""

    def __init__(self, source: BundleSource) -> None:
        self._source = source

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            with self._source.open(url) as stream:
                yield from stream.blocks
        except MissingFileError as error:
            raise exceptions.DownloadHTTPError(str(error), 404) from error


@contextmanager
def _translate_tuf_errors(source: BundleSource) -> Iterator[None]:
    try:
        yield
    except exceptions.ExpiredMetadataError as error:
        now = datetime.now(UTC).date()
        raise StaleError(
            f"{source.name}: its signatures have expired by this kiosk's clock ({now}); "
            "check the clock, or renew at the desk"
        ) from error
    except exceptions.BadVersionNumberError as error:
        raise StaleError(
            f"{source.name}: is older than what this kiosk has seen; copy the newest repository onto the stick"
        ) from error
    except exceptions.DownloadLengthMismatchError as error:
        raise UntrustedError(
            f"{source.name}: a file is longer than allowed; check the address or the stick"
        ) from error
    except exceptions.DownloadError as error:
        raise SourceError(
            f"{source.name}: is not a repository of bundles; check the address or the stick"
        ) from error
    except (exceptions.RepositoryError, BundleError, ValueError, KeyError) as error:
        if isinstance(error, SyncError):
            raise
        raise UntrustedError(
            f"{source.name}: is not signed by this museum, or was altered ({_line(error)}); "
            "check that it is this museum's stick, and whether the network needs a login first"
        ) from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def prepare(trust: Path) -> None:
    """Make python-tuf's metadata folder, and remove temporary files of an interrupted sync."""
    trust.mkdir(parents=True, exist_ok=True)
    for path in trust.glob("tmp*"):
        path.unlink()
