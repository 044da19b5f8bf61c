"""The command `bundle`: look after the bundles installed here, in words for whoever typed it."""

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
from device.store.bundles import Bundles, Installed

_log = logging.getLogger(__name__)

_CHANGES_OVER = "a kiosk that runs changes over by itself"


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Let a command be told which bundle is meant."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="kiosk.toml")
    parser.add_argument(
        "--bundle", type=Path, metavar="FOLDER", help="instead of the configured one"
    )


def asked_for(options: argparse.Namespace, config: Config) -> Path:
    """Give the bundle that is meant: named, else configured, else the store's own."""
    chosen: Path | None = options.bundle or config.bundle
    return chosen or Bundles(config.store).current


def notices_over(options: argparse.Namespace, config: Config) -> Notices:
    """Give what is laid over the store's own bundle; another folder is shown as it is."""
    return Notices() if options.bundle or config.bundle else kept_notices.read(config.store)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the command's jobs."""
    jobs = parser.add_subparsers(required=True, metavar="JOB")
    for name, run, help_text in (
        ("list", _list, "which are here, and which one answers"),
        ("install", _install, "copy a bundle into the store and let it answer"),
        ("verify", _verify, "read every byte of a bundle and hold it against its manifest"),
        ("activate", _activate, "make an installed bundle the one that answers"),
        ("rollback", _rollback, "go back to the bundle before"),
    ):
        job = jobs.add_parser(name, help=help_text)
        add_choice(job)
        if name == "verify":
            job.add_argument("path", nargs="?", type=Path, help="default: the one that answers")
        if name == "install":
            job.add_argument("folder", type=Path, help="the bundle's folder")
        if name == "activate":
            job.add_argument("name", help="as `bundle list` prints it")
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
            f"{_told_of(bundle)}"
        )
    if not installed:
        print(f"no bundle is installed in {config.store}", file=sys.stderr)
    changes = bundles.changes()
    if changes is not None:
        print(f"in the current one against the previous one: {changes}")
    memory, notices = store_state.read(config.store), kept_notices.read(config.store)
    if memory.refused:
        print(f"not taken again: {', '.join(memory.refused)}")
    if not notices.is_silent:
        print(
            f"notice {notices.serial}: {len(notices.withdrawn)} withdrawn, {len(notices.amended)} amended"
        )
    sync_command.warn_of_expiry(memory)
    return 0


def _mark(bundle: Installed) -> str:
    if bundle.is_on_trial:
        return "on trial"
    return "current " if bundle.is_current else "previous" if bundle.is_previous else "        "


def _told_of(bundle: Installed) -> str:
    """Give what staff want to know of a bundle: its counts, its parity, and how it came."""
    words = []
    if bundle.manifest:
        words.append(f"{bundle.manifest.items} prints")
        if bundle.manifest.parity:
            words.append(f"parity {bundle.manifest.parity.clean_cosine_median:.5f}")
    if bundle.arrival:
        arrival = bundle.arrival
        words.append(f"published {arrival.published}")
        words.append(f"came {arrival.arrived} from {arrival.source}")
    return "".join(f"; {word}" for word in words)


def _verify(options: argparse.Namespace, config: Config) -> int:
    path = options.path or asked_for(options, config)
    manifest = verify(path, progress=lambda entry: _log.info("reading %s", entry.path))
    print(f"{path}: whole: {manifest.title}, {manifest.items} prints, {len(manifest.files)} files")
    return 0


def _install(options: argparse.Namespace, config: Config) -> int:
    manifest = import_bundle.install(options.folder, config.store)
    print(f"{manifest.title} answers from now on; {_CHANGES_OVER}")
    return 0


def _activate(options: argparse.Namespace, config: Config) -> int:
    manifest = Bundles(config.store).activate(options.name)
    print(f"{manifest.title} answers from now on; {_CHANGES_OVER}")
    return 0


def _rollback(_options: argparse.Namespace, config: Config) -> int:
    manifest = Bundles(config.store).rollback()
    print(f"back to {manifest.title}; {_CHANGES_OVER}")
    return 0
