"""Benchmark: the time from the start of a process to a kiosk that can answer."""

import subprocess
import sys
import time
from pathlib import Path

from tqdm import tqdm

from bench.context import BenchContext, log_progress
from bench.kiosk_process import KioskProcess
from bench.results import Section, Table, Target, Timing

READY_TARGET_S = 2.0


def measure(context: BenchContext) -> Section:
    """Time the starts of the service and of the whole kiosk, in turns."""
    log_progress("starting the kiosk %d times", context.workload.starts)
    _service(context.bundle, context.threads)  # the first start reads the disk
    service: list[tuple[float, float, float]] = []
    kiosk: list[float] = []
    for _ in tqdm(range(context.workload.starts), desc="starts", leave=False):
        service.append(_service(context.bundle, context.threads))
        with KioskProcess(context.bundle, context.threads) as process:
            kiosk.append(process.wait_until_healthy())
    timings = {
        "imports of the service": Timing(turns_ms=tuple(s[1] * 1000 for s in service)),
        "open_kiosk until it watches": Timing(turns_ms=tuple(s[2] * 1000 for s in service)),
        "process start until it watches": Timing(turns_ms=tuple(sum(s) * 1000 for s in service)),
        "process start until /healthz is 200": Timing(turns_ms=tuple(s * 1000 for s in kiosk)),
    }
    rows = tuple(
        (name, f"{t.median_ms:.0f}", f"{t.min_ms:.0f}", f"{t.max_ms:.0f}")
        for name, t in timings.items()
    )
    slowest = max(list(timings.values())[2:], key=lambda t: t.median_ms).median_ms / 1000
    return Section(
        name="startup_time",
        title="Start of the service",
        method=(
            "A new process each time, replay camera, files in the page cache. The first start from a memory card is slower."
        ),
        tables=(Table(columns=("", "median ms", "min", "max"), rows=rows),),
        targets=(
            Target(
                name="service ready",
                wanted=f"at most {READY_TARGET_S:.0f} s",
                found=f"{slowest:.2f} s",
                met=slowest <= READY_TARGET_S,
            ),
        ),
        figures={f"{name}, median ms": t.median_ms for name, t in timings.items()},
    )


def _service(bundle: Path, threads: int) -> tuple[float, float, float]:
    """Return the seconds until Python runs, for imports, and until the service watches frames."""
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "bench.startup_process", str(bundle), str(threads)],
        check=True,
        capture_output=True,
        text=True,
    )
    started, imported, watching = (float(word) for word in run.stdout.split())
    return started - start, imported - started, watching - imported
