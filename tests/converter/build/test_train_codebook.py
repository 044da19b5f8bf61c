"""A codebook depends on its prints, and on nothing else."""

import numpy as np
import pytest
from book import trained

from converter.build import train_codebook
from converter.model import calibration
from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.codebook import BITS, CENTRES, COMPONENTS, Codebook

ARRAYS = ("mean", "components", "spread", "centres")


@pytest.fixture(scope="module")
def few() -> list[Pixels]:
    """Prints enough to train on quickly."""
    return list(calibration.prints()[:5])


@pytest.fixture(scope="module")
def book(few: list[Pixels]) -> Codebook:
    """A codebook of these."""
    return train_codebook.train(few)


def test_the_same_prints_give_the_same_codebook(few: list[Pixels], book: Codebook) -> None:
    again = train_codebook.train([picture.copy() for picture in few])

    for name in ARRAYS:
        assert np.array_equal(getattr(book, name), getattr(again, name)), name


def test_other_prints_give_another_codebook_with_the_same_directions(book: Codebook) -> None:
    other = trained()

    assert not np.allclose(book.components, other.components, atol=1e-3)
    assert np.array_equal(book.spread, other.spread)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("mean", (features.LENGTH,)),
        ("components", (features.LENGTH, COMPONENTS)),
        ("spread", (COMPONENTS, BITS)),
        ("centres", (2, CENTRES, COMPONENTS // 2)),
    ],
)
def test_a_codebook_has_the_sizes_that_the_kiosk_reads(name: str, shape: tuple[int, ...]) -> None:
    array = getattr(trained(), name)

    assert array.shape == shape
    assert array.dtype == np.float32
    assert np.isfinite(array).all()


def test_both_halves_of_what_is_projected_vary_alike() -> None:
    """A word is a pair: a half that says nothing would leave 256 words of 65,536."""
    found = np.concatenate([features.extract(p).descriptors for p in calibration.prints()])

    variances = trained().project(found).var(axis=0)

    first, second = variances[: COMPONENTS // 2].sum(), variances[COMPONENTS // 2 :].sum()
    assert 0.8 < first / second < 1.25


def test_every_64_directions_stand_upright_on_each_other() -> None:
    spread = trained().spread

    for first in range(0, BITS, COMPONENTS):
        base = spread[:, first : first + COMPONENTS]
        assert np.allclose(base.T @ base, np.eye(COMPONENTS), atol=1e-5)


def test_details_of_prints_are_spread_over_many_words() -> None:
    found = np.concatenate([features.extract(p).descriptors for p in calibration.prints()[5:9]])

    words = trained().words(trained().project(found), 1)[:, 0]

    _, counts = np.unique(words, return_counts=True)
    assert counts.max() < 0.02 * len(found)
