"""Which bundle a source offers, once its signatures lead back to the root this kiosk was given at its installation.

The only home of python-tuf on the kiosk. It checks signatures, thresholds, expiry, versions and what belongs together;
the manifest it vouches for names every other file by sha256.
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

from device.bundle import notices as format_of_notices
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
    """What a source offers, signed for by this museum.

    Attributes:
        manifest: Of the bundle; `None` when none was published yet.
        published: The day, as the publisher wrote it; for people's eyes alone.
        notices: `None` when none were published yet.
        root: Version of the root that says whose signature counts.
        keys: Ids of the keys that sign for bundles, sorted.
        expires: From this day on, nothing new of this is accepted.
    """

    manifest: Manifest | None
    published: str
    notices: Notices | None
    root: int
    keys: tuple[str, ...]
    expires: date


def look(source: BundleSource, trust: Path, root: bytes) -> Offer:
    """Give what a source offers.

    Args:
        source: Where to look.
        trust: The folder of python-tuf's own memory; what is lost of it is fetched again.
        root: The root that was given at the installation.

    Raises:
        SourceError: When the source can't be read.
        StaleError: When what is there is older than what was seen before, or has expired.
        UntrustedError: When it isn't signed by this museum, or isn't what was signed for.
    """
    with _in_our_words(source):
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
    for entry in manifest.files:  # these become the names of files here
        if not _SHA256.fullmatch(entry.sha256) or entry.size_bytes < 0:
            raise UntrustedError(
                f"{source.name}: {entry.path}: expected a sha256 and a size, found {entry.sha256[:70]!r} and "
                f"{entry.size_bytes}; publish it by the desk's software"
            )
    custom = info.custom if isinstance(info.custom, dict) else {}
    return manifest, str(custom.get(repository_layout.PUBLISHED, ""))[:10]


def _notices(updater: Updater, source: BundleSource) -> Notices | None:
    info = updater.get_targetinfo(repository_layout.NOTICES_TARGET)
    if info is None:
        return None
    data = _target(info, source, format_of_notices.LIMIT_BYTES)
    return format_of_notices.parse(data, source.name)


def _target(info: TargetFile, source: BundleSource, most: int) -> bytes:
    """Give a small target's bytes, bounded by what was signed for."""
    path = repository_layout.target_path(info.path, info.hashes["sha256"])
    if info.length > most:
        raise UntrustedError(f"{source.name}: {path}: expected at most {most} bytes, found more")
    data = bytearray()
    with source.open(path) as stream:
        for chunk in stream.chunks:
            data += chunk
            if len(data) > info.length:
                break
    info.verify_length_and_hashes(bytes(data))
    return bytes(data)


def _root(trust: Path) -> Root:
    return Metadata[Root].from_bytes((trust / "root.json").read_bytes()).signed


def _expires(trust: Path) -> date:
    """Give the earliest day on which a part of what is trusted expires."""
    roles = (Root.type, Timestamp.type, Snapshot.type, Targets.type)
    files = [Metadata.from_bytes((trust / f"{role}.json").read_bytes()) for role in roles]
    earliest: date = min(file.signed.expires for file in files).date()
    return earliest


class _Fetcher(FetcherInterface):
    """Gives python-tuf its metadata from any of our sources; it bounds their length itself."""

    def __init__(self, source: BundleSource) -> None:
        self._source = source

    def _fetch(self, url: str) -> Iterator[bytes]:
        try:
            with self._source.open(url) as stream:
                yield from stream.chunks
        except MissingFileError as error:
            raise exceptions.DownloadHTTPError(str(error), 404) from error


@contextmanager
def _in_our_words(source: BundleSource) -> Iterator[None]:
    try:
        yield
    except exceptions.ExpiredMetadataError as error:
        now = datetime.now(UTC).date()
        raise StaleError(
            f"{source.name}: what is published there has expired by this kiosk's clock ({now}); "
            "see the clock, or renew at the desk"
        ) from error
    except exceptions.BadVersionNumberError as error:
        raise StaleError(
            f"{source.name}: holds something older than this kiosk has seen; fetch the newest onto the stick"
        ) from error
    except exceptions.DownloadLengthMismatchError as error:
        raise UntrustedError(f"{source.name}: a file there is longer than it may be") from error
    except exceptions.DownloadError as error:
        raise SourceError(
            f"{source.name}: holds no repository of bundles; see the address or stick"
        ) from error
    except (exceptions.RepositoryError, BundleError, ValueError, KeyError) as error:
        if isinstance(error, SyncError):
            raise
        raise UntrustedError(
            f"{source.name}: is not signed by this museum, or was altered ({_line(error)}); "
            "is it this museum's stick, or a page to log in to the network?"
        ) from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def prepare(trust: Path) -> None:
    """Make the folder of python-tuf's memory, and clear away what it was cut off writing."""
    trust.mkdir(parents=True, exist_ok=True)
    for path in trust.glob("tmp*"):
        path.unlink()
