"""Installed bundles: `releases/<name>` folders, and the links `current` and `previous`.

Each link changes in one step: it is made under a temporary name and renamed, so a power cut leaves the old link or the
new one. Every byte of a bundle is verified before it becomes current. A bundle from an update is on trial until it has
answered for a while. A bundle that fails its trial is rejected: its name is remembered, and the previous bundle
answers again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from device.bundle.changes import Changes, find_changes
from device.bundle.manifest import Manifest
from device.bundle.reader import read_manifest, verify
from device.errors import BundleError, BundleMissingError
from device.store import store_state
from device.store.atomic_files import AtomicFiles, discard, locked, translate_disk_errors
from device.store.store_state import Arrival, StoreState

CURRENT = "current"
PREVIOUS = "previous"
RELEASES = "releases"
# A bundle on trial is rejected when the kiosk has started with it this many times and never completed the trial.
MAX_TRIAL_STARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledBundle:
    """One bundle in the store.

    Attributes:
        manifest: `None` when it can't be read.
        fault: Why the manifest can't be read; empty when it can.
        arrival: Where and when an update brought the bundle; `None` for one installed by hand.
    """

    name: str
    path: Path
    manifest: Manifest | None
    fault: str
    is_current: bool
    is_previous: bool
    is_on_trial: bool = False
    arrival: Arrival | None = None


class Bundles:
    """The bundles installed in one store."""

    def __init__(
        self,
        root: Path,
        *,
        files: AtomicFiles | None = None,
        check: Callable[[Path], object] = verify,
    ) -> None:
        """Refer to a store, which may not exist yet.

        Args:
            root: The store's folder, such as `/var/lib/printkiosk`.
            files: The steps that change the disk; `None` for the real ones.
            check: Called with a bundle's folder; raises `BundleError` when it must not become current.
        """
        self._root = root
        self._files = files or AtomicFiles()
        self._check = check

    @property
    def current(self) -> Path:
        """Path of the link to the current bundle, whether or not there is one."""
        return self._root / CURRENT

    @property
    def previous(self) -> Path:
        """Path of the link to the previous bundle, whether or not there is one."""
        return self._root / PREVIOUS

    @property
    def trial(self) -> str:
        """The current bundle's name while it is on trial, else empty.

        Raises:
            BundleDamagedError: As `store_state.read` raises it.
        """
        name = store_state.read(self._root).trial
        return name if name and name == self._release_name(CURRENT) else ""

    def names(self) -> frozenset[str]:
        """Return the names of the installed bundles, including damaged ones."""
        return frozenset(path.name for path in (self._root / RELEASES).glob("*") if path.is_dir())

    def list(self) -> tuple[InstalledBundle, ...]:
        """Return the installed bundles, sorted by name."""
        state = self._state()
        releases = self._root / RELEASES
        return tuple(
            self._describe(path, state) for path in sorted(releases.glob("*")) if path.is_dir()
        )

    def changes(self) -> Changes | None:
        """Return the changes from the previous to the current bundle; None if one is unreadable."""
        if not (self.previous.is_dir() and self.current.is_dir()):
            return None
        try:
            return find_changes(self.previous, self.current)
        except BundleError:
            return None

    def activate(
        self, name: str, *, on_trial: bool = False, arrival: Arrival | None = None
    ) -> Manifest:
        """Make an installed bundle the current one.

        The last current bundle that was not on trial becomes the previous one. An earlier refusal of the bundle
        is forgotten.

        Args:
            name: Its name, as `list` returns it.
            on_trial: Whether it starts on trial; a bundle chosen by hand does not.
            arrival: Where and when an update brought it; `None` for a bundle installed by hand. After an update, no
                older one is accepted.

        Raises:
            BundleError: When there is no such bundle or it is damaged; the current one stays.
        """
        path = self._release(name)
        self._check(path)
        manifest = read_manifest(path)
        with locked(self._root), translate_disk_errors(self._root / CURRENT, f"be set to {name}"):
            state, before = self._state(), self._release_name(CURRENT)
            last_proven = before if before != state.trial else None
            refused_before = tuple(refused for refused in state.refused if refused != name)
            trial = name if on_trial else ""
            state = replace(state, trial=trial, starts=0, refused=refused_before)
            if arrival is not None:
                state = state.with_arrival(name, manifest.version, arrival)
            self._write_state(state)
            changed = [(CURRENT, name)]
            if last_proven is not None and last_proven != name:
                changed.append((PREVIOUS, last_proven))
            # The previous release must stay linked until it is the current one.
            if self._release_name(PREVIOUS) != name:
                changed.reverse()
            for link, release in changed:
                self._link(link, release)
        return manifest

    def rollback(self) -> Manifest:
        """Go back to the previous bundle.

        A sync never installs the bundle that was left again, only a newer one.

        Raises:
            BundleError: When there is no previous bundle, or it is damaged; the current one stays.
        """
        previous = self._release_name(PREVIOUS)
        if previous is None or previous == self._release_name(CURRENT):
            raise BundleMissingError(f"{self._root}: there is no previous bundle to go back to")
        left = self._release_name(CURRENT)
        manifest = self.activate(previous)
        if (
            left in self._state().arrivals
        ):  # a sync never brings a bundle that was installed by hand
            with (
                locked(self._root),
                translate_disk_errors(self._root, "remember which bundle was left"),
            ):
                self.refuse(left or "")
        return manifest

    def count_start(self) -> bool:
        """Count a start of the kiosk, and reject a bundle on trial after too many.

        Returns:
            Whether the bundle on trial was rejected.

        Raises:
            BundleError: When the store can't be written, or there is no bundle to go back to.
        """
        name, state = self.trial, self._state()
        if not name:
            return False
        if state.starts >= MAX_TRIAL_STARTS or name in state.refused:
            self.reject()
            return True
        with locked(self._root), translate_disk_errors(self._root, "count a start"):
            self._write_state(replace(state, starts=state.starts + 1))
        return False

    def confirm(self) -> None:
        """End the current bundle's trial successfully.

        Raises:
            BundleError: When the store can't be written.
        """
        with locked(self._root), translate_disk_errors(self._root, "end the trial of its bundle"):
            self._write_state(replace(self._state(), trial="", starts=0))

    def reject(self) -> Manifest:
        """Go back from a current bundle that fails to the previous one, and refuse it from now on.

        Raises:
            BundleError: When there is no intact bundle to go back to.
        """
        failed, before = self._release_name(CURRENT), self._release_name(PREVIOUS)
        if before is None or before == failed:
            raise BundleMissingError(f"{self._root}: there is no previous bundle to go back to")
        path = self._release(before)
        self._check(path)
        with (
            locked(self._root),
            translate_disk_errors(self._root / CURRENT, f"be set back to {before}"),
        ):
            # The trial ends last: after a power cut in between, the next start finishes the remaining steps.
            self.refuse(failed or "")
            self._link(CURRENT, before)
            self._write_state(replace(self._state(), trial="", starts=0))
            discard(self._files, self.previous)
            self._files.sync_folder(self._root)
        return read_manifest(path)

    def refuse(self, name: str) -> None:
        """Record that a release must not be installed again; the caller holds the store's lock."""
        state = self._state()
        kept = tuple(refused for refused in state.refused if refused != name)
        self._write_state(replace(state, refused=(*kept, name)))

    def _describe(self, path: Path, state: StoreState) -> InstalledBundle:
        manifest, fault = None, ""
        try:
            manifest = read_manifest(path)
        except BundleError as error:
            fault = str(error)
        is_current = self._release_name(CURRENT) == path.name
        return InstalledBundle(
            name=path.name,
            path=path,
            manifest=manifest,
            fault=fault,
            is_current=is_current,
            is_previous=self._release_name(PREVIOUS) == path.name,
            is_on_trial=is_current and state.trial == path.name,
            arrival=state.arrivals.get(path.name),
        )

    def _release(self, name: str) -> Path:
        is_name = name not in ("", ".", "..") and "/" not in name and "\0" not in name
        path = self._root / RELEASES / name
        if not is_name or not path.is_dir():
            known = ", ".join(installed.name for installed in self.list()) or "none"
            raise BundleMissingError(f"bundle {name!r}: not installed; installed are: {known}")
        return path

    def _release_name(self, link: str) -> str | None:
        """Return the name of the release that a link points to, or None for a broken link."""
        path = self._root / link
        return path.resolve().name if path.is_symlink() and path.is_dir() else None

    def _link(self, link: str, name: str) -> None:
        temporary = self._root / f".{link}.new"
        discard(self._files, temporary)
        self._files.symlink(Path(RELEASES) / name, temporary)
        self._files.rename(temporary, self._root / link)
        self._files.sync_folder(self._root)

    def _state(self) -> StoreState:
        """Return the store's state, or an empty one if damaged, so that switching still works."""
        try:
            return store_state.read(self._root)
        except BundleError:
            return StoreState()

    def _write_state(self, state: StoreState) -> None:
        if state != self._state():
            store_state.write(self._files, self._root, state)
