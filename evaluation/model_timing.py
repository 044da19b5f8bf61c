"""What one bare call of the bundle's model takes, timed in between, so that a busy machine is as busy for both."""

import time

import numpy as np

from device.bundle import layout
from device.bundle.reader import OpenedBundle
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.preprocess import INPUT_SIDE

FEWEST = 30
_EVERY = 8


class ModelTiming:
    """The model on its own, with a stopwatch."""

    def __init__(self, bundle: OpenedBundle, *, threads: int) -> None:
        """Load the bundle's model a second time."""
        sha256 = bundle.manifest.model.sha256
        self._model = Fingerprinter(bundle.file(layout.MODEL), sha256, threads=threads)
        rng = np.random.default_rng(0)
        self._pixels = rng.integers(0, 256, (INPUT_SIDE, INPUT_SIDE, 3), dtype=np.uint8)
        self._times_ms: list[float] = []
        self._calls = 0

    def time_occasionally(self) -> None:
        """Time a call, if it is the turn for one: of every eight times that this is asked, the first."""
        self._calls += 1
        if self._calls % _EVERY == 1:
            self._times_ms.append(self.time_once_ms())

    @property
    def median_ms(self) -> float:
        """The median wall time of a call; of thirty at least."""
        while len(self._times_ms) < FEWEST:
            self._times_ms.append(self.time_once_ms())
        return round(float(np.median(self._times_ms)), 3)

    def time_once_ms(self) -> float:
        """Give the wall time of one call."""
        self._model(self._pixels)  # its weights are in the cache again
        since = time.perf_counter()
        self._model(self._pixels)
        return (time.perf_counter() - since) * 1000
