"""A histogram of answer times, as Prometheus reads it. Keeps no answer."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass

# Upper bounds of the histogram; a visitor notices one second and leaves after ten.
BOUNDS_S = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyHistogram:
    """Answers counted by the least bound of `BOUNDS_S` that each kept to, and the total time."""

    counts: tuple[int, ...] = (0,) * len(BOUNDS_S)
    sum_s: float = 0.0

    def cumulative(self) -> Iterator[tuple[str, int]]:
        """Yield each bound as Prometheus writes it, and the number of answers within it."""
        so_far = 0
        for bound_s, count in zip(BOUNDS_S, self.counts, strict=True):
            so_far += count
            yield "+Inf" if math.isinf(bound_s) else repr(bound_s), so_far


class LatencyRecorder:
    """Records answer times. Safe for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = [0] * len(BOUNDS_S)
        self._sum_s = 0.0

    def record(self, took_s: float) -> None:
        """Count an answer and its time."""
        place = next(i for i, bound_s in enumerate(BOUNDS_S) if took_s <= bound_s)
        with self._lock:
            self._counts[place] += 1
            self._sum_s += took_s

    def histogram(self) -> LatencyHistogram:
        """Return the histogram so far."""
        with self._lock:
            return LatencyHistogram(counts=tuple(self._counts), sum_s=self._sum_s)
