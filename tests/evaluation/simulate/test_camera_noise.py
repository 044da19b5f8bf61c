"""The camera effects are seeded and bounded, and each does what its name says."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.imaging.frames import Pixels
from evaluation.simulate import camera_noise
from evaluation.simulate.camera_noise import (
    CAMERA,
    CAPTURE_SIDE,
    CameraFactor,
    simulate,
)


def rng(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def engraving() -> Pixels:
    """Lines and tones on warm paper, 300 by 420."""
    pixels = np.full((420, 300, 3), (235, 228, 210), np.uint8)
    for number in range(12):
        cv2.line(pixels, (20, 30 + 30 * number), (280, 60 + 25 * number), (40, 35, 30), 2)
    cv2.circle(pixels, (150, 200), 60, (120, 90, 80), -1)
    return pixels


@pytest.mark.parametrize("factor", CAMERA, ids=lambda factor: factor.name)
def test_the_same_seed_gives_the_same_bytes_and_leaves_the_input_unchanged(
    factor: CameraFactor, engraving: Pixels
) -> None:
    before = engraving.copy()

    first = factor.effect(engraving, rng(), factor.most)
    second = factor.effect(engraving, rng(), factor.most)

    assert first.tobytes() == second.tobytes()
    assert np.array_equal(engraving, before)


@pytest.mark.parametrize("factor", CAMERA, ids=lambda factor: factor.name)
def test_another_seed_changes_the_picture_in_another_way(
    factor: CameraFactor, engraving: Pixels
) -> None:
    first = factor.effect(engraving, rng(5), factor.most)
    second = factor.effect(engraving, rng(8), factor.most)

    assert first.tobytes() != engraving.tobytes()
    assert first.tobytes() != second.tobytes()


@pytest.mark.parametrize("factor", CAMERA, ids=lambda factor: factor.name)
def test_a_factor_of_zero_strength_leaves_the_picture_almost_unchanged(
    factor: CameraFactor, engraving: Pixels
) -> None:
    result = factor.effect(engraving, rng(), 0.0)

    assert result.shape == engraving.shape
    # Even the best JPEG quality loses something.
    assert np.abs(result.astype(int) - engraving).mean() < 2


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    seed=st.integers(0, 2**32),
    fill=st.binary(min_size=1),
)
def test_any_picture_can_be_simulated(height: int, width: int, seed: int, fill: bytes) -> None:
    pixels = np.resize(np.frombuffer(fill, np.uint8), (height, width, 3))

    captured = simulate(pixels, rng(seed), CAMERA)

    assert captured.dtype == np.uint8
    assert captured.ndim == 3 and captured.shape[2] == 3
    assert captured.flags.c_contiguous
    assert captured.tobytes() == simulate(pixels, rng(seed), CAMERA).tobytes()


@pytest.mark.parametrize("size", [(2000, 1500), (900, 3000), (641, 1)])
def test_a_large_picture_is_reduced_to_capture_size(size: tuple[int, int]) -> None:
    captured = simulate(np.zeros((*size, 3), np.uint8), rng(), [])

    assert max(captured.shape) == CAPTURE_SIDE
    assert captured.shape[0] / captured.shape[1] == pytest.approx(
        max(size[0] * 540 / max(size), 1) / max(size[1] * 540 / max(size), 1), rel=0.01
    )


@given(seed=st.integers(0, 2**32), most=st.floats(0, 0.5))
def test_a_crop_keeps_at_least_the_stated_share_of_each_side(seed: int, most: float) -> None:
    numbered = np.arange(60 * 80, dtype=np.int64).reshape(60, 80)
    pixels = np.stack([numbered % 256, numbered // 256, numbered * 0], axis=-1).astype(np.uint8)

    kept = camera_noise.crop(pixels, rng(seed), most)

    assert kept.shape[0] >= round(60 * (1 - most)) and kept.shape[1] >= round(80 * (1 - most))
    found = kept[..., 0].astype(int) + 256 * kept[..., 1].astype(int)
    assert np.array_equal(
        found, found[0, 0] + np.arange(kept.shape[0])[:, None] * 80 + np.arange(kept.shape[1])
    )


def test_the_simulated_camera_keeps_at_least_85_percent_of_a_print() -> None:
    lost = {factor.name: factor.most for factor in CAMERA}
    per_side = (1 - lost["crop"]) * (1 - 2 * lost["perspective"])

    assert per_side**2 >= 0.75  # both effects at full strength
    assert (1 - lost["crop"]) ** 2 >= 0.85


def test_blur_removes_detail_and_noise_adds_some(engraving: Pixels) -> None:
    def detail(pixels: Pixels) -> float:
        return float(cv2.Laplacian(pixels, cv2.CV_64F).var())

    assert detail(camera_noise.blur(engraving, rng(), 3.0)) < 0.7 * detail(engraving)
    assert detail(camera_noise.noise(engraving, rng(), 12.0)) > 1.02 * detail(engraving)


def test_uneven_light_darkens_one_side_and_never_lightens(engraving: Pixels) -> None:
    grey = np.full_like(engraving, 200)

    lit = camera_noise.shade(grey, rng(), 0.5).astype(int)

    assert lit.max() <= 200
    assert lit.max() - lit.min() > 20
    assert np.abs(np.diff(lit[:, :, 0], axis=1)).max() <= 2  # a slope, not a step


def test_white_balance_moves_red_and_blue_apart_and_keeps_green() -> None:
    grey = np.full((8, 8, 3), 120, np.uint8)

    red, green, blue = camera_noise.white_balance(grey, rng(), 0.5)[0, 0].astype(int)

    assert green == 120
    assert (red - 120) * (blue - 120) < 0


def test_exposure_by_one_stop_doubles_the_light() -> None:
    class Most(np.random.Generator):
        def random(self, *args: object, **kwargs: object) -> float:  # type: ignore[override]
            return 1.0

    grey = np.full((4, 4, 3), 100, np.uint8)

    lighter = camera_noise.exposure(grey, Most(np.random.PCG64(0)), 1.0)

    assert lighter[0, 0, 0] == round(100 * 2 ** (1 / 2.2))


def test_a_small_rotation_keeps_the_centre_in_place(engraving: Pixels) -> None:
    marked = engraving.copy()
    cv2.circle(marked, (150, 210), 6, (255, 0, 0), -1)

    turned = camera_noise.rotation(marked, rng(), 5.0)

    assert tuple(turned[210, 150]) == (255, 0, 0)


def test_factors_are_applied_in_the_order_given(engraving: Pixels) -> None:
    def factor(name: str, effect: camera_noise.Effect) -> CameraFactor:
        return CameraFactor(name=name, effect=effect, most=0.0, unit="")

    def half(pixels: Pixels, _: np.random.Generator, most: float) -> Pixels:
        return pixels // 2

    def plus(pixels: Pixels, _: np.random.Generator, most: float) -> Pixels:
        return pixels + np.uint8(10)

    black = np.zeros((4, 4, 3), np.uint8)

    assert simulate(black, rng(), [factor("plus", plus), factor("half", half)]).max() == 5
    assert simulate(black, rng(), [factor("half", half), factor("plus", plus)]).max() == 10
