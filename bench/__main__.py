"""`python -m bench --bundle BUNDLE --collection COLLECTION [--only NAME]`: run the benchmarks, print and keep their tables."""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from bench import machine, report
from bench.errors import BenchError
from bench.results import Section
from bench.setting import FULL, QUICK, Setting
from converter.cache import Cache
from converter.errors import ConverterError
from converter.model.weights import default_cache
from device.errors import KioskError

NAMES = (
    "fingerprints", "recognition", "answering", "neighbours", "proposals", "starting", "memory", "building",
)  # fmt: skip
OUT = Path("out/bench")
_THREADS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for.

    Returns:
        0 when they ran, whatever they found; 1 when the bundle or the collection can't be used, 2 for wrong use.
    """
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.captureWarnings(True)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets its developers
    # For numpy in the sides' processes; this process counts its threads where it matters.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(_THREADS))
    found = machine.describe()
    sections: list[Section] = []
    try:
        for name in options.only or NAMES:
            sections.append(_run(name, options))
            _keep(sections, found, options.out)
    except (BenchError, KioskError, ConverterError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(report.text(sections, found))
    print(f"kept in {options.out}", file=sys.stderr)
    return 0


def _run(name: str, options: argparse.Namespace) -> Section:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="printkiosk-bench-") as scratch:
        setting = Setting(
            bundle=options.bundle,
            collection=options.collection,
            scratch=Path(scratch),
            cache=Cache(root=default_cache(os.environ, Path.home())),
            amounts=QUICK if options.quick else FULL,
            threads=_THREADS,
        )
        # Each benchmark loads its own libraries, when its turn comes.
        measure: Callable[[Setting], Section] = import_module(f"bench.{name}").measure
        section = measure(setting)
    logging.getLogger(__name__).info("%s: %.0f s", name, time.perf_counter() - start)
    return section


def _keep(sections: Sequence[Section], found: dict[str, str], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_text(report.to_json(sections, found), "utf-8")
    (out / "bench.html").write_text(report.page(sections, found), "utf-8")
    (out / "bench.txt").write_text(report.text(sections, found), "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument(
        "--collection", type=Path, required=True, help="that the bundle was built from"
    )
    parser.add_argument("--only", action="append", choices=NAMES, help="may be given again")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FOLDER")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="just enough to see that it runs; the figures mean nothing",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
