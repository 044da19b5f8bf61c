"""Captures are scored with their print in the collection and without it."""

import numpy as np
import pytest

from converter.calibrate.captures import SimulatedCapture
from converter.parity.known_unknown_scores import score
from device.recognition.embedding.nearest import Vectors, normalise


def collection(count: int, seed: int = 0) -> Vectors:
    return normalise(np.random.default_rng(seed).standard_normal((count, 512)).astype(np.float32))


def capture(item: int, vector: Vectors) -> SimulatedCapture:
    return SimulatedCapture(
        record_id=f"P{item}",
        item=item,
        pixels=np.zeros((224, 224, 3), np.uint8),
        aspect=1.0,
        vector=vector,
    )


def test_a_known_print_is_scored_against_itself_and_an_unknown_one_against_the_best_other() -> None:
    vectors = collection(5)
    seen = normalise(vectors[2] + 0.5 * vectors[4])

    found = score(vectors, [capture(2, seen)], {})

    cosines = vectors @ seen
    assert found.known[0] == pytest.approx(cosines[2], abs=1e-6)
    assert found.unknown[0] == pytest.approx(cosines[4], abs=1e-6)


def test_related_prints_are_left_out_with_a_print() -> None:
    vectors = collection(5)
    vectors[4] = normalise(vectors[2] + 0.1 * vectors[4])  # a duplicate of print 2

    alone = score(vectors, [capture(2, vectors[2])], {})
    together = score(vectors, [capture(2, vectors[2])], {2: frozenset({4})})

    assert alone.unknown[0] > 0.99
    assert together.unknown[0] < 0.3
    assert together.known[0] == alone.known[0]


def test_scoring_does_not_change_the_collection() -> None:
    vectors = collection(3)
    before = vectors.copy()

    score(vectors, [capture(1, vectors[1])], {1: frozenset({0})})

    assert np.array_equal(vectors, before)


def test_without_another_print_the_unknown_score_is_nan() -> None:
    vectors = collection(2)

    found = score(vectors, [capture(0, vectors[0])], {0: frozenset({1})})

    assert np.isnan(found.unknown[0])


def test_every_capture_keeps_its_own_print() -> None:
    vectors = collection(4)

    found = score(vectors, [capture(item, vectors[item]) for item in (3, 0, 2)], {})

    assert found.items.tolist() == [3, 0, 2]
    assert np.allclose(found.known, 1, atol=1e-6)


def test_many_captures_score_the_same_as_one_by_one() -> None:
    vectors = collection(30)
    rng = np.random.default_rng(1)
    taken = [
        capture(n % 30, normalise(vectors[n % 30] + 0.05 * rng.standard_normal(512)))
        for n in range(150)
    ]

    together = score(vectors, taken, {})

    one_by_one = [score(vectors, [one], {}) for one in taken]
    assert np.allclose(together.known, [one.known[0] for one in one_by_one], atol=1e-6)
    assert np.allclose(together.unknown, [one.unknown[0] for one in one_by_one], atol=1e-6)
