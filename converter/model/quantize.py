"""Convert the fingerprint network to a TensorFlow Lite model, in float or in int8.

Every variant maps uint8 (1, 224, 224, 3) RGB to float32 (1, 512) and computes the layer norm in float. Knows nothing of
collections: calibration prints are passed in as pixels. One of the two modules that load TensorFlow, and the only one
that loads ai-edge-quantizer; both only when a model is made.
"""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from converter.errors import CalibrationError, QuantizeError
from converter.model.gptq import round_layers
from converter.model.vgg16 import POOL_AFTER
from converter.model.weight_files import SHAPES, Layer

if TYPE_CHECKING:
    import keras

Variant = Literal["float32", "float16", "dynamic_int8", "full_int8"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)

_SIGNATURE = "serving_default"
_INPUT = "rgb"
_FIRST = "block1_conv1"
# Every operator up to the layer norm. The layer norm's own operators (MEAN, SQUARED_DIFFERENCE, RSQRT, MUL, ADD, NEG) stay
# in float: in int8 they alone lower the cosine by a hundredth.
_INTEGER_OPERATORS = ("SUB", "CONV_2D", "MAX_POOL_2D", "RESHAPE")


def convert(
    model: "keras.Model",
    variant: Variant,
    calibration: npt.NDArray[np.uint8] | None = None,
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> bytes:
    """Convert a network to a .tflite file; the same arguments always make the same bytes.

    Args:
        model: The network that `vgg16.build` returns.
        variant: float32; float16 (weights only); dynamic_int8 (int8 weights rounded to suit `calibration`,
            activations quantised for each picture at run time, the first layer in float); full_int8 (int8 weights
            and activations, their ranges taken from `calibration`).
        calibration: uint8 (N, 224, 224, 3), 0..255, RGB. Needed for both int8 variants.
        progress: Called with the layers rounded and the layers in total.

    Returns:
        The file's bytes.

    Raises:
        CalibrationError: When an int8 variant has no prints, or prints of another shape.
        QuantizeError: When ai-edge-quantizer returns no model.
    """
    if variant == "full_int8":
        return _full_int8(_to_tflite(model, "float32"), _check_calibration(calibration))
    if variant == "dynamic_int8":
        return _dynamic_int8(model, _check_calibration(calibration), progress)
    return _to_tflite(model, variant)


def _check_calibration(calibration: npt.NDArray[np.uint8] | None) -> npt.NDArray[np.uint8]:
    if calibration is None:
        raise CalibrationError("int8: expected prints to calibrate with, found none")
    if (
        calibration.dtype != np.uint8
        or calibration.shape[1:] != (224, 224, 3)
        or not len(calibration)
    ):
        raise CalibrationError(
            "int8: expected prints to calibrate with as uint8 (N, 224, 224, 3), "
            f"found {calibration.dtype} {calibration.shape}"
        )
    return calibration


def _dynamic_int8(
    model: "keras.Model",
    calibration: npt.NDArray[np.uint8],
    progress: Callable[[int, int], None],
) -> bytes:
    from ai_edge_quantizer import qtyping, quantizer
    from ai_edge_quantizer.algorithm_manager import AlgorithmName

    convolution = qtyping.TFLOperationName.CONV_2D
    with _rounded(model, calibration, progress):
        job = quantizer.Quantizer(bytearray(_to_tflite(model, "float32")))
    job.add_dynamic_config(regex=".*", operation_name=convolution, num_bits=8)
    # The first layer's input is raw pixels: in float it takes five kilobytes more and avoids the most error.
    job.update_quantization_recipe(
        regex=f".*{_FIRST}.*", operation_name=convolution, algorithm_key=AlgorithmName.NO_QUANTIZE
    )
    return _model_bytes(job.quantize(enable_progress_bar=False, enable_progress_report=False))


@contextmanager
def _rounded(
    model: "keras.Model",
    calibration: npt.NDArray[np.uint8],
    progress: Callable[[int, int], None],
) -> Iterator[None]:
    """Set a network's rounded weights for the duration of a `with` block, then restore them."""
    import keras

    first_input = keras.Model(model.input, model.get_layer(_FIRST).input)
    pictures = np.concatenate([first_input.predict_on_batch(one[None]) for one in calibration])
    originals = [_layer_of(model, name) for name in SHAPES]
    try:
        for layer in round_layers(originals, pictures, pooled=POOL_AFTER, progress=progress):
            model.get_layer(layer.name).set_weights([layer.kernel, layer.bias])
        yield
    finally:
        for layer in originals:
            model.get_layer(layer.name).set_weights([layer.kernel, layer.bias])


def _layer_of(model: "keras.Model", name: str) -> Layer:
    kernel, bias = model.get_layer(name).get_weights()
    return Layer(name=name, kernel=kernel, bias=bias)


def _model_bytes(result: Any) -> bytes:
    if result.quantized_model is None:
        raise QuantizeError("int8: expected a model from ai-edge-quantizer, found none")
    return bytes(result.quantized_model)


def _to_tflite(model: "keras.Model", variant: Variant) -> bytes:
    """Convert through a SavedModel of batch size 1, the only way with repeatable bytes."""
    import keras
    import tensorflow as tf

    with tempfile.TemporaryDirectory(prefix="printkiosk-model-") as folder:
        one = keras.InputSpec(shape=(1, *model.input_shape[1:]), dtype="uint8", name=_INPUT)
        model.export(folder, verbose=False, input_signature=[one])
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if variant == "float16":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        return bytes(converter.convert())


def _full_int8(float_model: bytes, calibration: npt.NDArray[np.uint8]) -> bytes:
    from ai_edge_quantizer import qtyping, quantizer

    job = quantizer.Quantizer(bytearray(float_model))
    for operator in _INTEGER_OPERATORS:
        job.add_static_config(
            regex=".*",
            operation_name=qtyping.TFLOperationName(operator),
            activation_num_bits=8,
            weight_num_bits=8,
        )
    with warnings.catch_warnings():
        # The warning says that keeping every tensor takes memory, which calibration needs.
        warnings.filterwarnings("ignore", message=".*preserve_all_tensors.*")
        ranges = _ranges(float_model, job.get_quantization_recipe(), calibration)
        result = job.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
    return _model_bytes(result)


def _ranges(float_model: bytes, recipe: Any, calibration: npt.NDArray[np.uint8]) -> Any:
    """Return the true minimum and maximum of every tensor over the prints.

    The quantiser's default is a moving average, which a few blank sheets at the end lower: the cosine falls to 0.92.
    """
    from ai_edge_quantizer import calibrator, recipe_manager
    from ai_edge_quantizer.utils import qsv_utils

    recipes = recipe_manager.RecipeManager()
    recipes.load_quantization_recipe(recipe)
    watcher = calibrator.Calibrator(
        float_model, num_threads=os.cpu_count() or 1, qsv_update_func=qsv_utils.min_max_update
    )
    watcher.calibrate({_SIGNATURE: [{_INPUT: print_[None]} for print_ in calibration]}, recipes)
    return watcher.get_model_qsvs()
