"""The commands `start` and `check` of `printkiosk-convert`, and the options of an import.

Each command that reads a collection takes its source, cache and fetcher from here.
"""

import argparse
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from converter import progress
from converter.cache import Cache
from converter.ingest.readers.source import parse_source

if TYPE_CHECKING:
    from converter.ingest.fetch.fetcher import Fetcher


def add_commands(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the parser of `printkiosk-convert`."""
    _add_start(verbs)
    _add_check(verbs)


def _add_start(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    start = verbs.add_parser(
        "start", help="write a first collection.toml from an export's columns, cells and files"
    )
    add_source(start)
    start.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="for an address: the folder to write to, which then stands for the address",
    )
    start.add_argument(
        "--force",
        action="store_true",
        help="replace a collection.toml that is there (default: keep it)",
    )
    add_fetching(start)
    add_cache(start)
    start.set_defaults(run=_start)


def _add_check(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = verbs.add_parser(
        "check",
        help="report how a build would read a collection: its table, and its pictures' headers but not their pixels",
    )
    add_source(check)
    check.add_argument(
        "--report",
        type=Path,
        metavar="FOLDER",
        help="also write all refusals, rights decisions and changed texts to this folder, as CSV files and a page",
    )
    add_columns(check)
    add_fetching(check)
    check.add_argument(
        "--no-fetch",
        action="store_true",
        help="use only pictures by address that are in the cache, and connect to no server",
    )
    add_cache(check)
    check.set_defaults(run=_check)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names a museum's export."""
    parser.add_argument(
        "collection",
        type=parse_source,
        metavar="SOURCE",
        help="a folder with a table (CSV, XLSX, JSON, LIDO or IIIF) and pictures, or the file or http(s) address of "
        "a table",
    )


def add_columns(parser: argparse.ArgumentParser) -> None:
    """Add the option of another `collection.toml`."""
    parser.add_argument(
        "--columns",
        type=Path,
        metavar="TOML",
        help="column map (default: the folder's collection.toml)",
    )


def add_cache(parser: argparse.ArgumentParser) -> None:
    """Add the option of the cache's folder."""
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="FOLDER",
        help="folder for intermediate results (default: ~/.cache/printkiosk)",
    )


def add_fetching(parser: argparse.ArgumentParser) -> None:
    """Add the options of fetching by address."""
    parser.add_argument(
        "--allow-private",
        action="store_true",
        help="fetch also from servers in private networks and on this machine (default: public ones only)",
    )
    parser.add_argument(
        "--refresh",
        action="store_true",
        help="fetch tables and manifests again (default: once a day)",
    )


def cache_of(options: argparse.Namespace) -> Cache:
    """Return the cache that the options name."""
    from converter.model.weights import default_cache

    return Cache(root=options.cache or default_cache(os.environ, Path.home()))


def fetcher_of(options: argparse.Namespace) -> "Fetcher":
    """Return what fetches tables, manifests and pictures by address, as the options allow."""
    from converter.ingest.fetch.fetcher import Fetcher

    return Fetcher(
        cache_of(options),
        allows_private=options.allow_private,
        is_offline=getattr(options, "no_fetch", False),
        is_refreshing=options.refresh,
    )


def _start(options: argparse.Namespace) -> int:
    from converter.ingest.start.command import start

    started = start(
        options.collection,
        folder=options.out,
        overwrites=options.force,
        fetcher=fetcher_of(options),
    )
    print(started.path)
    for doubt in started.doubts:
        print(f"look at: {doubt}")
    private = " --allow-private" if options.allow_private else ""
    print(f"next: printkiosk-convert check {options.out or options.collection}{private}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from converter.ingest import build_checks, check_report, collection
    from converter.ingest.report.write import write

    with progress.bars() as show:
        read = collection.read(
            options.collection,
            columns=options.columns,
            progress=partial(show, "read collection"),
            fetcher=fetcher_of(options),
        )
    print(check_report.summary(read))
    if options.report:
        print(write(read, options.report))
    stops = build_checks.reasons_to_stop(read, build_checks.MAX_REFUSED_SHARE)
    return 1 if read.refusals or stops else 0
