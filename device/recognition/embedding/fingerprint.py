"""Compute fingerprints with the quantised model in a TFLite interpreter.

No other module imports that runtime. LiteRT (`ai-edge-litert`) is the maintained successor of `tflite-runtime`, and much
faster on int8. Where it has no wheel (32-bit ARM), the older runtime runs the same file.
"""

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from device.errors import ModelError
from device.imaging.frames import Pixels
from device.recognition.embedding.preprocess import INPUT_SIDE

Vector = npt.NDArray[np.float32]
Runtime = Literal["ai_edge_litert.interpreter", "tflite_runtime.interpreter"]

DIMENSIONS = 512
MOST_THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """512 numbers that the model computes from a picture.

    Attributes:
        vector: float32 (512,), layer-normalised: mean 0, squared length about 511.
        model_sha256: Hash of the model, since fingerprints of two models can't be compared.
    """

    vector: Vector
    model_sha256: str


def choose_threads(requested: int) -> int:
    """Return the requested number of threads, or for 0 one a core, up to four.

    A Raspberry Pi has four cores, and more threads add little to a network of this size.
    """
    return requested or min(os.cpu_count() or 1, MOST_THREADS)


class Fingerprinter:
    """Computes fingerprints with a bundle's TFLite model.

    Not thread-safe: `device.service` calls it from one thread.
    """

    def __init__(
        self, model: Path, model_sha256: str, *, threads: int, runtime: Runtime | None = None
    ) -> None:
        """Load a model.

        Args:
            model: A `.tflite` file: uint8 (1, 224, 224, 3) RGB in, float32 (1, 512) out.
            model_sha256: The file's hash, stored with each fingerprint.
            threads: Threads for one call; the result doesn't depend on it.
            runtime: The TFLite runtime; `None` takes the first that is installed.

        Raises:
            ModelError: If no runtime is installed, or the file is no such model.
        """
        self._interpreter_class = _interpreter_class(runtime)
        self._model = model
        self._model_sha256 = model_sha256
        self._threads = 0
        self.set_threads(threads)
        self._input = _tensor(self._interpreter.get_input_details(), model, "input")
        self._output = _tensor(self._interpreter.get_output_details(), model, "output")

    def set_threads(self, threads: int) -> None:
        """Set the number of threads for later calls; a new number reloads the model."""
        if threads == self._threads:
            return
        try:
            interpreter = self._interpreter_class(model_path=str(self._model), num_threads=threads)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"{self._model}: can't be loaded ({_one_line(error)}); fetch the bundle again"
            ) from error
        self._interpreter, self._threads = interpreter, threads

    def __call__(self, pixels: Pixels) -> Fingerprint:
        """Compute the fingerprint of one model input.

        Args:
            pixels: uint8 (224, 224, 3), RGB (`preprocess.to_input`).

        Raises:
            ModelError: If the model can't be run.
        """
        try:
            self._interpreter.set_tensor(self._input, pixels[np.newaxis])
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self._model}: can't be run ({_one_line(error)})") from error
        vector = self._interpreter.get_tensor(self._output)[0]
        return Fingerprint(vector=vector, model_sha256=self._model_sha256)


_EXPECTED = {
    "input": ((1, INPUT_SIDE, INPUT_SIDE, 3), np.uint8),
    "output": ((1, DIMENSIONS), np.float32),
}


def _tensor(details: list[dict[str, Any]], model: Path, side: str) -> int:
    shape, dtype = _EXPECTED[side]
    found = [(tuple(int(n) for n in detail["shape"]), detail["dtype"]) for detail in details]
    if found != [(shape, dtype)]:
        raise ModelError(
            f"{model}: expected one {side} of {dtype.__name__} {shape}, found "
            f"{', '.join(f'{kind.__name__} {size}' for size, kind in found)}; build the bundle again"
        )
    return int(details[0]["index"])


def _interpreter_class(runtime: Runtime | None) -> Any:
    names = get_args(Runtime) if runtime is None else (runtime,)
    reasons = []
    for name in names:
        try:
            return importlib.import_module(name).Interpreter
        except (ImportError, AttributeError) as error:  # not installed, or built for another numpy
            reasons.append(f"{name.split('.')[0]}: {_one_line(error)}")
    raise ModelError(
        f"no TFLite runtime: expected one that can be imported, found {'; '.join(reasons)}; "
        "pip install ai-edge-litert"
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
