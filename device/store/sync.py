"""One update, from a source to the bundle that answers: look, check, fetch, put together, probe, switch.

Every step may be cut off by the power, a pulled stick or a full disk: what answered before goes on answering, and the
next sync goes on where this one was.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from device.bundle.manifest import FileEntry, Manifest
from device.bundle.notices import Notices
from device.bundle.reader import read_manifest
from device.errors import (
    BundleError,
    NoRoomError,
    RefusedError,
)
from device.store import notices as kept_notices
from device.store import store_state, trust
from device.store.atomic_files import FETCHING, AtomicFiles, discard, held
from device.store.bundles import Bundles
from device.store.delta_source import DeltaSource, HeldFile
from device.store.fetch import fetch
from device.store.probe import probe
from device.store.rollback_guard import InstalledVersions, checked
from device.store.source import BundleSource
from device.store.staging import Staging
from device.store.store_state import Arrival, RollbackFloor, StoreState
from device.store.sync_errors import in_our_words
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult
from device.store.trust import Offer

TRUST = "trust"
# Left free besides an update itself: for notices, statistics and whatever else a machine writes.
SPARE_BYTES, SPARE_SHARE = 64 << 20, 0.1

_log = logging.getLogger(__name__)


def sync(
    source: BundleSource,
    store: Path,
    root: bytes,
    *,
    files: AtomicFiles | None = None,
    check: Callable[[Path], object] = probe,
    tell: Callable[[FetchProgress], None] = lambda progress: None,
    today: Callable[[], date] = date.today,
) -> SyncOutcome:
    """Bring the newest bundle and notices of a source to this kiosk.

    Args:
        source: Where to look.
        store: The folder of installed bundles.
        root: The museum's root, given at the installation.
        files: What changes the disk.
        check: The last question to a bundle before it becomes current; raises `BundleError`.
        tell: Told how far it has come.
        today: The day by this machine's clock; for people's eyes alone.

    Raises:
        SyncError: Naming what is wrong in one numbered line; the kiosk goes on with what it has.
    """
    with in_our_words(store), held(store, FETCHING):
        return _Update(source, store, files or AtomicFiles(), check, tell, today).run(root)


class _Update:
    """One sync; the store's fetching side is held."""

    def __init__(
        self,
        source: BundleSource,
        store: Path,
        files: AtomicFiles,
        check: Callable[[Path], object],
        tell: Callable[[FetchProgress], None],
        today: Callable[[], date],
    ) -> None:
        self._source = source
        self._store = store
        self._files = files
        self._check = check
        self._tell = tell
        self._today = today
        self._bundles = Bundles(store, files=files)
        self._staging = Staging(store, files)

    def run(self, root: bytes) -> SyncOutcome:
        trust.prepare(self._store / TRUST)
        memory = store_state.read(self._store).without_gone(self._bundles.names())
        offer = trust.look(self._source, self._store / TRUST, root)
        held_serial = kept_notices.read(self._store).serial
        here = InstalledVersions(manifest=self._current(), notices=held_serial)
        floor = checked(offer, memory.floor, here, self._source.name)
        serial = self._take_notices(offer.notices, floor)
        self._remember(
            replace(memory, floor=replace(floor, notices=serial), expires=offer.expires.isoformat())
        )
        manifest = offer.manifest
        if manifest is None:
            return SyncOutcome(result=SyncResult.NOTHING_PUBLISHED, version=0, notices=serial)
        current = self._current()
        if current is not None and current.bundle_id == manifest.bundle_id:
            self._tidy()
            return SyncOutcome(
                result=SyncResult.UP_TO_DATE, version=manifest.version, notices=serial
            )
        if {str(manifest.version), _long_name(manifest)} & set(memory.refused):
            raise RefusedError(
                f"version {manifest.version} failed here before, or staff went back from it; publish a new one, or activate it by hand"
            )
        fetched = self._fetch(manifest)
        self._install(manifest, offer)
        total = sum(entry.size_bytes for entry in manifest.files)
        return SyncOutcome(
            result=SyncResult.INSTALLED,
            version=manifest.version,
            fetched_bytes=fetched,
            total_bytes=total,
            notices=serial,
        )

    def _current(self) -> Manifest | None:
        try:
            return read_manifest(self._bundles.current)
        except BundleError:
            return None

    def _take_notices(self, offered: Notices | None, floor: RollbackFloor) -> int:
        """Let what is withdrawn be withdrawn at once, whatever becomes of the bundle; give the serial that holds."""
        if offered is None:
            return floor.notices
        if offered != kept_notices.read(self._store):
            kept_notices.write(self._files, self._store, offered)
        return offered.serial

    def _fetch(self, manifest: Manifest) -> int:
        """Bring all files of a bundle here; give how many bytes had to be fetched."""
        staging = self._staging
        staging.prepare()
        staging.drop_parts(manifest)
        entries = {entry.sha256: entry for entry in manifest.files}.values()
        missing = [e for e in entries if not staging.has(e) and not staging.adopt(e)]
        total = sum(entry.size_bytes for entry in missing)
        self._check_room(missing, manifest.version)
        source = DeltaSource(self._source, self._held(manifest), missing)
        done = 0
        for entry in missing:
            told = _from(done, total, manifest.version, self._tell)
            fetch(entry, source, staging.part_of(entry), self._files, told)
            staging.keep(entry)
            done += entry.size_bytes
        return total - source.spared_bytes

    def _held(self, manifest: Manifest) -> list[HeldFile]:
        """Give the files of the bundle that answers which another will not have; pieces of them may be in it."""
        current, kept = self._current(), {entry.sha256 for entry in manifest.files}
        entries = [entry for entry in current.files if entry.sha256 not in kept] if current else []
        release = self._bundles.current.resolve()
        return [HeldFile(path=release / entry.path, entry=entry) for entry in entries]

    def _check_room(self, missing: list[FileEntry], version: int) -> None:
        parts = [self._staging.part_of(entry) for entry in missing]
        here = sum(part.stat().st_size for part in parts if part.is_file())
        wanted = sum(entry.size_bytes for entry in missing) - here
        wanted += max(SPARE_BYTES, int(wanted * SPARE_SHARE))
        free = self._files.free_bytes(self._store)
        if free < wanted:
            raise NoRoomError(
                f"version {version} needs {_megabytes(wanted)} free in {self._store}, there are "
                f"{_megabytes(free)}; make room, then sync again"
            )

    def _install(self, manifest: Manifest, offer: Offer) -> None:
        name = self._name_for(manifest)
        release = self._staging.stage(manifest, name)
        try:
            self._check(release)
        except BundleError as error:
            with held(self._store):
                self._bundles.refuse(str(manifest.version))
            discard(self._files, release)
            self._staging.collect()
            raise RefusedError(f"version {manifest.version} is refused: {error}") from error
        arrival = Arrival(
            source=self._source.name,
            published=offer.published,
            arrived=self._today().isoformat(),
        )
        self._bundles.activate(name, on_trial=True, arrival=arrival)
        self._tidy()

    def _name_for(self, manifest: Manifest) -> str:
        """Give a release's name: its version, and more where another bundle of that version must stay."""
        name = str(manifest.version)
        kept = [path.resolve().name for path in (self._bundles.current, self._bundles.previous)]
        return name if name not in kept else _long_name(manifest)

    def _remember(self, memory: StoreState) -> None:
        """Remember what was learnt, but for what the kiosk itself has changed meanwhile."""
        with held(self._store):
            now = store_state.read(self._store)
            memory = replace(memory, refused=now.refused, trial=now.trial, starts=now.starts)
            if memory != now:
                store_state.write(self._files, self._store, memory)

    def _tidy(self) -> None:
        """Remove what is needed no more; a disk that won't lets it lie until next time."""
        try:
            self._staging.prepare()
            self._staging.drop_parts()
            self._staging.collect()
        except OSError as error:
            _log.warning("%s: not tidied (%s); the next sync tries again", self._store, error)


def _long_name(manifest: Manifest) -> str:
    return f"{manifest.version}-{manifest.bundle_id}"


def _from(
    done: int, total: int, version: int, tell: Callable[[FetchProgress], None]
) -> Callable[[int], None]:
    def told(count: int) -> None:
        tell(FetchProgress(version=version, done_bytes=done + count, total_bytes=total))

    return told


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
