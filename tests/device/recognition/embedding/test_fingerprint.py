"""Fingerprints are repeatable and layer-normalised; a wrong model is refused in one line."""

import struct
from pathlib import Path

import numpy as np
import pytest

from device.errors import ModelError
from device.imaging.frames import Pixels
from device.recognition.embedding.fingerprint import (
    DIMENSIONS,
    MOST_THREADS,
    Fingerprinter,
    Vector,
    choose_threads,
)
from device.recognition.embedding.preprocess import to_input

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def inputs(print_pictures: dict[str, Pixels]) -> list[Pixels]:
    """Return inputs from three real prints and three uniform pictures."""
    plain = [np.full((224, 224, 3), grey, np.uint8) for grey in (0, 128, 255)]
    return [to_input(pixels) for pixels in list(print_pictures.values())[:3]] + plain


@pytest.fixture(scope="module")
def one_thread(model_file: Path, inputs: list[Pixels]) -> list[Vector]:
    """Return the inputs' fingerprints, computed by one thread."""
    fingerprint = Fingerprinter(model_file, "it", threads=1)
    return [fingerprint(pixels).vector for pixels in inputs]


def test_a_fingerprint_is_512_numbers_layer_normalised(one_thread: list[Vector]) -> None:
    for vector in one_thread:
        assert vector.shape == (DIMENSIONS,)
        assert vector.dtype == np.float32
        assert np.isfinite(vector).all()
        assert abs(vector.mean()) < 1e-3
        assert (vector**2).sum() <= 512.5
    for vector in one_thread[:3]:  # a uniform picture has little to normalise
        assert (vector**2).sum() == pytest.approx(511, abs=3)


def test_a_fingerprint_is_marked_with_its_model(model_file: Path, inputs: list[Pixels]) -> None:
    assert Fingerprinter(model_file, "it", threads=1)(inputs[0]).model_sha256 == "it"


def test_fingerprints_are_repeatable_and_independent_of_each_other(
    model_file: Path, inputs: list[Pixels], one_thread: list[Vector]
) -> None:
    fingerprint = Fingerprinter(model_file, "it", threads=1)
    first = fingerprint(inputs[0])
    kept = first.vector.copy()

    for pixels, wanted in zip(inputs[::-1], one_thread[::-1], strict=True):
        assert (fingerprint(pixels).vector == wanted).all()
    assert (first.vector == kept).all()


def test_the_number_of_threads_does_not_change_the_fingerprint(
    model_file: Path, inputs: list[Pixels], one_thread: list[Vector]
) -> None:
    fingerprint = Fingerprinter(model_file, "it", threads=2)

    for pixels, wanted in zip(inputs, one_thread, strict=True):
        assert np.allclose(fingerprint(pixels).vector, wanted, atol=1e-5)


def test_the_number_of_threads_can_be_changed_at_any_time(
    model_file: Path, inputs: list[Pixels], one_thread: list[Vector]
) -> None:
    fingerprint = Fingerprinter(model_file, "it", threads=2)
    for threads in (1, 1, 2):
        fingerprint.set_threads(threads)
        assert np.allclose(fingerprint(inputs[0]).vector, one_thread[0], atol=1e-5)


def test_different_prints_have_different_fingerprints(one_thread: list[Vector]) -> None:
    assert float(one_thread[0] @ one_thread[1]) / 511 < 0.95


@pytest.mark.parametrize("content", [b"", b"?", b"TFL3" * 2000, b"\x1c\0\0\0TFL3" + bytes(100)])
def test_a_file_that_is_not_a_model_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(content)

    with pytest.raises(ModelError, match="can't be loaded") as caught:
        Fingerprinter(path, "it", threads=1)

    assert "\n" not in str(caught.value)


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.tflite"):
        Fingerprinter(tmp_path / "nowhere.tflite", "it", threads=1)


def reshaped(model: bytes, was: tuple[int, ...], now: tuple[int, ...]) -> bytes:
    """Return a model file with each occurrence of one tensor shape replaced by another."""
    marked = struct.pack(f"<{len(was) + 1}i", len(was), *was)
    assert marked in model
    return model.replace(marked, struct.pack(f"<{len(now) + 1}i", len(now), *now))


def test_a_model_of_another_input_is_refused(model_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(reshaped(model_file.read_bytes(), (1, 224, 224, 3), (1, 256, 256, 3)))

    with pytest.raises(ModelError):
        Fingerprinter(path, "it", threads=1)


def test_pixels_of_another_shape_are_refused(model_file: Path) -> None:
    fingerprint = Fingerprinter(model_file, "it", threads=1)

    with pytest.raises(ModelError, match="can't be run"):
        fingerprint(np.zeros((100, 100, 3), np.uint8))
    with pytest.raises(ModelError, match="can't be run"):
        fingerprint(np.zeros((224, 224, 3), np.float32))  # type: ignore[arg-type]


def test_requested_threads_are_used_and_zero_means_up_to_four() -> None:
    assert choose_threads(3) == 3
    assert 1 <= choose_threads(0) <= MOST_THREADS
