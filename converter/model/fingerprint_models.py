"""Compute and cache fingerprints by both models: the kiosk's and TensorFlow's.

TensorFlow is loaded (by `converter.model.vgg16`) only when a reference fingerprint is not cached.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from converter.cache import Cache
from converter.model import vgg16
from converter.model.vgg16 import Profile
from converter.model.weights import Weights
from device.imaging import decoding
from device.imaging.frames import Pixels
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors, normalise
from device.recognition.embedding.preprocess import RESIZE

_BATCH = 8


class QuantisedModel:
    """The bundle's quantised model, run by `device.recognition`; caches by picture and model."""

    def __init__(self, model: Path, model_sha256: str, cache: Cache, *, threads: int) -> None:
        """Load a model as the kiosk does.

        Args:
            model: The .tflite file.
            model_sha256: Its sha256, in hex.
            cache: Cache of fingerprints.
            threads: Threads that run the model.
        """
        self._fingerprint = Fingerprinter(model, model_sha256, threads=threads)
        self._sha256 = model_sha256
        self._cache = cache

    def cached(self, key: str) -> Vectors | None:
        """Return the cached fingerprint of a picture, as `__call__` does; `None` without one."""
        return self._cache.vector("quantised", *self._parts(key))

    def __call__(self, key: str, pixels: Pixels) -> Vectors:
        """Return the fingerprint of one model input, from the cache or computed and cached.

        Args:
            key: The picture's sha256, under which the fingerprint is cached.
            pixels: uint8 (224, 224, 3), RGB.

        Returns:
            float32 (512,), unit length.
        """
        cached = self.cached(key)
        if cached is None:
            cached = normalise(self._fingerprint(pixels).vector)
            self._cache.put_vector("quantised", *self._parts(key), vector=cached)
        return cached

    def _parts(self, key: str) -> tuple[str, ...]:
        # A picture's key covers neither how it is decoded nor how it is resized.
        return (key, self._sha256, RESIZE, decoding.VERSION)

    def batch(self, pixels: npt.NDArray[np.uint8]) -> Vectors:
        """Return the fingerprints of uint8 (N, 224, 224, 3) RGB: float32 (N, 512), unit length."""
        return np.stack([self(sha256(one.tobytes()).hexdigest(), one) for one in pixels])


class ReferenceModel:
    """The full-precision TensorFlow model; caches by pixels and weights."""

    def __init__(self, weights: Weights, profile: Profile, cache: Cache) -> None:
        """Prepare the model; it is built for the first fingerprint that isn't cached."""
        self._weights = weights
        self._profile = profile
        self._cache = cache
        self._predict: Callable[[npt.NDArray[np.uint8]], Vectors] | None = None

    def __call__(self, pixels: npt.NDArray[np.uint8]) -> Vectors:
        """Return the fingerprints of several model inputs, from the cache or computed.

        Args:
            pixels: uint8 (N, 224, 224, 3), RGB.

        Returns:
            float32 (N, 512), layer-normalised.
        """
        if not len(pixels):
            return np.empty((0, vgg16.DIMENSIONS), np.float32)
        keys = [sha256(one.tobytes()).hexdigest() for one in pixels]
        cached = [self._cache.vector("reference", *self._key(key)) for key in keys]
        missing = [row for row, vector in enumerate(cached) if vector is None]
        for start in range(0, len(missing), _BATCH):
            rows = missing[start : start + _BATCH]
            for row, vector in zip(rows, self._predict_batch(pixels[rows]), strict=True):
                self._cache.put_vector("reference", *self._key(keys[row]), vector=vector)
                cached[row] = vector
        return np.stack([vector for vector in cached if vector is not None])

    def _key(self, key: str) -> tuple[str, ...]:
        return (key, self._weights.sha256, self._profile)

    def _predict_batch(self, pixels: npt.NDArray[np.uint8]) -> Vectors:
        if self._predict is None:
            self._predict = vgg16.build(self._weights, self._profile).predict_on_batch
        return self._predict(pixels)
