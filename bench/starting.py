"""Benchmark: from a process's start to a kiosk that can answer."""

import subprocess
import sys
import time
from pathlib import Path

from tqdm import tqdm

from bench.kiosk_process import KioskProcess
from bench.results import Mark, Section, Table, Timing
from bench.setting import Setting, say

READY_MARK_S = 2.0


def measure(setting: Setting) -> Section:
    """Start the service and the whole kiosk by turns."""
    say("starting the kiosk %d times", setting.amounts.starts)
    _service(setting.bundle, setting.threads)  # the first start reads the disk
    service: list[tuple[float, float, float]] = []
    kiosk: list[float] = []
    for _ in tqdm(range(setting.amounts.starts), desc="starts", leave=False):
        service.append(_service(setting.bundle, setting.threads))
        with KioskProcess(setting.bundle, setting.threads) as process:
            kiosk.append(process.wait_until_well())
    timings = {
        "imports of the service": Timing(turns_ms=tuple(s[1] * 1000 for s in service)),
        "open_kiosk until it looks at frames": Timing(turns_ms=tuple(s[2] * 1000 for s in service)),
        "process start until it looks": Timing(turns_ms=tuple(sum(s) * 1000 for s in service)),
        "process start until /healthz says 200": Timing(turns_ms=tuple(s * 1000 for s in kiosk)),
    }
    rows = tuple(
        (name, f"{t.median_ms:.0f}", f"{t.min_ms:.0f}", f"{t.max_ms:.0f}")
        for name, t in timings.items()
    )
    slowest = max(list(timings.values())[2:], key=lambda t: t.median_ms).median_ms / 1000
    return Section(
        name="starting",
        title="Start of the service",
        method="A new process each time, replay camera, files in the page cache (a first start from the card is slower).",
        tables=(Table(columns=("", "median ms", "min", "max"), rows=rows),),
        marks=(
            Mark(
                what="service ready",
                wanted=f"at most {READY_MARK_S:.0f} s",
                found=f"{slowest:.2f} s",
                met=slowest <= READY_MARK_S,
            ),
        ),
        figures={f"{name}, median ms": t.median_ms for name, t in timings.items()},
    )


def _service(bundle: Path, threads: int) -> tuple[float, float, float]:
    """Give the seconds until Python ran, for imports, and until the service looked."""
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "bench.probe", str(bundle), str(threads)],
        check=True,
        capture_output=True,
        text=True,
    )
    began, imported, looking = (float(word) for word in run.stdout.split())
    return began - start, imported - began, looking - imported
