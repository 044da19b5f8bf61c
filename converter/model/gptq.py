"""Quantise convolution weights to int8 with GPTQ, which preserves the layers' outputs.

Rounding to the nearest step is best for each weight alone. But a convolution's output is a sum over its 27 to 4608
inputs. Neighbouring pixels are nearly equal, so later weights can compensate the error of an earlier one. That is
GPTQ (Frantar and others, 2022, https://arxiv.org/abs/2210.17323; optimal brain surgeon, Hassibi and Stork, 1993), here
for convolutions. Weights are rounded one input after the other. Each error is spread over the inputs not yet rounded,
by the inverse of the inputs' second moments, which are measured on prints. The bias comes last and is never rounded, so
the mean error of every channel vanishes.

The scales are those of plain rounding: the largest weight of a channel divided by 127. That weight stays ±127, so any
converter that rounds plainly arrives at exactly these steps.

The result must not depend on the machine, because a bundle must not. Sums over pixels and weights therefore use
whole numbers small enough for float32 to hold exactly, in whatever order a BLAS adds them. The rest is float64: a
rounding decision could only differ within some 1e-12 of the border between two steps.

Knows nothing of TensorFlow or files.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from converter.model.weight_files import Layer

Real = npt.NDArray[np.float64]
_Exact = npt.NDArray[np.float32]

# The sum of 1024 products of two int8 numbers is at most 2^24: up to there, float32 holds every whole number.
_EXACT_TERMS = 1024
# Share of the inputs' mean variance that is added to each variance, because few prints estimate covariances roughly.
_DAMPING = 0.01
_COLUMNS = 128
_STEPS = 127


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Features:
    """The input of one convolution for one picture, as the kiosk's runtime quantises it.

    Attributes:
        codes: int8 (H, W, C); -128 stands for 0, 127 for the picture's largest value.
        scale: The value of one step.
    """

    codes: npt.NDArray[np.int8]
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moments:
    """The first and second moments of a layer's inputs over the calibration prints.

    Attributes:
        mean: float64 (K,), one value an input.
        covariance: float64 (K, K), of the inputs.
    """

    mean: Real
    covariance: Real


def round_layers(
    layers: Sequence[Layer],
    pictures: npt.NDArray[np.float32],
    *,
    pooled: frozenset[str],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Layer, ...]:
    """Round every kernel but the first to int8 steps, and correct the biases to match.

    The first layer stays in float: its input is raw pixels, so this avoids the most error at almost no cost.

    Args:
        layers: Convolutions, 3 x 3, padded with zeros, each followed by a ReLU.
        pictures: float32 (N, H, W, 3), the first layer's input for the calibration prints.
        pooled: Names of the layers that a 2 x 2 maximum follows.
        progress: Called with the layers done and the layers in total.

    Returns:
        The same layers, in float32; each channel of a rounded kernel is a whole number of its steps.
    """
    first, *others = layers
    inputs = [
        _first_convolution(first, picture, pooled=first.name in pooled) for picture in pictures
    ]
    rounded = [first]
    for number, layer in enumerate(others, 1):
        progress(number, len(layers))
        weights = layer.kernel.reshape(-1, layer.kernel.shape[3]).astype(np.float64)
        scales = _scales(weights)
        moments = _measure(inputs)
        with threadpool_limits(1, user_api="blas"):  # the same order of sums on every machine
            steps = round_columns(weights, scales, moments.covariance)
        bias = layer.bias + (weights - steps * scales).T @ moments.mean
        rounded.append(_layer(layer, steps, scales, bias))
        if number < len(others):
            pool = layer.name in pooled
            inputs = [_convolve(x, steps, scales, bias, pool=pool) for x in inputs]
    progress(len(layers), len(layers))
    return tuple(rounded)


def round_columns(weights: Real, scales: Real, covariance: Real) -> Real:
    """Round weights input by input, compensating each error in the inputs that follow (GPTQ).

    Args:
        weights: float64 (K, C), a row for each input, a column for each channel.
        scales: float64 (C,), the value of one step in each channel.
        covariance: float64 (K, K), of the inputs.

    Returns:
        float64 (K, C), whole numbers, -127..127; the largest weight of each channel is ±127.
    """
    # Inputs of high variance are rounded first, while many others can still compensate: the last row first.
    order = np.argsort(np.diag(covariance), kind="stable")
    feedback = _feedback(covariance[np.ix_(order, order)])
    exact = (weights / scales)[order]
    targets, steps = exact.copy(), np.empty_like(exact)
    largest = np.abs(exact).argmax(axis=0)
    for stop in range(len(exact), 0, -_COLUMNS):
        block = slice(max(stop - _COLUMNS, 0), stop)
        factors = feedback[block, block]
        steps[block] = _round_block(exact[block], targets[block], factors, largest - block.start)
        targets[: block.start] += feedback[block, : block.start].T @ (exact[block] - steps[block])
    rounded = np.empty_like(steps)
    rounded[order] = steps
    return rounded


def _round_block(exact: Real, targets: Real, factors: Real, largest: npt.NDArray[np.intp]) -> Real:
    """Round a block of inputs in reverse, propagating each error to the `targets` before it."""
    steps = np.empty_like(exact)
    for row in reversed(range(len(exact))):
        nearest = np.clip(np.rint(targets[row]), -_STEPS, _STEPS)
        steps[row] = np.where(largest == row, np.copysign(_STEPS, exact[row]), nearest)
        targets[:row] += np.outer(factors[row, :row], exact[row] - steps[row])
    return steps


def _feedback(covariance: Real) -> Real:
    """Return the share of each input's error (row) that each earlier input (column) corrects.

    The matrix is unit lower triangular: the factor L of the covariance L D L^T. Given the errors of the inputs after it,
    an input can at best cancel the part of their sum that it predicts. GPTQ's own way, by the inverse, has the same
    result (Chee and others, 2023, https://arxiv.org/abs/2307.13304, theorem 6) and takes three times as long.
    """
    covariance[np.diag_indices_from(covariance)] += _DAMPING * np.mean(np.diag(covariance)) or 1.0
    lower: Real = np.linalg.cholesky(covariance).astype(np.float64, copy=False)
    lower /= np.diag(lower).copy()
    return lower


def _scales(weights: Real) -> Real:
    largest = np.abs(weights).max(axis=0).astype(np.float32)
    return np.where(largest > 0, largest / np.float32(_STEPS), np.float32(1)).astype(np.float64)


def _layer(layer: Layer, steps: Real, scales: Real, bias: Real) -> Layer:
    kernel = (steps * scales).astype(np.float32).reshape(layer.kernel.shape)
    return Layer(name=layer.name, kernel=kernel, bias=bias.astype(np.float32))


def _measure(inputs: Sequence[_Features]) -> _Moments:
    """Measure the mean and covariance of a layer's inputs, weighting pictures equally.

    The layer norm at the end gives faint and bold prints fingerprints of equal length, so their errors matter equally.
    Each picture is therefore divided by its own mean square.
    """
    size = 9 * inputs[0].codes.shape[2]
    square, total, shift, weight = np.zeros((size, size)), np.zeros(size), np.zeros(size), 0.0
    for number, features in enumerate(inputs):
        codes = _patches(features.codes, _sample_positions(features.codes.shape, number))
        products = codes.T @ codes
        sums = codes.sum(axis=0, dtype=np.float64)
        # The sum of (q + 128)(p + 128), steps above zero, is the products plus one offset for each side.
        offsets = 128.0 * (sums + 64.0 * len(codes))
        energy = (
            float(np.trace(products, dtype=np.float64) + 2 * offsets.sum()) * features.scale**2
            or 1.0
        )
        _add_scaled(square, products, features.scale**2 / energy)
        shift += offsets * (features.scale**2 / energy)
        total += (sums + 128.0 * len(codes)) * (features.scale / energy)
        weight += len(codes) / energy
    square += shift[:, None]
    square += shift[None, :]
    mean = total / weight
    return _Moments(mean=mean, covariance=square / weight - np.outer(mean, mean))


def _add_scaled(total: Real, exact: _Exact, factor: float) -> None:
    """Add factor * exact to `total` by blocks of rows, to avoid copies of large arrays."""
    for start in range(0, len(total), 64):
        rows = slice(start, start + 64)
        total[rows] += np.multiply(exact[rows], factor, dtype=np.float64)


def _sample_positions(shape: tuple[int, ...], number: int) -> npt.NDArray[np.intp]:
    """Return up to 1024 evenly spread positions of a picture; each number has other ones."""
    count = shape[0] * shape[1]
    if count <= _EXACT_TERMS:
        return np.arange(count)
    stride = next(n for n in range(int(count * 0.618), count) if math.gcd(n, count) == 1)
    return np.sort((np.arange(_EXACT_TERMS) * stride + number * 7919) % count)


def _patches(codes: npt.NDArray[np.int8], positions: npt.NDArray[np.intp] | None = None) -> _Exact:
    """Return the 3 x 3 patches around positions, or all: float32 (N, 9 C), whole numbers."""
    padded = np.pad(codes, ((1, 1), (1, 1), (0, 0)), constant_values=-128)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    windows = windows.transpose(0, 1, 3, 4, 2)
    if positions is not None:
        windows = windows[np.unravel_index(positions, codes.shape[:2])]
    return windows.reshape(-1, 9 * codes.shape[2]).astype(np.float32)


def _first_convolution(
    layer: Layer, picture: npt.NDArray[np.float32], *, pooled: bool
) -> _Features:
    """Run the first convolution, which stays in float."""
    padded = np.pad(picture.astype(np.float64), ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    patches = windows.transpose(0, 1, 3, 4, 2).reshape(-1, 27)
    values = patches @ layer.kernel.reshape(27, -1).astype(np.float64) + layer.bias
    return _features(values.reshape(*picture.shape[:2], -1), pooled=pooled)


def _convolve(
    features: _Features, steps: Real, scales: Real, bias: Real, *, pool: bool
) -> _Features:
    """Run a rounded convolution like the kiosk's runtime: int8 sums, then scale and bias."""
    patches, kernel = _patches(features.codes), steps.astype(np.float32)
    sums = np.zeros((len(patches), kernel.shape[1]))
    for part in _exact_parts(len(kernel)):
        sums += patches[:, part] @ kernel[part]
    sums += 128.0 * steps.sum(axis=0)
    values = sums * (features.scale * scales) + bias
    return _features(values.reshape(*features.codes.shape[:2], -1), pooled=pool)


def _exact_parts(size: int) -> Iterator[slice]:
    for start in range(0, size, _EXACT_TERMS):
        yield slice(start, start + _EXACT_TERMS)


def _features(values: Real, *, pooled: bool) -> _Features:
    """Apply the ReLU, the 2 x 2 maximum where the layer is pooled, and quantise."""
    values = np.maximum(values, 0.0)
    if pooled:
        height, width, channels = values.shape
        values = values.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3))
    scale = float(values.max()) / 255.0 or 1.0
    return _Features(codes=(np.rint(values / scale) - 128.0).astype(np.int8), scale=scale)
