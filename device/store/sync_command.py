"""The command `sync`: fetch the newest bundle and notices, in words for whoever typed it and for the stand's screen."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from device.config import Config
from device.errors import NotSetUpError
from device.store import store_state
from device.store.source import BundleSource, FolderSource, choose
from device.store.store_state import StoreState
from device.store.sync import sync
from device.store.sync_progress import announced
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult

# What a stick is called on the screen: where it is mounted says nothing to anybody.
STICK = "the stick"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "source", nargs="?", default="", help="address or folder; default: kiosk.toml's"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="kiosk.toml")
    parser.add_argument(
        "--root", type=Path, metavar="FILE", help="the museum's root, which is trusted"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--stick", action="store_true", help="SOURCE is a stick just put in: the screen tells of it"
    )
    how.add_argument(
        "--scheduled", action="store_true", help="do nothing where kiosk.toml names no source"
    )


def run(options: argparse.Namespace, config: Config) -> int:
    """Sync as the options say, and print what came of it.

    Raises:
        SyncError: When nothing came of it.
    """
    named = options.source or config.sync.source
    if options.scheduled and not named:
        print("no source is set in kiosk.toml under [sync]: updates come by stick alone")
        return 0
    root = options.root or config.sync.root
    progress = _printed()

    def fetch(announce: Callable[[FetchProgress], None]) -> SyncOutcome:
        def tell(far: FetchProgress) -> None:
            announce(far)
            progress(far)

        source = _source(named, is_stick=options.stick)
        return sync(source, config.store, _trusted(root), tell=tell)

    called = STICK if options.stick else named
    outcome = announced(fetch, config.store, called, is_stick=options.stick)
    print(_told(outcome))
    warn_of_expiry(store_state.read(config.store))
    return 0


def warn_of_expiry(memory: StoreState) -> None:
    """Tell on stderr when updates signed as the last ones were will soon be refused."""
    if memory.is_expiring(date.today()):
        left = (date.fromisoformat(memory.expires) - date.today()).days
        print(
            f"new updates are taken until {memory.expires}, by this machine's clock {left} days more; "
            "publish or renew at the desk (what is installed goes on)",
            file=sys.stderr,
        )


def _source(named: str, *, is_stick: bool) -> BundleSource:
    return FolderSource(Path(named), called=STICK) if is_stick else choose(named)


def _trusted(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotSetUpError(
            f"{path}: the museum's root can't be read ({error.strerror}); "
            "copy root.json there, which `printkiosk-convert keys create` made"
        ) from error


def _told(outcome: SyncOutcome) -> str:
    if outcome.result is SyncResult.INSTALLED:
        return (
            f"update {outcome.version} installed: {outcome.fetched_bytes} of {outcome.total_bytes} bytes were new; "
            "a kiosk that runs changes over by itself"
        )
    if outcome.result is SyncResult.UP_TO_DATE:
        return f"up to date: version {outcome.version}, notice {outcome.notices}"
    return "no bundle is published there yet"


def _printed() -> Callable[[FetchProgress], None]:
    """Give what tells how far an update has come: a line each tenth, to stderr."""
    told = 0

    def tell(progress: FetchProgress) -> None:
        nonlocal told
        tenths = progress.done_bytes * 10 // max(progress.total_bytes, 1)
        if tenths > told:
            told = tenths
            print(
                f"update {progress.version}: {tenths * 10} % of {progress.total_bytes / 1e6:.1f} MB",
                file=sys.stderr,
                flush=True,
            )

    return tell
