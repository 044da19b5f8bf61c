"""Every variant takes raw RGB, gives the float network's fingerprint as nearly as it promises, and the same bytes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from converter.errors import CalibrationError
from converter.ingest import collection
from converter.model import calibration, quantize, vgg16
from converter.model.quantize import Variant
from converter.model.weights import Weights
from device.bundle import layout
from device.bundle.reader import read_manifest
from device.imaging import frames
from device.recognition.embedding import preprocess
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors, unit

pytestmark = [pytest.mark.tensorflow, pytest.mark.weights]

DEMO = Path(__file__).parents[3] / "demo/collection"
# Six prints, none of which the weights were rounded for.
_NEAREST = {"float32": 0.999999, "float16": 0.99999, "dynamic_int8": 0.998, "full_int8": 0.98}


@pytest.fixture(scope="module")
def network(imagenet: Weights) -> object:
    return vgg16.build(imagenet, "caffe")


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:  # type: ignore[type-arg]
    calibrated = {
        f.name[3:-4]
        for f in (Path(calibration.__file__).parent / "calibration_prints").glob("*.jpg")
    }
    items = [i for i in collection.read(DEMO).items if i.record_id not in calibrated][20::45][:6]
    return np.stack([preprocess.to_input(frames.load(item.image)) for item in items])


@pytest.fixture(scope="module")
def wanted(network, pixels) -> Vectors:  # type: ignore[no-untyped-def]
    return unit(network.predict_on_batch(pixels))


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
def test_fingerprints_are_as_near_to_the_float_networks_as_the_variant_promises(
    converted: Callable[[Variant], Path], pixels, wanted: Vectors, variant: Variant  # type: ignore[no-untyped-def]
) -> None:
    fingerprint = Fingerprinter(converted(variant), "m", threads=2)

    found = np.stack([fingerprint(one).vector for one in pixels])

    assert (unit(found) * wanted).sum(axis=1).min() >= _NEAREST[variant]


def test_in_float32_no_number_differs_by_more_than_a_ten_thousandth(
    converted: Callable[[Variant], Path], network, pixels  # type: ignore[no-untyped-def]
) -> None:
    fingerprint = Fingerprinter(converted("float32"), "m", threads=2)

    found = np.stack([fingerprint(one).vector for one in pixels])

    assert np.abs(found - network.predict_on_batch(pixels)).max() <= 1e-4


def test_an_int8_model_is_a_quarter_of_the_float_one_and_leaves_the_network_as_it_was(
    converted: Callable[[Variant], Path], network, pixels, wanted: Vectors  # type: ignore[no-untyped-def]
) -> None:
    sizes = {v: converted(v).stat().st_size for v in ("float32", "float16", "dynamic_int8")}

    assert sizes["dynamic_int8"] < 0.26 * sizes["float32"]
    assert sizes["float16"] < 0.51 * sizes["float32"]
    np.testing.assert_array_equal(unit(network.predict_on_batch(pixels)), wanted)


def test_the_demos_model_answers_as_the_float_network_does(
    imagenet: Weights, pixels, wanted: Vectors  # type: ignore[no-untyped-def]
) -> None:
    """The committed model is no stranger: these weights, and as near to them as the marks ask."""
    manifest = read_manifest(DEMO.parent / "bundle")
    fingerprint = Fingerprinter(DEMO.parent / "bundle" / layout.MODEL, "m", threads=2)

    found = unit(np.stack([fingerprint(one).vector for one in pixels]))

    assert manifest.model.weights_sha256 == imagenet.sha256
    assert manifest.model.variant == "dynamic_int8"
    assert (found * wanted).sum(axis=1).min() >= 0.999


@pytest.mark.parametrize("variant", ["dynamic_int8", "full_int8"])
def test_int8_without_prints_to_calibrate_with_is_refused(network, variant: Variant) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CalibrationError, match="expected prints to calibrate with, found none"):
        quantize.convert(network, variant)
