"""The command `printkiosk-evaluate`: measure a bundle on simulated hand-held prints."""

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from device import __version__
from device.bundle.reader import opened
from device.command_line import CommandLine
from device.errors import KioskError
from evaluation import plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate one bundle and return the exit code: 0 done, 1 failed, 2 wrong use."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        return _evaluate(options)
    except (KioskError, OSError) as error:
        print(f"printkiosk-evaluate: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = CommandLine(
        prog="printkiosk-evaluate",
        former=plan.FORMER,
        description="Measure a bundle on prints held under a simulated camera, and on real photographs.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    plan.add_options(parser)
    parser.add_argument(
        "--threads",
        type=_threads,
        default=0,
        metavar="N",
        help="threads for the model (default: one per core, at most 4)",
    )
    return parser


def _threads(text: str) -> int:
    if not text.isdecimal() or int(text) > 64:
        raise argparse.ArgumentTypeError(f"expected 0 to 64, found {text!r}")
    return int(text)


def _evaluate(options: argparse.Namespace) -> int:
    # Loaded here, so that --help and a mistyped option answer at once.
    from device.imaging.isolation import open_decoder
    from device.recognition.embedding.fingerprint import choose_threads
    from evaluation.evaluate import PAGE, evaluate, results_lines

    with opened(options.bundle) as bundle, closing(open_decoder()) as decoder:
        threads = choose_threads(options.threads)
        report = evaluate(
            bundle, options, threads=threads, progress=_print_progress, decoder=decoder
        )
    print(results_lines(report))
    print(Path(options.out) / PAGE)
    return 0


def _print_progress(what: str, done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        print(f"{what}: {done} of {total}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
