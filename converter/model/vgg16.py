"""Build the fingerprint network: VGG16 to block5_pool, channel maxima, layer norm.

The network is that of the baseline pipeline. Preprocessing is part of the graph, so that no caller can get it wrong:
the input is plain RGB pixels. Knows nothing of files, quantisation or collections. One of the two modules that load
TensorFlow.
"""

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from converter.errors import BackboneError
from converter.model.weight_files import SHAPES, Layer
from converter.model.weights import Weights

if TYPE_CHECKING:
    import keras

Profile = Literal["caffe", "unit"]

SIDE = 224
DIMENSIONS = 512
PARAMETERS = 14_715_712
_EPSILON = 1e-3

# The mean that keras.applications subtracts in its "caffe" mode, here in RGB order.
_CAFFE_MEAN_RGB = (123.68, 116.779, 103.939)
POOL_AFTER = frozenset(
    {"block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3"}
)


def build(weights: Weights, profile: Profile) -> "keras.Model":
    """Build the fingerprint network from VGG16's weights, including its preprocessing.

    Args:
        weights: The 13 convolution layers.
        profile: `caffe`, the preprocessing of the weights' training (BGR, ImageNet's mean subtracted), or `unit`,
            that of a later version of the baseline (RGB, 0..1).

    Returns:
        A model that maps "rgb", uint8 (N, 224, 224, 3), 0..255, RGB, to float32 (N, 512), layer-normalised.

    Raises:
        BackboneError: When it does not have exactly 14,715,712 parameters.
    """
    import keras

    rgb = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="rgb")
    features = _centred(keras.ops.cast(rgb, "float32"), profile)
    for layer in weights.layers:
        features = _convolution(layer.name)(features)
        if layer.name in POOL_AFTER:
            features = keras.layers.MaxPooling2D(2, name=f"{layer.name[:6]}_pool")(features)
    # The default pool size would leave (3, 3, 512); the baseline's network uses 7.
    pooled = keras.layers.MaxPooling2D(7, name="strongest")(features)
    flat = keras.layers.Flatten(name="flat")(pooled)
    normal = keras.layers.LayerNormalization(epsilon=_EPSILON, name="fingerprint")(flat)
    model = keras.Model(rgb, normal, name="vgg16_fingerprint")
    for layer in weights.layers:
        model.get_layer(layer.name).set_weights([folded_kernel(layer, profile), layer.bias])
    return _check_parameters(model)


def folded_kernel(layer: Layer, profile: Profile) -> npt.NDArray[np.float32]:
    """Return a layer's kernel for the graph; the first one includes the preprocessing.

    For `caffe` it takes RGB instead of BGR, for `unit` it includes the division by 255.

    Returns:
        float32 (3, 3, channels in, channels out), HWIO.
    """
    if layer.name != "block1_conv1":
        return layer.kernel
    if profile == "caffe":
        return np.ascontiguousarray(layer.kernel[:, :, ::-1, :])
    return layer.kernel / np.float32(255)


def _centred(pixels: Any, profile: Profile) -> Any:
    """Subtract the mean; no bias can replace this, as the convolution pads with zeros later."""
    if profile == "unit":
        return pixels
    return pixels - np.array(_CAFFE_MEAN_RGB, np.float32)


def _convolution(name: str) -> Any:
    import keras

    return keras.layers.Conv2D(SHAPES[name][3], 3, padding="same", activation="relu", name=name)


def _check_parameters(model: "keras.Model") -> "keras.Model":
    found = model.count_params()
    if found != PARAMETERS:
        raise BackboneError(f"the network: expected {PARAMETERS:,} parameters, found {found:,}")
    return model


def profile_of(name: str) -> Profile:
    """Return the preprocessing profile of this name.

    Raises:
        BackboneError: When there is no such profile.
    """
    for profile in get_args(Profile):
        if name == profile:
            return name  # type: ignore[return-value]  # it is one of them
    raise BackboneError(f"preprocessing: expected {' or '.join(get_args(Profile))}, found {name!r}")
