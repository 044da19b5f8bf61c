"""The command `bundle`: list, install, verify and switch the bundles on this kiosk."""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from device.bundle.notices import Notices
from device.bundle.reader import verify
from device.config import Config, load
from device.store import import_bundle, store_state, sync_command
from device.store import notices as kept_notices
from device.store.bundles import Bundles, InstalledBundle

_log = logging.getLogger(__name__)

_SWITCHES_ITSELF = "a running kiosk switches to it by itself"


def add_bundle_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a bundle."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (kiosk.toml)")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FOLDER",
        help="bundle to use (default: the configured or current one)",
    )


def chosen_bundle(options: argparse.Namespace, config: Config) -> Path:
    """Return the bundle's folder: by the option, else by the settings, else `current`."""
    chosen: Path | None = options.bundle or config.bundle
    return chosen or Bundles(config.store).current


def notices_for(options: argparse.Namespace, config: Config) -> Notices:
    """Return the store's notices, or none for a bundle outside the store."""
    return Notices() if options.bundle or config.bundle else kept_notices.read(config.store)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's jobs: list, install, verify and switch bundles."""
    jobs = parser.add_subparsers(required=True, metavar="JOB")
    for name, run, help_text in (
        ("list", _list, "list the installed bundles and show which one is current"),
        ("install", _install, "copy a bundle into the store and make it the current one"),
        ("verify", _verify, "read every byte of a bundle and check it against its manifest"),
        ("activate", _activate, "make an installed bundle the current one"),
        ("rollback", _rollback, "go back to the previous bundle"),
    ):
        job = jobs.add_parser(name, help=help_text)
        add_bundle_options(job)
        if name == "verify":
            job.add_argument(
                "path", nargs="?", type=Path, help="the bundle's folder (default: the current one)"
            )
        if name == "install":
            job.add_argument("folder", type=Path, help="the bundle's folder")
        if name == "activate":
            job.add_argument("name", help="the bundle's name, as `bundle list` prints it")
        job.set_defaults(run=_with_config(run))


def _with_config(
    run: Callable[[argparse.Namespace, Config], int],
) -> Callable[[argparse.Namespace], int]:
    return lambda options: run(options, load(options.config, os.environ))


def _list(_options: argparse.Namespace, config: Config) -> int:
    bundles = Bundles(config.store)
    installed = bundles.list()
    for bundle in installed:
        print(
            f"{_mark(bundle)} {bundle.name}  {bundle.manifest.title if bundle.manifest else bundle.fault}"
            f"{_details(bundle)}"
        )
    if not installed:
        print(f"no bundle is installed in {config.store}", file=sys.stderr)
    changes = bundles.changes()
    if changes is not None:
        print(f"changes from the previous to the current bundle: {changes}")
    state, notices = store_state.read(config.store), kept_notices.read(config.store)
    if state.refused:
        print(f"refused, not installed again: {', '.join(state.refused)}")
    if not notices.is_empty:
        print(
            f"notices {notices.serial}: {len(notices.withdrawn)} withdrawn, {len(notices.amended)} amended"
        )
    sync_command.warn_of_expiry(state)
    return 0


def _mark(bundle: InstalledBundle) -> str:
    if bundle.is_on_trial:
        return "on trial"
    return "current " if bundle.is_current else "previous" if bundle.is_previous else "        "


def _details(bundle: InstalledBundle) -> str:
    """Return a bundle's details for the list: size, parity and where it came from."""
    words = []
    if bundle.manifest:
        words.append(f"{bundle.manifest.items} prints")
        if bundle.manifest.parity:
            words.append(f"parity {bundle.manifest.parity.clean_cosine_median:.5f}")
    if bundle.arrival:
        arrival = bundle.arrival
        words.append(f"published {arrival.published}")
        words.append(f"installed {arrival.arrived} from {arrival.source}")
    return "".join(f"; {word}" for word in words)


def _verify(options: argparse.Namespace, config: Config) -> int:
    path = options.path or chosen_bundle(options, config)
    manifest = verify(path, progress=lambda entry: _log.info("reading %s", entry.path))
    print(f"{path}: intact: {manifest.title}, {manifest.items} prints, {len(manifest.files)} files")
    return 0


def _install(options: argparse.Namespace, config: Config) -> int:
    manifest = import_bundle.install(options.folder, config.store)
    print(f"{manifest.title} is now the current bundle; {_SWITCHES_ITSELF}")
    return 0


def _activate(options: argparse.Namespace, config: Config) -> int:
    manifest = Bundles(config.store).activate(options.name)
    print(f"{manifest.title} is now the current bundle; {_SWITCHES_ITSELF}")
    return 0


def _rollback(_options: argparse.Namespace, config: Config) -> int:
    manifest = Bundles(config.store).rollback()
    print(f"rolled back to {manifest.title}; {_SWITCHES_ITSELF}")
    return 0
