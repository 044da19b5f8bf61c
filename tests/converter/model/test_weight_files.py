"""A file of VGG16's layers is read back bit for bit; any other file is an error."""

from pathlib import Path

import numpy as np
import pytest

from converter.errors import WeightsFileError
from converter.model import weight_files
from converter.model.weight_files import SHAPES, Layer

# h5py comes with TensorFlow.
KERAS_FILE = pytest.param("own.weights.h5", marks=pytest.mark.tensorflow)


@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\x03\x04cut short"])
@pytest.mark.parametrize("name", ["own.npz", KERAS_FILE, "own.onnx"])
def test_a_file_that_holds_no_vgg16_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(WeightsFileError) as raised:
        weight_files.read_layers(tmp_path / name)

    assert name in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.slow
def test_written_layers_are_read_back_bit_for_bit(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    layers = [
        Layer(
            name=name,
            kernel=rng.random(shape, dtype=np.float32),
            bias=rng.random(shape[3], dtype=np.float32),
        )
        for name, shape in SHAPES.items()
    ]

    with (tmp_path / "own.npz").open("wb") as file:
        weight_files.write_npz(file, layers)
    found = weight_files.read_layers(tmp_path / "own.npz")

    assert [layer.name for layer in found] == list(SHAPES)
    for read, written in zip(found, layers, strict=True):
        np.testing.assert_array_equal(read.kernel, written.kernel)
        np.testing.assert_array_equal(read.bias, written.bias)


def test_a_file_of_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        WeightsFileError, match=r"expected a \.h5, \.onnx, \.npz file, found '\.txt'"
    ):
        weight_files.read_layers(tmp_path / "own.txt")
