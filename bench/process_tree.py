"""The memory of a process and all that it has started."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

SAMPLED_EVERY_S = 0.01


def memory_mb(process: int) -> float:
    """Return the memory of a process and its descendants in MB.

    It is the PSS. Of a process whose PSS may not be read, it is its resident memory, which counts shared pages in full.
    """
    return sum(_memory_mb(one) for one in (process, *_descendants(process)))


def _memory_mb(process: int) -> float:
    folder = Path(f"/proc/{process}")
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
        pss = next(line for line in lines if line.startswith("Pss:"))
        return int(pss.split()[1]) * 1024 / 1e6
    except PermissionError:
        with suppress(OSError):
            return int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    except (OSError, StopIteration):
        pass  # it has just ended
    return 0.0


def _descendants(process: int) -> Iterator[int]:
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield int(child)
                yield from _descendants(int(child))


class PeakMemory:
    """Samples the memory of a process tree during a `with` block.

    Attributes:
        peak_mb: Highest memory so far, in MB.
        samples: Number of samples so far.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self.peak_mb = 0.0
        self.samples = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.is_set():
            started_s = time.perf_counter()
            self.peak_mb = max(self.peak_mb, memory_mb(self._process))
            self.samples += 1
            self._is_over.wait(max(0.0, SAMPLED_EVERY_S - (time.perf_counter() - started_s)))
