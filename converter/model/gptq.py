"""Which of the int8 steps each weight is rounded to: the ones that keep the fingerprint, not the nearest ones.

Rounding to the nearest step makes every weight as good as it can be by itself. But what a convolution gives is a sum
over its 27 to 4608 inputs, and neighbouring pixels say nearly the same, so the error of one weight can be paid back by
those that come after it. That is GPTQ (Frantar and others, 2022, https://arxiv.org/abs/2210.17323; optimal brain
surgeon, Hassibi and Stork, 1993), here for convolutions: weights are rounded one input after the other, and each error
is spread over the inputs not yet rounded by the inverse of the inputs' second moments, which are measured on prints. The
bias is the last of them and is never rounded, so the mean error of every channel vanishes.

The scales stay what plain rounding would use, the largest weight of a channel over 127, and that weight stays ±127: any
converter that rounds plainly finds exactly these steps again.

The result must not depend on the machine, because a bundle must not. Sums over pixels and weights are therefore taken
over whole numbers small enough for float32 to hold exactly, in whatever order a BLAS adds them; what can't be exact is
float64, and a decision would have to lie within some 1e-12 of a step to fall differently.

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

# 1024 products of two int8 numbers are at most 2^24: up to there, float32 holds every whole number.
_EXACT_TERMS = 1024
# Of the mean variance of the inputs, added to each: keeps what few prints show from being trusted too far.
_DAMPING = 0.01
_COLUMNS = 128
_STEPS = 127


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Features:
    """What one convolution is given for one picture, as the kiosk's runtime quantises it.

    Attributes:
        codes: int8 (H, W, C); -128 stands for 0, 127 for the picture's largest value.
        scale: The value of one step.
    """

    codes: npt.NDArray[np.int8]
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moments:
    """What a layer's inputs are like over the calibration prints.

    Attributes:
        mean: float64 (K,), of each input.
        covariance: float64 (K, K).
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
    """Give the layers with every kernel but the first rounded to int8 steps, and biases corrected to match.

    The first layer stays as it is: it sees raw pixels, and in float it costs nothing and saves the most.

    Args:
        layers: Convolutions, 3 x 3, padded with zeros, each followed by a ReLU.
        pictures: float32 (N, H, W, 3), what the first layer is given for the prints to calibrate with.
        pooled: Names of the layers that a 2 x 2 maximum follows.
        progress: Told how many layers are done, of how many.

    Returns:
        The same layers, in float32; each channel of a rounded kernel is a whole number of its steps.
    """
    first, *others = layers
    inputs = [_first(first, picture, pooled=first.name in pooled) for picture in pictures]
    rounded = [first]
    for number, layer in enumerate(others, 1):
        progress(number, len(layers))
        weights = layer.kernel.reshape(-1, layer.kernel.shape[3]).astype(np.float64)
        scales = _scales(weights)
        moments = _measure(inputs)
        with threadpool_limits(1, user_api="blas"):  # the same order of sums on every desk
            steps = round_columns(weights, scales, moments.covariance)
        bias = layer.bias + (weights - steps * scales).T @ moments.mean
        rounded.append(_layer(layer, steps, scales, bias))
        if number < len(others):
            pool = layer.name in pooled
            inputs = [_convolve(x, steps, scales, bias, pool=pool) for x in inputs]
    progress(len(layers), len(layers))
    return tuple(rounded)


def round_columns(weights: Real, scales: Real, covariance: Real) -> Real:
    """Round weights input by input, each error paid back by the inputs that follow.

    Args:
        weights: float64 (K, C), one row an input, one column a channel.
        scales: float64 (C,), the value of one step in each channel.
        covariance: float64 (K, K), of the inputs.

    Returns:
        float64 (K, C), whole numbers, -127..127; the largest weight of each channel is ±127.
    """
    # What varies most goes first, while there are still many others to pay for it: first is last here.
    order = np.argsort(np.diag(covariance), kind="stable")
    feedback = _feedback(covariance[np.ix_(order, order)])
    exact = (weights / scales)[order]
    wanted, steps = exact.copy(), np.empty_like(exact)
    largest = np.abs(exact).argmax(axis=0)
    for stop in range(len(exact), 0, -_COLUMNS):
        block = slice(max(stop - _COLUMNS, 0), stop)
        pay = feedback[block, block]
        steps[block] = _round_block(exact[block], wanted[block], pay, largest - block.start)
        wanted[: block.start] += feedback[block, : block.start].T @ (exact[block] - steps[block])
    rounded = np.empty_like(steps)
    rounded[order] = steps
    return rounded


