"""Read VGG16's 13 convolution layers from a Keras .h5, an .onnx or our own .npz file.

The result is always float32 HWIO with VGG16's shapes; any other content is an error. Knows nothing of where a file
came from. h5py comes with Keras; `onnx` is the format's own reader, and far lighter than a runtime.
"""

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from converter.errors import WeightsFileError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """One convolution: its name, its kernel and its bias.

    Attributes:
        name: Keras's name, block1_conv1 to block5_conv3.
        kernel: float32 (3, 3, channels in, channels out), HWIO, C-contiguous.
        bias: float32 (channels out,).
    """

    name: str
    kernel: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


# Name and kernel shape of every layer, in the order of the network.
SHAPES: dict[str, tuple[int, int, int, int]] = {
    "block1_conv1": (3, 3, 3, 64),
    "block1_conv2": (3, 3, 64, 64),
    "block2_conv1": (3, 3, 64, 128),
    "block2_conv2": (3, 3, 128, 128),
    "block3_conv1": (3, 3, 128, 256),
    "block3_conv2": (3, 3, 256, 256),
    "block3_conv3": (3, 3, 256, 256),
    "block4_conv1": (3, 3, 256, 512),
    "block4_conv2": (3, 3, 512, 512),
    "block4_conv3": (3, 3, 512, 512),
    "block5_conv1": (3, 3, 512, 512),
    "block5_conv2": (3, 3, 512, 512),
    "block5_conv3": (3, 3, 512, 512),
}

# A kernel (HWIO) and its bias, as a file holds them.
_Pair = tuple[npt.NDArray[Any], npt.NDArray[Any]]


def read_layers(path: Path) -> tuple[Layer, ...]:
    """Read the 13 convolution layers from a file; its suffix decides the format.

    Raises:
        WeightsFileError: When the file is missing, can't be read, or holds other layers.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise WeightsFileError(
            f"{path}: expected a {', '.join(_READERS)} file, found '{path.suffix}'"
        )
    if not path.is_file():
        raise WeightsFileError(
            f"{path}: expected VGG16's weights, found no such file; check the path"
        )
    return _checked(path, reader(path))


def write_npz(file: IO[bytes], layers: Sequence[Layer]) -> None:
    """Write layers as a .npz that `read_layers` reads back bit for bit."""
    arrays = {f"{layer.name}.kernel": layer.kernel for layer in layers}
    arrays |= {f"{layer.name}.bias": layer.bias for layer in layers}
    np.savez(file, allow_pickle=False, **arrays)


def _checked(path: Path, pairs: Sequence[_Pair]) -> tuple[Layer, ...]:
    found = [tuple(kernel.shape) for kernel, _ in pairs]
    if found != list(SHAPES.values()):
        raise WeightsFileError(
            f"{path}: expected VGG16's 13 convolution kernels, (3, 3, 3, 64) to (3, 3, 512, 512), found "
            f"{len(found)}: {', '.join(map(str, found)) or 'none'}"
        )
    layers = tuple(
        Layer(
            name=name,
            kernel=np.ascontiguousarray(kernel, dtype=np.float32),
            bias=np.ascontiguousarray(bias, dtype=np.float32),
        )
        for name, (kernel, bias) in zip(SHAPES, pairs, strict=True)
    )
    for layer in layers:
        if layer.bias.shape != layer.kernel.shape[3:]:
            raise WeightsFileError(
                f"{path}: {layer.name}: expected {layer.kernel.shape[3]} biases, found {layer.bias.shape}"
            )
        if not (np.isfinite(layer.kernel).all() and np.isfinite(layer.bias).all()):
            raise WeightsFileError(
                f"{path}: {layer.name}: expected finite weights, found NaN or infinity"
            )
    return layers


def _read_npz(path: Path) -> list[_Pair]:
    try:
        # Opened here because numpy, given a path, leaves the file open when it is no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return [(arrays[f"{name}.kernel"], arrays[f"{name}.bias"]) for name in SHAPES]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsFileError(
            f"{path}: expected the 13 layers in a .npz, found {error}"
        ) from error


def _read_h5(path: Path) -> list[_Pair]:
    """Read both layouts of Keras: layers by name (version 2) and conv2d, conv2d_1, … (3)."""
    import h5py  # type: ignore[import-untyped]

    groups: dict[str, dict[int, npt.NDArray[Any]]] = {}

    def collect(name: str, node: object) -> None:
        if isinstance(node, h5py.Dataset) and node.ndim in (1, 4):
            groups.setdefault(name.rpartition("/")[0], {})[node.ndim] = node[()]

    try:
        with h5py.File(path, "r") as file:
            file.visititems(collect)
    except (OSError, RuntimeError) as error:
        raise WeightsFileError(f"{path}: expected a Keras weights file, found {error}") from error
    ordered = sorted(groups.items(), key=lambda item: _natural_order(item[0]))
    return [(arrays[4], arrays[1]) for _, arrays in ordered if arrays.keys() == {1, 4}]


def _natural_order(name: str) -> list[tuple[int, str]]:
    """Return a sort key that puts conv2d_2 before conv2d_10."""
    return [
        (int(part or 0), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)
    ]


def _read_onnx(path: Path) -> list[_Pair]:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped,unused-ignore]

    try:
        graph = onnx.load(path).graph
    except (OSError, DecodeError) as error:
        raise WeightsFileError(f"{path}: expected an ONNX model, found {error}") from error
    constants = {tensor.name: tensor for tensor in graph.initializer}
    pairs: list[_Pair] = []
    for node in graph.node:
        if (
            node.op_type == "Conv"
            and len(node.input) == 3
            and {*node.input[1:]} <= constants.keys()
        ):
            kernel, bias = (onnx.numpy_helper.to_array(constants[name]) for name in node.input[1:])
            pairs.append((kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel, bias))
    return pairs


_READERS: dict[str, Callable[[Path], list[_Pair]]] = {
    ".h5": _read_h5,
    ".onnx": _read_onnx,
    ".npz": _read_npz,
}
