"""How long answers took, counted by length: what Prometheus calls a histogram. Keeps no answer."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass

# Up to so many seconds; a visitor notices a second and leaves after ten.
BOUNDS_S = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyHistogram:
    """Counts of answers, each under the least of `BOUNDS_S` that it kept to; and all times together."""

    counts: tuple[int, ...] = (0,) * len(BOUNDS_S)
    sum_s: float = 0.0

    def cumulative(self) -> Iterator[tuple[str, int]]:
        """Give each bound as Prometheus writes it, and how many answers kept to it."""
        so_far = 0
        for bound_s, count in zip(BOUNDS_S, self.counts, strict=True):
            so_far += count
            yield "+Inf" if math.isinf(bound_s) else repr(bound_s), so_far


class LatencyRecorder:
    """Counts answers. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = [0] * len(BOUNDS_S)
        self._sum_s = 0.0

    def note(self, took_s: float) -> None:
        """Count an answer that took so long."""
        place = next(i for i, bound_s in enumerate(BOUNDS_S) if took_s <= bound_s)
        with self._lock:
            self._counts[place] += 1
            self._sum_s += took_s

    def times(self) -> LatencyHistogram:
        """Give what was counted."""
        with self._lock:
            return LatencyHistogram(counts=tuple(self._counts), sum_s=self._sum_s)
