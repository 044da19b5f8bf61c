"""Every variant maps raw RGB to fingerprints close to those of the float network."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import converter
from converter.errors import CalibrationError
from converter.ingest import collection
from converter.model import calibration, quantize, vgg16
from converter.model.quantize import Variant
from converter.model.weights import Weights
from device.bundle import layout
from device.bundle.reader import read_manifest
from device.imaging import decoding
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors, normalise

pytestmark = [pytest.mark.tensorflow, pytest.mark.weights]

DEMO = Path(__file__).parents[3] / "demo/collection"
# Measured on six prints that are not calibration prints.
_MIN_COSINES = {"float32": 0.999999, "float16": 0.99999, "dynamic_int8": 0.998, "full_int8": 0.98}


@pytest.fixture(scope="module")
def network(imagenet: Weights) -> object:
    return vgg16.build(imagenet, "caffe")


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:  # type: ignore[type-arg]
    calibrated = {
        f.name[3:-4] for f in (Path(converter.__file__).parent / "calibration_prints").glob("*.jpg")
    }
    items = [i for i in collection.read(DEMO).items if i.record_id not in calibrated][20::45][:6]
    return np.stack([preprocess.to_input(decoding.load(item.image)) for item in items])


@pytest.fixture(scope="module")
def expected(network, pixels) -> Vectors:  # type: ignore[no-untyped-def]
    return normalise(network.predict_on_batch(pixels))


@pytest.fixture(scope="module")
def converted(network, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Variant], Path]:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("models")

    def convert(variant: Variant) -> Path:
        path = folder / f"{variant}.tflite"
        if not path.exists():
            path.write_bytes(quantize.convert(network, variant, calibration.prints()[::8]))
        return path

    return convert


@pytest.mark.parametrize("variant", quantize.VARIANTS)
def test_each_variant_reaches_its_minimum_cosine_with_the_float_network(
    converted: Callable[[Variant], Path], pixels, expected: Vectors, variant: Variant  # type: ignore[no-untyped-def]
) -> None:
    fingerprint = Fingerprinter(converted(variant), "m", threads=2)

    found = np.stack([fingerprint(one).vector for one in pixels])

    assert (normalise(found) * expected).sum(axis=1).min() >= _MIN_COSINES[variant]


def test_float32_fingerprints_differ_by_at_most_1e_4(
    converted: Callable[[Variant], Path], network, pixels  # type: ignore[no-untyped-def]
) -> None:
    fingerprint = Fingerprinter(converted("float32"), "m", threads=2)

    found = np.stack([fingerprint(one).vector for one in pixels])

    assert np.abs(found - network.predict_on_batch(pixels)).max() <= 1e-4


def test_an_int8_model_is_a_quarter_the_size_and_the_network_keeps_its_weights(
    converted: Callable[[Variant], Path], network, pixels, expected: Vectors  # type: ignore[no-untyped-def]
) -> None:
    sizes = {v: converted(v).stat().st_size for v in ("float32", "float16", "dynamic_int8")}

    assert sizes["dynamic_int8"] < 0.26 * sizes["float32"]
    assert sizes["float16"] < 0.51 * sizes["float32"]
    np.testing.assert_array_equal(normalise(network.predict_on_batch(pixels)), expected)


def test_the_demos_model_has_the_float_networks_fingerprints(
    imagenet: Weights, pixels, expected: Vectors  # type: ignore[no-untyped-def]
) -> None:
    """The committed model has these weights and fingerprints as close as the gate demands."""
    manifest = read_manifest(DEMO.parent / "bundle")
    fingerprint = Fingerprinter(DEMO.parent / "bundle" / layout.MODEL, "m", threads=2)

    found = normalise(np.stack([fingerprint(one).vector for one in pixels]))

    assert manifest.model.weights_sha256 == imagenet.sha256
    assert manifest.model.variant == "dynamic_int8"
    assert (found * expected).sum(axis=1).min() >= 0.999


@pytest.mark.parametrize("variant", ["dynamic_int8", "full_int8"])
def test_int8_without_calibration_prints_is_refused(network, variant: Variant) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CalibrationError, match="expected prints to calibrate with, found none"):
        quantize.convert(network, variant)
