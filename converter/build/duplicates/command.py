"""The command `duplicates` of `printkiosk-convert`."""

import argparse
import logging
import os
import time
from pathlib import Path

from converter import progress

_log = logging.getLogger(__name__)


def add_command(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser of `printkiosk-convert`."""
    duplicates = verbs.add_parser(
        "duplicates",
        help="report which records of a bundle show the same image, and relations that lead to no record",
    )
    duplicates.add_argument("bundle", type=Path)
    duplicates.add_argument(
        "--out",
        type=Path,
        default=Path("out/duplicates"),
        metavar="FOLDER",
        help="folder for the page and its CSV files (default: out/duplicates)",
    )
    duplicates.set_defaults(run=_duplicates)


def _duplicates(options: argparse.Namespace) -> int:
    # Heavy libraries load inside the verb, so that --help is quick.
    from converter.build.duplicates import broken_relations, find_pairs, report
    from converter.build.duplicates.bundle_pictures import list_pictures
    from converter.build.duplicates.reported_pairs import report_pairs
    from device.bundle.reader import opened

    with opened(options.bundle) as bundle:
        options.out.mkdir(parents=True, exist_ok=True)  # before anything is computed
        pictures, thresholds = list_pictures(bundle), bundle.manifest.thresholds
        started_s = time.monotonic()
        with progress.bars() as show:
            found = find_pairs.find(
                options.bundle,
                pictures,
                inliers=thresholds.inliers,
                workers=min(os.cpu_count() or 1, 8),
                progress=show,
            )
        took_s = time.monotonic() - started_s
        _log.info(
            "%d pictures looked up and %d pairs compared in %.1f s (%.0f pictures and %.0f pairs a second)",
            len(pictures), found.compared, took_s, len(pictures) / took_s, found.compared / took_s,
        )  # fmt: skip
        made = report.DuplicatesReport(
            pairs=report_pairs(bundle.records, pictures, found.pairs, thresholds),
            relations=broken_relations.find(bundle),
            pictures=len(pictures),
            full=tuple(pictures[row].record_id for row in found.full),
        )
        path = report.write(made, bundle, options.out)
    print(report.summary(made))
    print(path)
    return 0
