"""Installed bundles: `releases/<name>` folders, `current` and `previous` links, changed in one step each.

A link is made beside its place and renamed over it, so a power cut leaves the old one or the new one. A
bundle is verified, every byte, before it becomes current. One that came by an update is on trial until it has
answered for a while; one that fails its trial is remembered, and the one before answers again.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from device.bundle.changes import Changes, changes
from device.bundle.manifest import Manifest
from device.bundle.reader import read_manifest, verify
from device.errors import BundleError, BundleMissingError
from device.store import store_state
from device.store.atomic_files import AtomicFiles, discard, held, telling
from device.store.store_state import Arrival, StoreState

CURRENT = "current"
PREVIOUS = "previous"
RELEASES = "releases"
# A bundle on trial that the kiosk was started with so often, and never for long, is taken for the reason.
MOST_STARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One bundle on the disk; `manifest` is `None` when it can't be read, and `fault` says why."""

    name: str
    path: Path
    manifest: Manifest | None
    fault: str
    is_current: bool
    is_previous: bool
    is_on_trial: bool = False
    arrival: Arrival | None = None


class Bundles:
    """The bundles installed under one folder."""

    def __init__(
        self,
        root: Path,
        *,
        files: AtomicFiles | None = None,
        check: Callable[[Path], object] = verify,
    ) -> None:
        """Look at a store; it is made when something is activated.

        Args:
            root: `/var/lib/printkiosk`, or any other folder.
            files: What changes the disk.
            check: Raises `BundleError` for a bundle that must not become current.
        """
        self._root = root
        self._files = files or AtomicFiles()
        self._check = check

    @property
    def current(self) -> Path:
        """Where the bundle that answers lies, whether or not there is one."""
        return self._root / CURRENT

    @property
    def previous(self) -> Path:
        """Where the bundle to go back to lies, whether or not there is one."""
        return self._root / PREVIOUS

    @property
    def trial(self) -> str:
        """The current bundle's name while it has yet to prove itself, else empty.

        Raises:
            BundleDamagedError: As `standing.read` says.
        """
        name = store_state.read(self._root).trial
        return name if name and name == self._name(CURRENT) else ""

    def names(self) -> frozenset[str]:
        """Give the names of the installed bundles, whatever state they are in."""
        return frozenset(path.name for path in (self._root / RELEASES).glob("*") if path.is_dir())

    def list(self) -> tuple[Installed, ...]:
        """Give the installed bundles, by name."""
        memory = self._memory()
        releases = self._root / RELEASES
        return tuple(
            self._look(path, memory) for path in sorted(releases.glob("*")) if path.is_dir()
        )

    def changes(self) -> Changes | None:
        """Give what is different in the current bundle from the previous one; `None` without two that can be read."""
        if not (self.previous.is_dir() and self.current.is_dir()):
            return None
        try:
            return changes(self.previous, self.current)
        except BundleError:
            return None

    def activate(
        self, name: str, *, on_trial: bool = False, arrival: Arrival | None = None
    ) -> Manifest:
        """Make an installed bundle the current one; the last one that proved itself becomes the previous.

        Args:
            name: As `list` gives it.
            on_trial: Whether it has yet to prove itself; one chosen by hand has not, and is forgiven former failures.
            arrival: How it came, where an update brought it; nothing older is taken from then on.

        Raises:
            BundleError: When there is no such bundle or it is damaged; the old one goes on.
        """
        path = self._release(name)
        self._check(path)
        manifest = read_manifest(path)
        with held(self._root), telling(self._root / CURRENT, f"be set to {name}"):
            memory, before = self._memory(), self._name(CURRENT)
            last_proven = before if before != memory.trial else None
            forgiven = tuple(refused for refused in memory.refused if refused != name)
            trial = name if on_trial else ""
            memory = replace(memory, trial=trial, starts=0, refused=forgiven)
            if arrival is not None:
                memory = memory.with_arrival(name, manifest.version, arrival)
            self._remember(memory)
            changed = [(CURRENT, name)]
            if last_proven is not None and last_proven != name:
                changed.append((PREVIOUS, last_proven))
            if (
                self._name(PREVIOUS) != name
            ):  # the previous stays linked to until it is the current one
                changed.reverse()
            for link, release in changed:
                self._link(link, release)
        return manifest

    def rollback(self) -> Manifest:
        """Go back to the previous bundle; a sync won't bring the one that was left again, but a newer one.

        Raises:
            BundleError: When there is none, or it is damaged; the current one goes on.
        """
        previous = self._name(PREVIOUS)
        if previous is None or previous == self._name(CURRENT):
            raise BundleMissingError(f"{self._root}: there is no previous bundle to go back to")
        left = self._name(CURRENT)
        manifest = self.activate(previous)
        if left in self._memory().arrivals:  # what was put here by hand no sync would bring
            with held(self._root), telling(self._root, "remember which bundle was left"):
                self.refuse(left or "")
        return manifest

    def start(self) -> bool:
        """Count a start of the kiosk; say whether a bundle on trial was given up because there were too many.

        Raises:
            BundleError: When the store can't be written, or there is nothing to go back to.
        """
        name, memory = self.trial, self._memory()
        if not name:
            return False
        if memory.starts >= MOST_STARTS or name in memory.refused:
            self.give_up()
            return True
        with held(self._root), telling(self._root, "count a start"):
            self._remember(replace(memory, starts=memory.starts + 1))
        return False

    def commit(self) -> None:
        """Take the current bundle as proven.

        Raises:
            BundleError: When the store can't be written.
        """
        with held(self._root), telling(self._root, "be told that its bundle is good"):
            self._remember(replace(self._memory(), trial="", starts=0))

    def give_up(self) -> Manifest:
        """Go back from a current bundle that fails, and remember it, so that the same isn't taken again.

        Raises:
            BundleError: When there is no whole bundle to go back to.
        """
        failed, before = self._name(CURRENT), self._name(PREVIOUS)
        if before is None or before == failed:
            raise BundleMissingError(f"{self._root}: there is no previous bundle to go back to")
        path = self._release(before)
        self._check(path)
        with held(self._root), telling(self._root / CURRENT, f"be set back to {before}"):
            # The trial ends last: should the power go in between, the next start knows what is left to do.
            self.refuse(failed or "")
            self._link(CURRENT, before)
            self._remember(replace(self._memory(), trial="", starts=0))
            discard(self._files, self.previous)
            self._files.sync_folder(self._root)
        return read_manifest(path)

    def refuse(self, name: str) -> None:
        """Remember a release as no good; for those who hold the store already."""
        memory = self._memory()
        kept = tuple(refused for refused in memory.refused if refused != name)
        self._remember(replace(memory, refused=(*kept, name)))

    def _look(self, path: Path, memory: StoreState) -> Installed:
        manifest, fault = None, ""
        try:
            manifest = read_manifest(path)
        except BundleError as error:
            fault = str(error)
        is_current = self._name(CURRENT) == path.name
        return Installed(
            name=path.name,
            path=path,
            manifest=manifest,
            fault=fault,
            is_current=is_current,
            is_previous=self._name(PREVIOUS) == path.name,
            is_on_trial=is_current and memory.trial == path.name,
            arrival=memory.arrivals.get(path.name),
        )

    def _release(self, name: str) -> Path:
        is_name = name not in ("", ".", "..") and "/" not in name and "\0" not in name
        path = self._root / RELEASES / name
        if not is_name or not path.is_dir():
            known = ", ".join(installed.name for installed in self.list()) or "none"
            raise BundleMissingError(f"bundle {name!r}: not installed; installed are: {known}")
        return path

    def _name(self, link: str) -> str | None:
        """Give the release that a link leads to; `None` when it leads nowhere."""
        path = self._root / link
        return path.resolve().name if path.is_symlink() and path.is_dir() else None

    def _link(self, link: str, name: str) -> None:
        beside = self._root / f".{link}.new"
        discard(self._files, beside)
        self._files.symlink(Path(RELEASES) / name, beside)
        self._files.rename(beside, self._root / link)
        self._files.sync_folder(self._root)

    def _memory(self) -> StoreState:
        """Give what is remembered; a memory that can't be read must not keep staff from switching bundles."""
        try:
            return store_state.read(self._root)
        except BundleError:
            return StoreState()

    def _remember(self, memory: StoreState) -> None:
        if memory != self._memory():
            store_state.write(self._files, self._root, memory)
