"""Estimate local descriptors from what a bundle stores of them, and mirror them.

A bundle stores of each feature its visual word and its signature: 128 signs of projections. A linear estimate is learned from
the calibration prints that also train the codebook. It serves look-ups in neighbouring words, and look-ups of mirrored
pictures without the pictures: on other prints, a mirrored signature comes out with 18 of 128 bits wrong (median). Two
pictures of one feature differ in about 20 bits.
"""

from dataclasses import dataclass

import numpy as np

from converter.model import calibration
from device.recognition.local import features
from device.recognition.local.codebook import BITS, CENTRES, Codebook, Signatures, Words
from device.recognition.local.features import DESCRIPTOR_LENGTH, Features, Floats
from device.recognition.local.inverted_index import SIDES, Places


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptorEstimate:
    """A linear estimate of projected descriptors, and the transform that mirrors them.

    Attributes:
        weights: float32 (193, 64), from word centre, signs and 1 to the projected descriptor.
        mirror: float32 (64, 64), from a projected descriptor to that of the mirrored picture.
        shift: float32 (64,), added to it.
    """

    weights: Floats
    mirror: Floats
    shift: Floats

    def projected(self, signatures: Signatures, words: Words, book: Codebook) -> Floats:
        """Estimate projected descriptors: float32 (N, 64).

        Args:
            signatures: uint64 (N, 2).
            words: int64 (N,), the word of each feature.
            book: The codebook that made them.
        """
        return _known(signatures, words, book) @ self.weights

    def mirrored(self, projected: Floats) -> Floats:
        """Return the projected descriptors of the mirrored picture: float32 (N, 64)."""
        return projected @ self.mirror + self.shift


def learn(book: Codebook) -> DescriptorEstimate:
    """Learn the estimate for a codebook from the calibration prints, by least squares."""
    found = [features.extract(pixels) for pixels in calibration.prints()]
    both = [*found, *map(features.mirrored, found)]
    projected = book.project(np.concatenate([each.descriptors for each in both]))
    known = _known(book.signatures(projected), book.words(projected, 1)[:, 0], book)
    known = known.astype(np.float64)
    # By the normal equations, which are many times as fast as a decomposition and sound for these columns.
    weights = np.linalg.solve(known.T @ known, known.T @ projected)
    # Mirroring only reorders a descriptor's values, so it is linear in the projected ones, too.
    reordered = features.mirrored(_unit_descriptors()).descriptors
    mirror = np.linalg.pinv(book.components) @ reordered @ book.components
    shift = (book.mean @ reordered - book.mean) @ book.components
    return DescriptorEstimate(
        weights=weights.astype(np.float32),
        mirror=mirror.astype(np.float32),
        shift=shift.astype(np.float32),
    )


def mirrored_places(places: Places) -> Places:
    """Return the places of a picture's features in the mirrored picture: `PLACE` (N,)."""
    mirrored = np.array(places)
    mirrored["x"] = SIDES - mirrored["x"]
    mirrored["angle"] = 128 - mirrored["angle"]  # unsigned, so it stays below 256
    return mirrored


def _known(signatures: Signatures, words: Words, book: Codebook) -> Floats:
    """Return what is known of each feature: the centre of its word, its signs, and 1."""
    centres = np.hstack([book.centres[0][words // CENTRES], book.centres[1][words % CENTRES]])
    octets = np.ascontiguousarray(signatures, dtype="<u8").view(np.uint8)
    signs = np.unpackbits(octets.reshape(-1, BITS // 8), axis=1) * np.float32(2) - 1
    return np.hstack([centres, signs, np.ones((len(signs), 1), np.float32)])


def _unit_descriptors() -> Features:
    count = DESCRIPTOR_LENGTH
    nowhere = np.zeros(count, np.float32)
    return Features(
        places=np.zeros((count, 2), np.float32),
        sizes=nowhere,
        angles=nowhere,
        descriptors=np.eye(count, dtype=np.float32),
        width=1,
        height=1,
    )
