"""Runs the benchmarks, prints their tables, and writes them to a folder.

Usage: `python -m bench --bundle BUNDLE --collection COLLECTION [--only NAME]`.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from bench import machine_info, report
from bench.context import FULL, QUICK, BenchContext
from bench.errors import BenchError
from bench.results import Section
from converter.cache import Cache
from converter.errors import ConverterError
from converter.model.weights import default_cache
from device.errors import KioskError

NAMES = (
    "fingerprints", "recognition_vs_baseline", "answer_latency", "neighbours", "candidate_search", "startup_time",
    "idle_demo", "memory", "build_time",
)  # fmt: skip
OUT = Path("out/bench")
_THREADS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the requested benchmarks.

    Returns:
        0 when they ran, whatever they measured; 1 when the bundle or the collection can't be used; 2 for wrong use.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.captureWarnings(True)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # no start-up messages of TensorFlow
    # For numpy in the contenders' processes; this process limits its threads where it matters.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(_THREADS))
    machine = machine_info.describe()
    sections: list[Section] = []
    try:
        for name in options.only or NAMES:
            sections.append(_run(name, options))
            _write(sections, machine, options.out)
    except (BenchError, KioskError, ConverterError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(report.text(sections, machine))
    print(f"written to {options.out}", file=sys.stderr)
    return 0


def _run(name: str, options: argparse.Namespace) -> Section:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="printkiosk-bench-") as scratch:
        context = BenchContext(
            bundle=options.bundle,
            collection=options.collection,
            scratch=Path(scratch),
            cache=Cache(root=default_cache(os.environ, Path.home())),
            workload=QUICK if options.quick else FULL,
            threads=_THREADS,
        )
        # Imported here, so that each benchmark loads its libraries only when it runs.
        measure: Callable[[BenchContext], Section] = import_module(f"bench.{name}").measure
        section = measure(context)
    logging.getLogger(__name__).info("%s: %.0f s", name, time.perf_counter() - start)
    return section


def _write(sections: Sequence[Section], machine: dict[str, str], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_text(report.to_json(sections, machine), "utf-8")
    (out / "bench.html").write_text(report.page(sections, machine), "utf-8")
    (out / "bench.txt").write_text(report.text(sections, machine), "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="folder of the bundle")
    parser.add_argument(
        "--collection",
        type=Path,
        required=True,
        help="folder of the collection that the bundle was built from",
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=NAMES,
        help="run this benchmark; repeat the option for several (default: all)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=OUT,
        metavar="FOLDER",
        help=f"folder for the text, JSON and page (default: {OUT})",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="do the least work that runs every step; the figures mean nothing",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
