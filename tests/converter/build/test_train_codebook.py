"""A codebook depends only on its prints."""

import numpy as np
import pytest
from shared_codebook import trained_codebook

from converter.build import train_codebook
from converter.model import calibration
from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.codebook import BITS, CENTRES, COMPONENTS, Codebook

ARRAYS = ("mean", "components", "spread", "centres")


@pytest.fixture(scope="module")
def few_prints() -> list[Pixels]:
    """A few prints, so that training is quick."""
    return list(calibration.prints()[:5])


@pytest.fixture(scope="module")
def codebook(few_prints: list[Pixels]) -> Codebook:
    """A codebook trained on these prints."""
    return train_codebook.train(few_prints)


def test_the_same_prints_make_the_same_codebook(
    few_prints: list[Pixels], codebook: Codebook
) -> None:
    again = train_codebook.train([picture.copy() for picture in few_prints])

    for name in ARRAYS:
        assert np.array_equal(getattr(codebook, name), getattr(again, name)), name


def test_other_prints_make_another_codebook_with_the_same_directions(codebook: Codebook) -> None:
    other = trained_codebook()

    assert not np.allclose(codebook.components, other.components, atol=1e-3)
    assert np.array_equal(codebook.spread, other.spread)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mean", (features.DESCRIPTOR_LENGTH,)),
        ("components", (features.DESCRIPTOR_LENGTH, COMPONENTS)),
        ("spread", (COMPONENTS, BITS)),
        ("centres", (2, CENTRES, COMPONENTS // 2)),
    ],
)
def test_a_codebook_has_the_shapes_that_the_kiosk_reads(name: str, shape: tuple[int, ...]) -> None:
    array = getattr(trained_codebook(), name)

    assert array.shape == shape
    assert array.dtype == np.float32
    assert np.isfinite(array).all()


def test_both_halves_of_projected_features_have_similar_variance() -> None:
    """A visual word is a pair: a half without variance would leave 256 of 65,536 words."""
    found = np.concatenate([features.extract(p).descriptors for p in calibration.prints()])

    variances = trained_codebook().project(found).var(axis=0)

    first, second = variances[: COMPONENTS // 2].sum(), variances[COMPONENTS // 2 :].sum()
    assert 0.8 < first / second < 1.25


def test_every_64_directions_are_orthogonal() -> None:
    spread = trained_codebook().spread

    for first in range(0, BITS, COMPONENTS):
        base = spread[:, first : first + COMPONENTS]
        assert np.allclose(base.T @ base, np.eye(COMPONENTS), atol=1e-5)


def test_features_of_prints_are_spread_over_many_visual_words() -> None:
    found = np.concatenate([features.extract(p).descriptors for p in calibration.prints()[5:9]])

    words = trained_codebook().words(trained_codebook().project(found), 1)[:, 0]

    _, counts = np.unique(words, return_counts=True)
    assert counts.max() < 0.02 * len(found)
