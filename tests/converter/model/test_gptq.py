"""GPTQ rounds weights with a smaller output error than rounding each to its nearest step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.model import gptq
from converter.model.weight_files import Layer


def _correlated(rng: np.random.Generator, inputs: int) -> np.ndarray:  # type: ignore[type-arg]
    """Return the covariance of inputs that are similar to their neighbours, as pixels are."""
    distance = np.abs(np.subtract.outer(np.arange(inputs), np.arange(inputs)))
    return np.asarray(0.95**distance * np.outer(s := rng.uniform(0.5, 2, inputs), s))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), inputs=st.integers(2, 160), channels=st.integers(1, 5))
def test_weights_are_whole_steps_and_the_largest_stays_at_127(
    seed: int, inputs: int, channels: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(inputs, channels))
    scales = np.abs(weights).max(axis=0) / 127

    steps = gptq.round_columns(weights, scales, _correlated(rng, inputs))

    np.testing.assert_array_equal(steps, np.round(steps))
    assert np.abs(steps).max() <= 127
    largest = np.abs(weights).argmax(axis=0)
    np.testing.assert_array_equal(np.abs(steps[largest, range(channels)]), 127)


def test_the_output_error_is_far_below_that_of_plain_rounding() -> None:
    rng = np.random.default_rng(3)
    weights = rng.normal(size=(288, 32))
    scales = np.abs(weights).max(axis=0) / 127
    covariance = _correlated(rng, 288)

    def error(steps: np.ndarray) -> float:  # type: ignore[type-arg]
        weight_error = weights - steps * scales
        return float(np.einsum("kc,kl,lc->", weight_error, covariance, weight_error))

    ours = error(gptq.round_columns(weights, scales, covariance))
    plain = error(np.round(weights / scales))

    assert ours < 0.5 * plain


@pytest.fixture(scope="module")
def three_layers() -> tuple[Layer, ...]:
    rng = np.random.default_rng(8)
    channels = (3, 4, 6, 5)
    return tuple(
        Layer(
            name=f"block{i + 1}_conv1",
            kernel=rng.normal(size=(3, 3, channels[i], channels[i + 1])).astype(np.float32),
            bias=rng.normal(size=channels[i + 1]).astype(np.float32),
        )
        for i in range(3)
    )


def test_the_first_layer_stays_in_float_and_the_result_is_repeatable(
    three_layers: tuple[Layer, ...],
) -> None:
    pictures = np.random.default_rng(9).normal(scale=60, size=(2, 16, 16, 3)).astype(np.float32)
    pooled = frozenset({"block1_conv1"})

    one = gptq.round_layers(three_layers, pictures, pooled=pooled)
    other = gptq.round_layers(three_layers, pictures, pooled=pooled)

    np.testing.assert_array_equal(one[0].kernel, three_layers[0].kernel)
    assert not np.array_equal(one[1].kernel, three_layers[1].kernel)
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.kernel, b.kernel)
        np.testing.assert_array_equal(a.bias, b.bias)
