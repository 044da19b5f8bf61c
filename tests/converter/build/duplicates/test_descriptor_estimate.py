"""Descriptors are estimated well enough from word and signature."""

from collections.abc import Mapping

import numpy as np
import pytest
from shared_codebook import trained_codebook

from converter.build.duplicates import descriptor_estimate
from converter.build.duplicates.descriptor_estimate import DescriptorEstimate
from device.imaging.frames import Pixels
from device.recognition.local import features
from device.recognition.local.codebook import hamming
from device.recognition.local.geometric_check import check
from device.recognition.local.inverted_index import MAX_HAMMING, IndexedFeatures, quantise_places

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def estimate() -> DescriptorEstimate:
    return descriptor_estimate.learn(trained_codebook())


def test_mirrored_signatures_are_near_the_true_ones(
    estimate: DescriptorEstimate, print_pictures: Mapping[str, Pixels]
) -> None:
    """Signatures of different features differ in 64 bits; up to 32 count as one feature."""
    book = trained_codebook()
    for picture in list(print_pictures.values())[:3]:
        found = features.extract(picture)
        own = book.project(found.descriptors)
        true = book.signatures(book.project(features.mirrored(found).descriptors))

        projected = estimate.projected(book.signatures(own), book.words(own, 1)[:, 0], book)

        wrong = hamming(book.signatures(estimate.mirrored(projected)), true)
        assert np.median(wrong) <= 24
        assert (wrong <= MAX_HAMMING).mean() >= 0.9


def test_the_estimate_keeps_the_signature_that_it_is_made_from(
    estimate: DescriptorEstimate, print_pictures: Mapping[str, Pixels]
) -> None:
    book = trained_codebook()
    own = book.project(features.extract(next(iter(print_pictures.values()))).descriptors)
    signatures = book.signatures(own)

    projected = estimate.projected(signatures, book.words(own, 1)[:, 0], book)

    assert np.median(hamming(book.signatures(projected), signatures)) <= 8


def test_mirrored_places_are_those_of_the_mirrored_picture(
    print_pictures: Mapping[str, Pixels],
) -> None:
    found = features.extract(next(iter(print_pictures.values())))

    places = descriptor_estimate.mirrored_places(quantise_places(found))

    true = quantise_places(features.mirrored(found))
    assert np.abs(places["x"].astype(int) - true["x"]).max() <= 1
    assert (places["y"] == true["y"]).all()
    assert (places["size"] == true["size"]).all()
    turns = (places["angle"].astype(int) - true["angle"] + 128) % 256 - 128
    assert np.abs(turns).max() <= 1


def test_a_mirrored_picture_lies_on_the_true_one_point_by_point(
    estimate: DescriptorEstimate, print_pictures: Mapping[str, Pixels]
) -> None:
    book = trained_codebook()
    picture = next(iter(print_pictures.values()))
    found, true = features.extract(picture), features.extract(picture[:, ::-1].copy())
    own = book.project(found.descriptors)
    projected = estimate.projected(book.signatures(own), book.words(own, 1)[:, 0], book)
    mirrored = IndexedFeatures(
        signatures=book.signatures(estimate.mirrored(projected)),
        places=descriptor_estimate.mirrored_places(quantise_places(found)),
        aspect=found.width / found.height,
    )
    known = IndexedFeatures(
        signatures=book.signatures(book.project(true.descriptors)),
        places=quantise_places(true),
        aspect=true.width / true.height,
    )

    fit = check(mirrored, known)

    assert fit is not None
    assert len(fit) >= 50
    assert np.abs(fit.transform - np.eye(3)).max() < 0.05
