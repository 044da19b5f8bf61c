"""The fingerprint model as an ONNX graph, with the same weights and preprocessing."""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from converter.model.vgg16 import DIMENSIONS, SIDE, Profile, folded_kernel
from converter.model.weights import Weights

INPUT = "rgb"
NORM = "fingerprint"
_MEAN_RGB = (123.68, 116.779, 103.939)
_POOLED = ("block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3")


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.last = INPUT

    def add(self, kind: str, name: str, *values: np.ndarray[Any, Any], **attributes: Any) -> None:
        names = [f"{name}_{number}" for number in range(len(values))]
        for constant, value in zip(names, values, strict=True):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), constant))
        self.nodes.append(
            helper.make_node(kind, [self.last, *names], [name], name=name, **attributes)
        )
        self.last = name


def onnx_model(weights: Weights, profile: Profile) -> onnx.ModelProto:
    """Return the ONNX model: uint8 (1, 224, 224, 3) RGB to float32 (1, 512), normalised."""
    graph = _Graph()
    graph.add("Cast", "float", to=TensorProto.FLOAT)
    graph.add("Transpose", "channels_first", perm=[0, 3, 1, 2])
    if profile == "caffe":
        graph.add("Sub", "centred", np.array(_MEAN_RGB, np.float32).reshape(1, 3, 1, 1))
    for layer in weights.layers:
        kernel = folded_kernel(layer, profile).transpose(3, 2, 0, 1)
        graph.add(
            "Conv", f"{layer.name}_sum", kernel, layer.bias, kernel_shape=[3, 3], pads=[1] * 4
        )
        graph.add("Relu", layer.name)
        if layer.name in _POOLED:
            graph.add("MaxPool", f"{layer.name}_pool", kernel_shape=[2, 2], strides=[2, 2])
    graph.add("MaxPool", "strongest", kernel_shape=[7, 7], strides=[7, 7])
    graph.add("Flatten", "flat")
    scale, shift = np.ones(DIMENSIONS, np.float32), np.zeros(DIMENSIONS, np.float32)
    graph.add("LayerNormalization", NORM, scale, shift, epsilon=1e-3)
    made = helper.make_graph(
        graph.nodes,
        "vgg16_fingerprint",
        [helper.make_tensor_value_info(INPUT, TensorProto.UINT8, [1, SIDE, SIDE, 3])],
        [helper.make_tensor_value_info(NORM, TensorProto.FLOAT, [1, DIMENSIONS])],
        graph.constants,
    )
    # Old enough for every runtime here, new enough for the layer norm.
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    return model
