"""The command `printkiosk-convert`. Results go to stdout, all else to stderr."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from converter import import_commands, progress
from converter.build.duplicates import command as duplicates
from converter.errors import ConverterError
from converter.ingest.readers.source import parse_source
from converter.publish import commands
from device import __version__
from device.bundle.reader import opened, read_manifest
from device.command_line import CommandLine
from device.errors import KioskError
from evaluation import plan

if TYPE_CHECKING:
    from converter.parity.compare import GateMinimums, ParityPlan

# Options by their names of the first release.
_FORMER = {"--marks": "--gate", "--fit-anew": "--refit"}
_GATES = ("museum", "strict", "none")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong use."""
    os.environ.setdefault(
        "TF_CPP_MIN_LOG_LEVEL", "2"
    )  # TensorFlow's greetings are for its developers
    options = parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO + 10 * (options.quiet - options.verbose), format="%(message)s"
    )
    for noisy in ("tensorflow", "absl", "h5py", "matplotlib", "PIL", "tuf"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except (ConverterError, KioskError) as error:
        print(f"printkiosk-convert: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"printkiosk-convert: {_os_line(error, options.verb)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"printkiosk-convert: interrupted; {_again(options.verb)}", file=sys.stderr)
        return 130


def _os_line(error: OSError, verb: str) -> str:
    """Return one line for an error of the system, such as a full disk."""
    what = error.filename or "the disk"
    return f"{what}: {error.strerror or error}; no bundle was changed; fix this and {_again(verb)}"


def _again(verb: str) -> str:
    return "build again: it resumes from here" if verb == "build" else f"run {verb} again"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    made: argparse.ArgumentParser = CommandLine(
        prog="printkiosk-convert", description=__doc__, former=_FORMER | plan.FORMER
    )
    made.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    made.add_argument(
        "-v", "--verbose", action="count", default=0, help="print more; repeat for debugging"
    )
    made.add_argument("-q", "--quiet", action="count", default=0, help="print less")
    verbs = made.add_subparsers(required=True, metavar="COMMAND", dest="verb")
    import_commands.add_commands(verbs)
    _add_build(verbs)
    parity = verbs.add_parser("parity", help="measure a bundle against full-precision TensorFlow")
    parity.add_argument("bundle", type=Path)
    parity.add_argument(
        "--collection",
        type=parse_source,
        metavar="SOURCE",
        help="the collection whose pictures are compared (default: the bundle's own screen pictures)",
    )
    parity.add_argument("--out", type=Path, default=Path("out/parity"), metavar="FOLDER")
    import_commands.add_columns(parity)
    import_commands.add_fetching(parity)
    _add_model(parity)
    parity.set_defaults(run=_parity)
    _add_evaluate(verbs)
    _add_inspect_and_diff(verbs)
    duplicates.add_command(verbs)
    commands.add_commands(verbs)
    return made


def _add_build(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    build = verbs.add_parser("build", help="build a bundle for the kiosks from a collection")
    import_commands.add_source(build)
    build.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="BUNDLE",
        help="the folder to write the bundle to",
    )
    build.add_argument(
        "--max-refused",
        type=_share,
        default="2%",
        metavar="SHARE",
        help="share of records that may be refused before the build stops (default: 2%%)",
    )
    build.add_argument(
        "--refit",
        action="store_true",
        help="fit the verdict's thresholds again, even if few prints changed since the last build",
    )
    build.add_argument(
        "--variant",
        choices=("dynamic_int8", "full_int8", "float16", "float32"),
        help="quantisation of the model (default: dynamic_int8)",
    )
    build.add_argument(
        "--profile", choices=("caffe", "unit"), help="preprocessing of the model (default: caffe)"
    )
    build.add_argument(
        "--picture-quality",
        type=int,
        choices=range(1, 101),
        metavar="1..100",
        help="WebP quality of the large pictures (default: 76); lower makes a smaller bundle",
    )
    import_commands.add_columns(build)
    import_commands.add_fetching(build)
    _add_model(build)
    build.set_defaults(run=_build)


def _add_inspect_and_diff(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inspect = verbs.add_parser("inspect", help="describe a bundle")
    inspect.add_argument("bundle", type=Path)
    inspect.set_defaults(run=_inspect)
    diff = verbs.add_parser("diff", help="list what changed from one bundle to another")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.set_defaults(run=_diff)


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="VGG16 weights (.weights.h5, .onnx, .npz)"
    )
    parser.add_argument(
        "--gate",
        choices=_GATES,
        default="museum",
        help="what parity has to reach before a bundle is written (default: museum)",
    )
    import_commands.add_cache(parser)
    parser.add_argument(
        "--captures",
        type=_positive,
        default=400,
        metavar="N",
        help="simulated captures for parity and thresholds (default: 400)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=_cores(),
        metavar="N",
        help="threads for the model (default: one per core)",
    )


def _add_evaluate(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = verbs.add_parser(
        "evaluate", help="measure a bundle on simulated hand-held prints, next to TensorFlow"
    )
    plan.add_options(parser)
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="VGG16 weights (.weights.h5, .onnx, .npz)"
    )
    import_commands.add_fetching(parser)
    import_commands.add_cache(parser)
    parser.add_argument("--threads", type=_positive, default=_cores(), metavar="N")
    parser.set_defaults(run=_evaluate)


def _cores() -> int:
    return min(os.cpu_count() or 1, 8)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {text!r}")
    return int(text)


def _plan(options: argparse.Namespace) -> "ParityPlan":
    from converter.parity.compare import ParityPlan

    captures = options.captures
    return ParityPlan(
        threads=options.threads, camera_queries=captures, factor_queries=max(captures * 3 // 50, 2)
    )


def _share(text: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a share such as 2% or 0.02, found {text!r}")
    return value


def _gate_minimums(name: str) -> "GateMinimums":
    from converter.parity import compare

    return {"museum": compare.MUSEUM, "strict": compare.STRICT, "none": compare.GateMinimums()}[
        name
    ]


def _build(options: argparse.Namespace) -> int:
    # Heavy libraries load inside the verbs that need them, so that --help and check are quick.
    from converter import pipeline
    from converter.build import pictures
    from converter.ingest.report import refusal_groups
    from converter.pipeline import DEFAULT_PROFILE, DEFAULT_VARIANT, Options

    with progress.bars() as show:
        built = pipeline.build(
            Options(
                collection=options.collection,
                out=options.out,
                columns=options.columns,
                weights=options.weights,
                profile=options.profile or DEFAULT_PROFILE,
                variant=options.variant or DEFAULT_VARIANT,
                plan=_plan(options),
                minimums=_gate_minimums(options.gate),
                max_refused_share=options.max_refused,
                picture_quality=options.picture_quality or pictures.SCREEN_QUALITY,
                workers=_cores(),
                threads=options.threads,
                cache=import_commands.cache_of(options),
                fetcher=import_commands.fetcher_of(options),
                refits_thresholds=options.refit,
            ),
            show,
        )
    for line in refusal_groups.lines(built.refusals):
        print(f"refused: {line}", file=sys.stderr)
    for note in built.notes:
        print(f"note: {note}", file=sys.stderr)
    print(
        f"{options.out}: {built.manifest.title}, {built.manifest.items} prints, {len(built.refusals)} refused"
    )
    return 0


def _parity(options: argparse.Namespace) -> int:
    from converter.parity.remeasure import remeasure

    with progress.bars() as show:
        failures = remeasure(
            options.bundle,
            options.collection,
            options.columns,
            weights_file=options.weights,
            cache=import_commands.cache_of(options),
            fetcher=import_commands.fetcher_of(options),
            minimums=_gate_minimums(options.gate),
            out=options.out,
            plan=_plan(options),
            progress=show,
        )
    print(f"{options.out}/parity.html")
    for failure in failures:
        print(f"printkiosk-convert: parity below the gate: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _evaluate(options: argparse.Namespace) -> int:
    from converter.parity.evaluate import evaluate
    from evaluation.evaluate import PAGE, results_lines

    with progress.bars() as show:
        report = evaluate(
            options,
            cache=import_commands.cache_of(options),
            fetcher=import_commands.fetcher_of(options),
            threads=options.threads,
            progress=show,
        )
    print(results_lines(report))
    print(options.out / PAGE)
    return 0


def _inspect(options: argparse.Namespace) -> int:
    from converter.build import inspect

    print(inspect.describe(read_manifest(options.bundle)))
    return 0


def _diff(options: argparse.Namespace) -> int:
    from converter.build import diff

    with opened(options.old) as old, opened(options.new) as new:
        print(diff.describe(diff.compare(old, new)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
