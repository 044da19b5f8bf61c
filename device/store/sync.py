"""One sync: read a source's offer, check it, fetch, assemble, probe and switch.

A power cut, a pulled stick or a full disk may interrupt every step. The current bundle keeps answering, and the next
sync resumes.
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
from device.store import store_state, tuf_client
from device.store.atomic_files import FETCH_LOCK, AtomicFiles, discard, locked
from device.store.bundles import Bundles
from device.store.delta_source import DeltaSource, LocalFile
from device.store.fetch import fetch
from device.store.probe import probe
from device.store.rollback_guard import InstalledVersions, check_rollback
from device.store.source import BundleSource
from device.store.staging import Staging
from device.store.store_state import Arrival, RollbackGuard, StoreState
from device.store.sync_error_translation import as_sync_errors
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult
from device.store.tuf_client import Offer

TRUST = "trust"
# Space that stays free after an update, for notices, statistics and other files that the system writes.
SPARE_BYTES, SPARE_SHARE = 64 << 20, 0.1

_log = logging.getLogger(__name__)


def sync(
    source: BundleSource,
    store: Path,
    root: bytes,
    *,
    files: AtomicFiles | None = None,
    check: Callable[[Path], object] = probe,
    on_progress: Callable[[FetchProgress], None] = lambda progress: None,
    today: Callable[[], date] = date.today,
) -> SyncOutcome:
    """Fetch and install the newest bundle and notices of a source.

    Args:
        source: The source of updates.
        store: The store's folder.
        root: The museum's `root.json`, from the installation.
        files: The steps that change the disk; `None` for the real ones.
        check: The last check before a bundle becomes current; raises `BundleError`.
        on_progress: Called with the progress of the downloads.
        today: Returns the day by this kiosk's clock; only for display.

    Raises:
        SyncError: With one numbered line for staff; the current bundle and notices stay.
    """
    with as_sync_errors(store), locked(store, FETCH_LOCK):
        return _Update(source, store, files or AtomicFiles(), check, on_progress, today).run(root)


class _Update:
    """One sync; the caller holds the store's fetch lock."""

    def __init__(
        self,
        source: BundleSource,
        store: Path,
        files: AtomicFiles,
        check: Callable[[Path], object],
        on_progress: Callable[[FetchProgress], None],
        today: Callable[[], date],
    ) -> None:
        self._source = source
        self._store = store
        self._files = files
        self._check = check
        self._on_progress = on_progress
        self._today = today
        self._bundles = Bundles(store, files=files)
        self._staging = Staging(store, files)

    def run(self, root: bytes) -> SyncOutcome:
        tuf_client.prepare(self._store / TRUST)
        state = store_state.read(self._store).with_arrivals_of(self._bundles.names())
        offer = tuf_client.read_offer(self._source, self._store / TRUST, root)
        serial_before = kept_notices.read(self._store).serial
        installed = InstalledVersions(manifest=self._current(), notices=serial_before)
        guard = check_rollback(offer, state.floor, installed, self._source.name)
        serial = self._take_notices(offer.notices, guard)
        self._write_state(
            replace(state, floor=replace(guard, notices=serial), expires=offer.expires.isoformat())
        )
        manifest = offer.manifest
        if manifest is None:
            return SyncOutcome(result=SyncResult.NOTHING_PUBLISHED, version=0, notices=serial)
        current = self._current()
        if current is not None and current.bundle_id == manifest.bundle_id:
            self._clean_up()
            return SyncOutcome(
                result=SyncResult.UP_TO_DATE, version=manifest.version, notices=serial
            )
        if {str(manifest.version), _long_name(manifest)} & set(state.refused):
            raise RefusedError(
                f"version {manifest.version} failed on this kiosk before, or staff rolled it back; "
                "publish a new version, or activate it by hand"
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

    def _take_notices(self, offered: Notices | None, guard: RollbackGuard) -> int:
        """Install offered notices at once, even if the bundle fails later; return the serial."""
        if offered is None:
            return guard.notices
        if offered != kept_notices.read(self._store):
            kept_notices.write(self._files, self._store, offered)
        return offered.serial

    def _fetch(self, manifest: Manifest) -> int:
        """Fetch a bundle's missing files and return how many bytes were downloaded."""
        staging = self._staging
        staging.prepare()
        staging.remove_partial_files(manifest)
        entries = {entry.sha256: entry for entry in manifest.files}.values()
        missing = [e for e in entries if not staging.has(e) and not staging.link_existing(e)]
        total = sum(entry.size_bytes for entry in missing)
        self._check_room(missing, manifest.version)
        source = DeltaSource(self._source, self._local_files(manifest), missing)
        done = 0
        for entry in missing:
            report = _offset_progress(done, total, manifest.version, self._on_progress)
            fetch(entry, source, staging.partial_path(entry), self._files, report)
            staging.finish(entry)
            done += entry.size_bytes
        return total - source.reused_bytes

    def _local_files(self, manifest: Manifest) -> list[LocalFile]:
        """Return the current bundle's files that the new one lacks, whose chunks it may share."""
        current, kept = self._current(), {entry.sha256 for entry in manifest.files}
        entries = [entry for entry in current.files if entry.sha256 not in kept] if current else []
        release = self._bundles.current.resolve()
        return [LocalFile(path=release / entry.path, entry=entry) for entry in entries]

    def _check_room(self, missing: list[FileEntry], version: int) -> None:
        parts = [self._staging.partial_path(entry) for entry in missing]
        gathered = sum(part.stat().st_size for part in parts if part.is_file())
        wanted = sum(entry.size_bytes for entry in missing) - gathered
        wanted += max(SPARE_BYTES, int(wanted * SPARE_SHARE))
        free = self._files.free_bytes(self._store)
        if free < wanted:
            raise NoRoomError(
                f"version {version} needs {_megabytes(wanted)} free in {self._store}, found "
                f"{_megabytes(free)}; free some space, then sync again"
            )

    def _install(self, manifest: Manifest, offer: Offer) -> None:
        name = self._name_for(manifest)
        release = self._staging.stage(manifest, name)
        try:
            self._check(release)
        except BundleError as error:
            with locked(self._store):
                self._bundles.refuse(str(manifest.version))
            discard(self._files, release)
            self._staging.remove_unused()
            raise RefusedError(f"version {manifest.version} is refused: {error}") from error
        arrival = Arrival(
            source=self._source.name,
            published=offer.published,
            arrived=self._today().isoformat(),
        )
        self._bundles.activate(name, on_trial=True, arrival=arrival)
        self._clean_up()

    def _name_for(self, manifest: Manifest) -> str:
        """Return a release's name: its version, plus its id if another release has that version."""
        name = str(manifest.version)
        kept = [path.resolve().name for path in (self._bundles.current, self._bundles.previous)]
        return name if name not in kept else _long_name(manifest)

    def _write_state(self, state: StoreState) -> None:
        """Write the state, except the fields that the running kiosk may have changed meanwhile."""
        with locked(self._store):
            now = store_state.read(self._store)
            state = replace(state, refused=now.refused, trial=now.trial, starts=now.starts)
            if state != now:
                store_state.write(self._files, self._store, state)

    def _clean_up(self) -> None:
        """Remove unused files; if the disk fails, log it and leave them for the next sync."""
        try:
            self._staging.prepare()
            self._staging.remove_partial_files()
            self._staging.remove_unused()
        except OSError as error:
            _log.warning(
                "%s: unused files not removed (%s); the next sync tries again", self._store, error
            )


def _long_name(manifest: Manifest) -> str:
    return f"{manifest.version}-{manifest.bundle_id}"


def _offset_progress(
    done: int, total: int, version: int, on_progress: Callable[[FetchProgress], None]
) -> Callable[[int], None]:
    def report(count: int) -> None:
        on_progress(FetchProgress(version=version, done_bytes=done + count, total_bytes=total))

    return report


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
