"""Fingerprints by both models, each computed once a picture: the kiosk's, through its own code, and TensorFlow's.

TensorFlow is loaded (by `converter.model.vgg16`) only when the first reference fingerprint is asked for.
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
from device.imaging.frames import Pixels
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors, unit
from device.recognition.embedding.preprocess import RESIZE

_BATCH = 8


class Quantised:
    """The kiosk's fingerprints: the bundle's model through `device.recognition`, kept by picture and model."""

    def __init__(self, model: Path, model_sha256: str, cache: Cache, *, threads: int) -> None:
        """Load a model, as the kiosk does."""
        self._fingerprint = Fingerprinter(model, model_sha256, threads=threads)
        self._sha256 = model_sha256
        self._cache = cache

    def kept(self, key: str) -> Vectors | None:
        """Give the kept fingerprint of what `key` names, float32 (512,), unit length."""
        return self._cache.vector("quantised", *self._parts(key))

    def __call__(self, key: str, pixels: Pixels) -> Vectors:
        """Give and keep the fingerprint of one model input, float32 (512,), unit length."""
        kept = self.kept(key)
        if kept is None:
            kept = unit(self._fingerprint(pixels).vector)
            self._cache.put_vector("quantised", *self._parts(key), vector=kept)
        return kept

    def _parts(self, key: str) -> tuple[str, ...]:
        return (key, self._sha256, RESIZE)  # a picture's key says nothing of how it is resized

    def batch(self, pixels: npt.NDArray[np.uint8]) -> Vectors:
        """Give float32 (N, 512), unit length, for uint8 (N, 224, 224, 3); kept by the pixels themselves."""
        return np.stack([self(sha256(one.tobytes()).hexdigest(), one) for one in pixels])


class Reference:
    """Full-precision TensorFlow's fingerprints, kept by pixels and weights; built when one is missing."""

    def __init__(self, weights: Weights, profile: Profile, cache: Cache) -> None:
        """Remember what to build."""
        self._weights = weights
        self._profile = profile
        self._cache = cache
        self._predict: Callable[[npt.NDArray[np.uint8]], Vectors] | None = None

    def __call__(self, pixels: npt.NDArray[np.uint8]) -> Vectors:
        """Give float32 (N, 512), layer-normalised, for uint8 (N, 224, 224, 3) RGB."""
        if not len(pixels):
            return np.empty((0, vgg16.DIMENSIONS), np.float32)
        keys = [sha256(one.tobytes()).hexdigest() for one in pixels]
        kept = [self._cache.vector("reference", *self._key(key)) for key in keys]
        missing = [row for row, vector in enumerate(kept) if vector is None]
        for start in range(0, len(missing), _BATCH):
            rows = missing[start : start + _BATCH]
            for row, vector in zip(rows, self._ask(pixels[rows]), strict=True):
                self._cache.put_vector("reference", *self._key(keys[row]), vector=vector)
                kept[row] = vector
        return np.stack([vector for vector in kept if vector is not None])

    def _key(self, key: str) -> tuple[str, ...]:
        return (key, self._weights.sha256, self._profile)

    def _ask(self, pixels: npt.NDArray[np.uint8]) -> Vectors:
        if self._predict is None:
            self._predict = vgg16.build(self._weights, self._profile).predict_on_batch
        return self._predict(pixels)
