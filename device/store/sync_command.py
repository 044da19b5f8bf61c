"""The command `sync`: fetch the newest bundle and notices, and report the progress."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from device.config import Config
from device.errors import NotSetUpError
from device.store import store_state
from device.store.source import BundleSource, FolderSource, source_from
from device.store.store_state import StoreState
from device.store.sync import sync
from device.store.sync_progress import record_progress
from device.store.sync_result import FetchProgress, SyncOutcome, SyncResult

# Name of a stick on the screen; its mount point would mean nothing to staff.
STICK = "the stick"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "source",
        nargs="?",
        default="",
        help="address or folder to fetch from (default: source under [sync] in kiosk.toml)",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (kiosk.toml)")
    parser.add_argument(
        "--root",
        type=Path,
        metavar="FILE",
        help="the museum's trusted root.json (default: root under [sync] in kiosk.toml)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--stick",
        action="store_true",
        help="SOURCE is a USB stick just put in: show the progress on the screen",
    )
    how.add_argument(
        "--scheduled", action="store_true", help="do nothing if kiosk.toml sets no source"
    )


def run(options: argparse.Namespace, config: Config) -> int:
    """Sync as the parsed options ask, print the result and return the exit code.

    Raises:
        SyncError: When the sync fails.
    """
    named = options.source or config.sync.source
    if options.scheduled and not named:
        print("no source is set under [sync] in kiosk.toml: updates come only by USB stick")
        return 0
    root = options.root or config.sync.root
    print_progress = _progress_printer()

    def fetch(announce: Callable[[FetchProgress], None]) -> SyncOutcome:
        def report(step: FetchProgress) -> None:
            announce(step)
            print_progress(step)

        source = _source(named, is_stick=options.stick)
        return sync(source, config.store, _read_root(root), on_progress=report)

    label = STICK if options.stick else named
    outcome = record_progress(fetch, config.store, label, is_stick=options.stick)
    print(_summary(outcome))
    warn_of_expiry(store_state.read(config.store))
    return 0


def warn_of_expiry(state: StoreState) -> None:
    """Print a warning to stderr if the last update's signatures expire soon."""
    if state.is_expiring(date.today()):
        left = (date.fromisoformat(state.expires) - date.today()).days
        print(
            f"new updates are accepted until {state.expires}, {left} days from now by this kiosk's clock; "
            "publish or renew at the desk (the installed bundle keeps working)",
            file=sys.stderr,
        )


def _source(named: str, *, is_stick: bool) -> BundleSource:
    return FolderSource(Path(named), label=STICK) if is_stick else source_from(named)


def _read_root(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotSetUpError(
            f"{path}: the museum's root can't be read ({error.strerror}); "
            "copy the root.json there that `printkiosk-convert keys create` wrote"
        ) from error


def _summary(outcome: SyncOutcome) -> str:
    if outcome.result is SyncResult.INSTALLED:
        return (
            f"update {outcome.version} installed: {outcome.fetched_bytes} of {outcome.total_bytes} bytes were new; "
            "a running kiosk switches to it by itself"
        )
    if outcome.result is SyncResult.UP_TO_DATE:
        return f"up to date: version {outcome.version}, notices {outcome.notices}"
    return "no bundle is published there yet"


def _progress_printer() -> Callable[[FetchProgress], None]:
    """Return a callback that prints a line of progress to stderr at each tenth."""
    printed = 0

    def print_progress(progress: FetchProgress) -> None:
        nonlocal printed
        tenths = progress.done_bytes * 10 // max(progress.total_bytes, 1)
        if tenths > printed:
            printed = tenths
            print(
                f"update {progress.version}: {tenths * 10} % of {progress.total_bytes / 1e6:.1f} MB",
                file=sys.stderr,
                flush=True,
            )

    return print_progress
