"""The fingerprint model in other runtimes, quantised by each one's own tools.

Each is set up as its makers advise. A `Fingerprints` is a function of a model input, uint8 (224, 224, 3) RGB, to its
fingerprint, float32 (512,). It is made in a contender's own process, and each runtime is imported only there.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.onnx_model import INPUT, NORM
from converter.model.vgg16 import Profile
from converter.model.weights import Weights, find
from device.imaging.frames import Pixels
from device.recognition.embedding.fingerprint import Fingerprinter

Fingerprints = Callable[[Pixels], npt.NDArray[np.float32]]


def ours(model: Path, threads: int) -> Fingerprints:
    """Return the fingerprint function of the kiosk: its own model, run by its own code."""
    fingerprint = Fingerprinter(model, "bench", threads=threads)
    return lambda pixels: fingerprint(pixels).vector


def tensorflow_graph(cache: Path, profile: Profile, threads: int) -> Fingerprints:
    """Return the fingerprint function of the Keras model, as a traced graph."""
    import tensorflow as tf

    model = _keras_model(cache, profile, threads)
    one = tf.TensorSpec((1, 224, 224, 3), tf.uint8)
    graph = tf.function(model, input_signature=[one])
    return lambda pixels: np.asarray(graph(pixels[np.newaxis]))[0]


def tensorflow_predict(cache: Path, profile: Profile, threads: int) -> Fingerprints:
    """Return the fingerprint function of the Keras model, by `predict_on_batch`."""
    model = _keras_model(cache, profile, threads)
    return lambda pixels: np.asarray(model.predict_on_batch(pixels[np.newaxis]))[0]


def _keras_model(cache: Path, profile: Profile, threads: int) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    from converter.model import vgg16

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return vgg16.build(find(None, cache=cache), profile)


def onnx_runtime(model: Path, threads: int) -> Fingerprints:
    """Return an ONNX model in ONNX Runtime, with all graph optimisations (its default)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda pixels: np.asarray(session.run(None, {INPUT: pixels[np.newaxis]})[0])[0]


def openvino(
    model: Path, threads: int, precision: str, instructions: str | None = None
) -> Fingerprints:
    """Return a model in OpenVINO, set up for the least latency of one request.

    Args:
        model: The model's file, ONNX or OpenVINO's own format.
        threads: The number of threads.
        precision: Precision of all that is not quantised: `f32`, or `bf16`, OpenVINO's own choice where the processor has it.
        instructions: oneDNN's name of the newest instruction set that it may use; `None` for all.
    """
    if instructions is not None:
        os.environ["ONEDNN_MAX_CPU_ISA"] = instructions
    import openvino as ov

    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": precision,
    }
    request = ov.Core().compile_model(model, "CPU", settings).create_infer_request()
    return lambda pixels: np.array(request.infer({0: pixels[np.newaxis]})[0][0])


class _CalibrationReader:
    """Passes prints to ONNX Runtime's calibration."""

    def __init__(self, prints: Sequence[Pixels]) -> None:
        self._remaining: Iterator[Pixels] = iter(prints)

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        """Return the next print, or `None` at the end."""
        pixels = next(self._remaining, None)
        return None if pixels is None else {INPUT: pixels[np.newaxis]}


def quantize_onnx(network: Path, prints: Sequence[Pixels], out: Path) -> None:
    """Quantise with ONNX Runtime's static QDQ tool.

    Weights are int8 by channel; activations are uint8, with the range found on the prints.
    """
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    quantize_static(
        network,
        out,
        _CalibrationReader(prints),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=[
            "Conv",
            "Relu",
            "MaxPool",
        ],  # the layer norm stays in float, like ours
        calibrate_method=CalibrationMethod.MinMax,
    )


def quantize_onnx_dynamic(network: Path, out: Path) -> None:
    """Quantise with ONNX Runtime's dynamic tool."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        network, out, per_channel=True, weight_type=QuantType.QUInt8, op_types_to_quantize=["Conv"]
    )


def quantize_openvino(network: Path, prints: Sequence[Pixels], out: Path) -> None:
    """Quantise with NNCF's post-training tool, with ranges from the true minimum and maximum.

    NNCF's default ranges lower the cosine to float32 (docs/benchmarks.md).
    """
    import nncf
    import openvino as ov
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    quantized = nncf.quantize(
        ov.Core().read_model(network),
        nncf.Dataset(list(prints), lambda pixels: {INPUT: pixels[np.newaxis]}),
        subset_size=len(prints),
        ignored_scope=nncf.IgnoredScope(names=[NORM], validate=False),
        advanced_parameters=nncf.AdvancedQuantizationParameters(
            activations_range_estimator_params=RangeEstimatorParametersSet.MINMAX
        ),
    )
    ov.save_model(quantized, out, compress_to_fp16=False)


def save_network(weights: Weights, profile: Profile, out: Path) -> None:
    """Write the float32 model as ONNX."""
    import onnx

    from bench.onnx_model import onnx_model

    onnx.save(onnx_model(weights, profile), out)
