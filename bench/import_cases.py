"""Print the marks of importing museums' exports, each with what was measured.

The inputs are small cases, and large exports that are generated.

`../shared/cases` is taken if it is there, or else the few cases that are shipped. The large exports are generated.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from bench import case_folders, date_readings, export_cases, large_exports, museum_cases
from bench.colour_difference import mean_difference
from device.imaging import decoding

ROWS = 100_000
_MOST_MB = 300.0
# Format to what writes it, and the most seconds of processor time for a check of `ROWS` rows.
_LARGE: dict[str, tuple[Callable[[Path, int], None], float]] = {
    "CSV": (large_exports.write_csv, 45.0),
    "XLSX": (large_exports.write_xlsx, 90.0),
    "LIDO": (large_exports.write_lido, 120.0),
}
_MOST_DIFFERENCE = 1.5  # mean CIEDE2000
_CONVERT = "import sys; from converter.cli import main; sys.exit(main(sys.argv[1:]))"
# The kernel's own count of a child's memory begins with the memory of the process that started it.
_CONVERT_AND_REPORT_PEAK = """
import os, sys
from converter.cli import main
code = main(sys.argv[2:])
with open("/proc/self/status") as status:
    peak_kib = status.read().partition("VmHWM:")[2].split()[0]
os.write(int(sys.argv[1]), peak_kib.encode())
sys.exit(code)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row of the table.

    Attributes:
        is_reached: `None` where the cases are too few to tell.
        faults: What was wrong, a line each.
    """

    name: str
    measured: str
    is_reached: bool | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCosts:
    """What one check took: seconds on the clock and of the processor, and peak memory in MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def museums(folder: Path) -> Iterator[Mark]:
    """Yield the mark of the exports that `start` and `check` read as a curator would."""
    cases = museum_cases.read_museums(folder / "museums")
    wrong = {case.folder.name: museum_cases.faults(case) for case in cases}
    yield _counted("museums: start, check, every record as expected", wrong)


def exports(folder: Path) -> Iterator[Mark]:
    """Yield the mark of the small odd exports."""
    cases = export_cases.read_exports(folder / "exports")
    wrong = {case.folder.name: export_cases.faults(case) for case in cases}
    yield _counted("exports: as their README wants", wrong)


def _counted(name: str, wrong: dict[str, list[str]]) -> Mark:
    right = sum(not faults for faults in wrong.values())
    return Mark(
        name=name,
        measured=f"{right} of {len(wrong)}",
        is_reached=right == len(wrong) > 0,
        faults=tuple(f"{case}: {fault}" for case, faults in wrong.items() for fault in faults),
    )


def dates(folder: Path) -> Iterator[Mark]:
    """Yield the marks of reading dates."""
    table = folder / "dates.csv"
    cases = date_readings.read_cases(table if table.exists() else date_readings.SAMPLE)
    for name, measured, is_met in date_readings.marks(cases):
        yield Mark(name=f"dates: {name}", measured=measured, is_reached=is_met)


def colours(folder: Path) -> Iterator[Mark]:
    """Yield the mark of each picture that has a reference."""
    for reference in sorted((folder / "pictures/reference").glob("*.png")):
        picture = _picture_of(reference, folder / "pictures")
        wanted = np.asarray(Image.open(reference).convert("RGB"))
        difference = mean_difference(decoding.load(picture), wanted)
        yield Mark(
            name=f"colours of {picture.name}: CIEDE2000 <= {_MOST_DIFFERENCE}",
            measured=f"{difference:.2f}",
            is_reached=difference <= _MOST_DIFFERENCE,
        )


def _picture_of(reference: Path, folder: Path) -> Path:
    """Return the picture of a reference.

    That of `a_png.png` is `a.png`, that of `a.png` any other file first.
    """
    if reference.stem.endswith("_png"):
        return folder / f"{reference.stem.removesuffix('_png')}.png"
    found = sorted(folder.glob(f"{reference.stem}.*"), key=lambda path: path.suffix == ".png")
    return found[0]


