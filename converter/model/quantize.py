"""The fingerprint network as a TensorFlow Lite model, in float or in int8.

Whatever the variant, the model takes uint8 (1, 224, 224, 3) RGB and gives float32 (1, 512), and the layer norm is
computed in float. Knows nothing of collections: prints to calibrate with come in as pixels. One of the two modules that
load TensorFlow, and the only one that loads ai-edge-quantizer; both only when a model is made.
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
# Everything up to the layer norm. Its own operators (MEAN, SQUARED_DIFFERENCE, RSQRT, MUL, ADD, NEG) are left in float:
# in int8 they alone cost a hundredth of cosine.
_INTEGER_OPERATORS = ("SUB", "CONV_2D", "MAX_POOL_2D", "RESHAPE")


def convert(
    model: "keras.Model",
    variant: Variant,
    calibration: npt.NDArray[np.uint8] | None = None,
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> bytes:
    """Give a network as a .tflite file: same network, variant and prints, same bytes.

    Args:
        model: As `backbone.build` makes it.
        variant: float32; float16 (weights only); dynamic_int8 (int8 weights rounded to suit `calibration`,
            activations quantised afresh for each picture, the first layer in float); full_int8 (int8 weights
            and activations, their ranges taken from `calibration`).
        calibration: uint8 (N, 224, 224, 3), 0..255, RGB. Needed for both int8 variants.
        progress: Told how many layers are rounded, of how many.

    Returns:
        The file's bytes.

    Raises:
        CalibrationError: An int8 variant without prints, or prints of another shape.
        QuantizeError: A converter gave up, or gave another model than asked for.
    """
    if variant == "full_int8":
        return _full_int8(_lite(model, "float32"), _checked(calibration))
    if variant == "dynamic_int8":
        return _dynamic_int8(model, _checked(calibration), progress)
    return _lite(model, variant)


def _checked(calibration: npt.NDArray[np.uint8] | None) -> npt.NDArray[np.uint8]:
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
        work = quantizer.Quantizer(bytearray(_lite(model, "float32")))
    work.add_dynamic_config(regex=".*", operation_name=convolution, num_bits=8)
    # The first layer sees raw pixels: in float it takes five kilobytes more and spares the most error.
    work.update_quantization_recipe(
        regex=f".*{_FIRST}.*", operation_name=convolution, algorithm_key=AlgorithmName.NO_QUANTIZE
    )
    return _model_of(work.quantize(enable_progress_bar=False, enable_progress_report=False))


@contextmanager
def _rounded(
    model: "keras.Model",
    calibration: npt.NDArray[np.uint8],
    progress: Callable[[int, int], None],
) -> Iterator[None]:
    """Let a network hold its rounded weights for the length of a `with` block."""
    import keras

    first_input = keras.Model(model.input, model.get_layer(_FIRST).input)
    pictures = np.concatenate([first_input.predict_on_batch(one[None]) for one in calibration])
    whole = [_layer_of(model, name) for name in SHAPES]
    try:
        for layer in round_layers(whole, pictures, pooled=POOL_AFTER, progress=progress):
            model.get_layer(layer.name).set_weights([layer.kernel, layer.bias])
        yield
    finally:
        for layer in whole:
            model.get_layer(layer.name).set_weights([layer.kernel, layer.bias])


def _layer_of(model: "keras.Model", name: str) -> Layer:
    kernel, bias = model.get_layer(name).get_weights()
    return Layer(name=name, kernel=kernel, bias=bias)


def _model_of(result: Any) -> bytes:
    if result.quantized_model is None:
        raise QuantizeError("int8: expected a model from ai-edge-quantizer, found none")
    return bytes(result.quantized_model)


def _lite(model: "keras.Model", variant: Variant) -> bytes:
    """Convert by way of a SavedModel of one picture: of the three ways in, the one whose bytes don't vary."""
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

    work = quantizer.Quantizer(bytearray(float_model))
    for operator in _INTEGER_OPERATORS:
        work.add_static_config(
            regex=".*",
            operation_name=qtyping.TFLOperationName(operator),
            activation_num_bits=8,
            weight_num_bits=8,
        )
    with warnings.catch_warnings():
        # It warns that keeping every tensor takes memory. That is what calibration is.
        warnings.filterwarnings("ignore", message=".*preserve_all_tensors.*")
        ranges = _ranges(float_model, work.get_quantization_recipe(), calibration)
        result = work.quantize(ranges, enable_progress_bar=False, enable_progress_report=False)
    return _model_of(result)


def _ranges(float_model: bytes, recipe: Any, calibration: npt.NDArray[np.uint8]) -> Any:
    """Give the true minimum and maximum of every tensor over the prints.

    The quantiser's own default is a moving average, which a few blank sheets at the end pull down: cosine 0.92.
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