def _round_block(exact: Real, wanted: Real, pay: Real, largest: npt.NDArray[np.intp]) -> Real:
    """Round a block of inputs, the last first, adding what each leaves to pay to `wanted` of those before it."""
    steps = np.empty_like(exact)
    for row in reversed(range(len(exact))):
        nearest = np.clip(np.rint(wanted[row]), -_STEPS, _STEPS)
        steps[row] = np.where(largest == row, np.copysign(_STEPS, exact[row]), nearest)
        wanted[:row] += np.outer(pay[row, :row], exact[row] - steps[row])
    return steps


def _feedback(covariance: Real) -> Real:
    """Give how much of each input's error (row) every input before it (column) has to pay: unit lower triangular.

    Given the errors of the inputs after it, the best an input can do is to cancel what of their sum it can predict: the
    factor L of the covariance, L D L^T. GPTQ's own way, by the inverse, gives the same (Chee and others, 2023,
    https://arxiv.org/abs/2307.13304, theorem 6) and takes three times as long.
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
    """Take the mean and covariance of a layer's inputs, every picture counting alike.

    The layer norm at the end makes a faint print's fingerprint as long as a bold one's, so its errors weigh as much:
    each picture is divided by its own mean square.
    """
    size = 9 * inputs[0].codes.shape[2]
    square, total, shift, weight = np.zeros((size, size)), np.zeros(size), np.zeros(size), 0.0
    for number, features in enumerate(inputs):
        codes = _patches(features.codes, _places(features.codes.shape, number))
        products = codes.T @ codes
        sums = codes.sum(axis=0, dtype=np.float64)
        # From codes to steps above zero, (q + 128)(p + 128), summed: the products, and this for either side.
        sides = 128.0 * (sums + 64.0 * len(codes))
        energy = (
            float(np.trace(products, dtype=np.float64) + 2 * sides.sum()) * features.scale**2 or 1.0
        )
        _add_scaled(square, products, features.scale**2 / energy)
        shift += sides * (features.scale**2 / energy)
        total += (sums + 128.0 * len(codes)) * (features.scale / energy)
        weight += len(codes) / energy
    square += shift[:, None]
    square += shift[None, :]
    mean = total / weight
    return _Moments(mean=mean, covariance=square / weight - np.outer(mean, mean))


def _add_scaled(total: Real, exact: _Exact, factor: float) -> None:
    """Add factor * exact to `total`, a few rows at a time: these are the largest arrays here, and memory is slow."""
    for start in range(0, len(total), 64):
        rows = slice(start, start + 64)
        total[rows] += np.multiply(exact[rows], factor, dtype=np.float64)


def _places(shape: tuple[int, ...], number: int) -> npt.NDArray[np.intp]:
    """Give up to 1024 places of a picture, spread evenly, others in every picture, without drawing lots."""
    count = shape[0] * shape[1]
    if count <= _EXACT_TERMS:
        return np.arange(count)
    stride = next(n for n in range(int(count * 0.618), count) if math.gcd(n, count) == 1)
    return np.sort((np.arange(_EXACT_TERMS) * stride + number * 7919) % count)


def _patches(codes: npt.NDArray[np.int8], places: npt.NDArray[np.intp] | None = None) -> _Exact:
    """Give the 3 x 3 surroundings of places (of all, where None): float32 (places, 9 C), whole numbers."""
    padded = np.pad(codes, ((1, 1), (1, 1), (0, 0)), constant_values=-128)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    windows = windows.transpose(0, 1, 3, 4, 2)
    if places is not None:
        windows = windows[np.unravel_index(places, codes.shape[:2])]
    return windows.reshape(-1, 9 * codes.shape[2]).astype(np.float32)


def _first(layer: Layer, picture: npt.NDArray[np.float32], *, pooled: bool) -> _Features:
    """Run the first convolution, which is not quantised."""
    padded = np.pad(picture.astype(np.float64), ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    patches = windows.transpose(0, 1, 3, 4, 2).reshape(-1, 27)
    values = patches @ layer.kernel.reshape(27, -1).astype(np.float64) + layer.bias
    return _features(values.reshape(*picture.shape[:2], -1), pooled=pooled)


def _convolve(
    features: _Features, steps: Real, scales: Real, bias: Real, *, pool: bool
) -> _Features:
    """Run a rounded convolution as the kiosk's runtime does: int8 times int8, then scales and bias in float."""
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
    """Clip at zero, take the 2 x 2 maximum where there is one, and quantise."""
    values = np.maximum(values, 0.0)
    if pooled:
        height, width, channels = values.shape
        values = values.reshape(height // 2, 2, width // 2, 2, channels).max(axis=(1, 3))
    scale = float(values.max()) / 255.0 or 1.0
    return _Features(codes=(np.rint(values / scale) - 128.0).astype(np.int8), scale=scale)
