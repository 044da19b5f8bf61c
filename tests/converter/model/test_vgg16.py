"""The network equals the baseline: Keras's VGG16, preprocessing, pooling, layer norm."""

import numpy as np
import pytest

from converter.errors import BackboneError
from converter.model import vgg16
from converter.model.vgg16 import Profile
from converter.model.weights import Weights

pytestmark = [pytest.mark.tensorflow, pytest.mark.weights]


def _pictures(count: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(5).integers(0, 256, (count, 224, 224, 3), dtype=np.uint8)


def _baseline_network(imagenet: Weights) -> object:
    """Return the baseline network of Keras's VGG16, which takes preprocessed input."""
    import keras

    vgg = keras.applications.VGG16(include_top=False, weights=None, input_shape=(224, 224, 3))
    for layer in imagenet.layers:
        vgg.get_layer(layer.name).set_weights([layer.kernel, layer.bias])
    pooled = keras.layers.MaxPooling2D(7)(vgg.output)
    flat = keras.layers.Flatten()(pooled)
    return keras.Model(vgg.input, keras.layers.LayerNormalization(epsilon=1e-3)(flat))


@pytest.mark.parametrize("profile", ["caffe", "unit"])
def test_fingerprints_equal_those_of_the_baseline_network(
    imagenet: Weights, profile: Profile
) -> None:
    import keras

    pixels = _pictures(2)
    prepared = (
        keras.applications.vgg16.preprocess_input(pixels.astype(np.float32))
        if profile == "caffe"
        else pixels.astype(np.float32) / 255
    )

    ours = vgg16.build(imagenet, profile).predict_on_batch(pixels)
    baselines = _baseline_network(imagenet).predict_on_batch(prepared)  # type: ignore[attr-defined]

    assert ours.shape == (2, 512)
    np.testing.assert_allclose(ours, baselines, atol=1e-4)


def test_the_network_has_exactly_the_baselines_parameters(imagenet: Weights) -> None:
    assert vgg16.build(imagenet, "caffe").count_params() == 14_715_712 == vgg16.PARAMETERS


def test_an_unknown_preprocessing_profile_is_refused() -> None:
    assert vgg16.profile_of("unit") == "unit"
    with pytest.raises(BackboneError, match="expected caffe or unit, found 'torch'"):
        vgg16.profile_of("torch")
