"""Time bare calls of the bundle's model during an evaluation.

The calls are spread over the run, so that a busy machine slows both alike.
"""

import time

import numpy as np

from device.bundle import layout
from device.bundle.reader import OpenedBundle
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.preprocess import INPUT_SIDE

FEWEST = 30
_EVERY = 8


class ModelTiming:
    """The bundle's model alone, with a timer."""

    def __init__(self, bundle: OpenedBundle, *, threads: int) -> None:
        """Load the bundle's model a second time."""
        sha256 = bundle.manifest.model.sha256
        self._model = Fingerprinter(bundle.file(layout.MODEL), sha256, threads=threads)
        rng = np.random.default_rng(0)
        self._pixels = rng.integers(0, 256, (INPUT_SIDE, INPUT_SIDE, 3), dtype=np.uint8)
        self._times_ms: list[float] = []
        self._calls = 0

    def time_occasionally(self) -> None:
        """Time a model call at the first of every eight calls of this method."""
        self._calls += 1
        if self._calls % _EVERY == 1:
            self._times_ms.append(self.time_once_ms())

    @property
    def median_ms(self) -> float:
        """The median wall time of a model call, over at least thirty calls."""
        while len(self._times_ms) < FEWEST:
            self._times_ms.append(self.time_once_ms())
        return round(float(np.median(self._times_ms)), 3)

    def time_once_ms(self) -> float:
        """Return the wall time of one model call."""
        self._model(self._pixels)  # warm-up: loads the weights into the CPU's cache
        since = time.perf_counter()
        self._model(self._pixels)
        return (time.perf_counter() - since) * 1000