def early_refusals() -> Iterator[Mark]:
    """Yield the mark of a build that refuses before it computes anything."""
    with tempfile.TemporaryDirectory() as made:
        folder, bundle, cache = (Path(made) / name for name in ("prints", "bundle", "cache"))
        large_exports.write_pictures(folder, 10)
        large_exports.write_csv(folder, 20)  # half of its pictures are missing
        arguments = ["build", str(folder), "--out", str(bundle), "--cache", str(cache)]
        done = subprocess.run(
            [sys.executable, "-c", _CONVERT, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stderr.strip().splitlines()[-1:]
        computed = [path.name for path in cache.rglob("*") if path.is_file()]
        is_refused = done.returncode == 1 and "found 10" in "".join(said) and not bundle.exists()
    is_reached = is_refused and not computed
    yield Mark(
        name="refusals known before anything is computed",
        measured="yes" if is_reached else "no",
        is_reached=is_reached,
        faults=() if is_reached else (*said, *computed),
    )


def large_checks(count: int) -> Iterator[Mark]:
    """Yield the marks of checking a generated export in each format."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "prints"
        large_exports.write_pictures(folder, count)
        for name, (write, most_s) in _LARGE.items():
            before = set(folder.iterdir())
            write(folder, count)
            costs = check_costs(folder)
            for path in set(folder.iterdir()) - before:
                path.unlink()
            yield Mark(
                name=f"check of {ROWS:,} rows, {name}: <= {most_s:.0f} s, <= {_MOST_MB:.0f} MB",
                measured=f"{costs.cpu_s:.1f} s ({costs.wall_s:.1f} s on the clock), {costs.peak_mb:.0f} MB",
                is_reached=costs.cpu_s <= most_s and costs.peak_mb <= _MOST_MB,
            )


def check_costs(folder: Path) -> CheckCosts:
    """Run `check` in a process of its own, and return what it took.

    The marks are for an idle machine. There, a check needs as long on the clock as on the processor.

    Raises:
        ChildProcessError: When the check refuses anything.
    """
    started_s = time.monotonic()
    reading, writing = os.pipe()
    child = os.posix_spawn(
        sys.executable,
        [
            *(sys.executable, "-c", _CONVERT_AND_REPORT_PEAK, str(writing)),
            *("--quiet", "check", str(folder), "--no-fetch"),
        ],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, writing, writing),  # so that it is inherited
        ],
    )
    os.close(writing)
    with os.fdopen(reading) as report:
        peak_kib = report.read()
    _, status, usage = os.wait4(child, 0)
    if status:
        raise ChildProcessError(f"{folder}: the check ended with code {status >> 8}")
    return CheckCosts(
        wall_s=time.monotonic() - started_s,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=int(peak_kib) / 1024,
    )


def table(marks: Sequence[Mark]) -> str:
    """Return the marks as a Markdown table, and below it what was wrong."""
    verdicts = {True: "reached", False: "missed", None: "too few cases to tell"}
    lines = ["| mark | measured | |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.measured} | {verdicts[one.is_reached]} |" for one in marks]
    return "\n".join([*lines, *(f"  {fault}" for one in marks for fault in one.faults)])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table.

    Returns:
        1 if a mark is missed, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.import_cases", description=__doc__)
    parser.add_argument(
        "--cases",
        type=Path,
        default=case_folders.default_folder(),
        metavar="FOLDER",
        help="folder with museums, exports, pictures and dates.csv (default: ../shared/cases, else the shipped ones)",
    )
    parser.add_argument(
        "--short",
        action="store_true",
        help=f"leave out the checks of {ROWS:,} rows, which take minutes",
    )
    options = parser.parse_args(arguments)
    folder: Path = options.cases
    marks = [
        *museums(folder),
        *exports(folder),
        *dates(folder),
        *colours(folder),
        *early_refusals(),
        *([] if options.short else large_checks(ROWS)),
    ]
    print(table(marks))
    return 1 if any(one.is_reached is False for one in marks) else 0


if __name__ == "__main__":
    sys.exit(main())
