"""Thresholds fitted by leaving prints out of the collection."""

from functools import partial
from pathlib import Path

import drawn_bundle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter import captures, thresholds
from converter.captures import Capture, PrintPicture
from converter.thresholds import (
    CAUTIOUS_SAME_PRINT,
    CAUTIOUS_SIMILAR,
    ENOUGH_PRINTS,
    FALSE_ACCEPTS,
    LOST,
    Scores,
    fit,
    relatives_of,
    score,
)
from device.bundle import layout
from device.recognition.preprocess import to_input
from device.recognition.search import Vectors, unit
from device.recognition.verdict import Verdict, decide


def collection(count: int, seed: int = 0) -> Vectors:
    return unit(np.random.default_rng(seed).standard_normal((count, 512)).astype(np.float32))


def capture(item: int, vector: Vectors) -> Capture:
    return Capture(
        record_id=f"P{item}",
        item=item,
        pixels=np.zeros((224, 224, 3), np.uint8),
        aspect=1.0,
        vector=vector,
    )


def scores(known: np.ndarray, unknown: np.ndarray, prints: int) -> Scores:  # type: ignore[type-arg]
    items = np.arange(len(known)) % prints
    return Scores(items=items, known=known.astype(np.float32), unknown=unknown.astype(np.float32))


def overlapping(count: int, prints: int, seed: int = 0) -> Scores:
    rng = np.random.default_rng(seed)
    return scores(rng.normal(0.8, 0.08, count), rng.normal(0.55, 0.08, count), prints)


def test_a_known_print_is_scored_against_itself_and_an_unknown_one_against_the_best_other() -> None:
    vectors = collection(5)
    seen = unit(vectors[2] + 0.5 * vectors[4])

    found = score(vectors, [capture(2, seen)], {})

    cosines = vectors @ seen
    assert found.known[0] == pytest.approx(cosines[2], abs=1e-6)
    assert found.unknown[0] == pytest.approx(cosines[4], abs=1e-6)


def test_a_left_out_print_takes_its_relatives_with_it() -> None:
    vectors = collection(5)
    vectors[4] = unit(vectors[2] + 0.1 * vectors[4])  # another state of the same plate

    alone = score(vectors, [capture(2, vectors[2])], {})
    together = score(vectors, [capture(2, vectors[2])], {2: frozenset({4})})

    assert alone.unknown[0] > 0.99
    assert together.unknown[0] < 0.3
    assert together.known[0] == alone.known[0]


def test_the_collection_is_left_as_it_was() -> None:
    vectors = collection(3)
    before = vectors.copy()

    score(vectors, [capture(1, vectors[1])], {1: frozenset({0})})

    assert np.array_equal(vectors, before)


def test_where_no_other_print_is_left_there_is_no_unknown_score() -> None:
    vectors = collection(2)

    found = score(vectors, [capture(0, vectors[0])], {0: frozenset({1})})

    assert np.isnan(found.unknown[0])


def test_many_captures_are_scored_as_one_by_one() -> None:
    vectors = collection(30)
    rng = np.random.default_rng(1)
    taken = [
        capture(n % 30, unit(vectors[n % 30] + 0.05 * rng.standard_normal(512))) for n in range(150)
    ]

    together = score(vectors, taken, {})

    one_by_one = [score(vectors, [one], {}) for one in taken]
    assert np.allclose(together.known, [one.known[0] for one in one_by_one], atol=1e-6)
    assert np.allclose(together.unknown, [one.unknown[0] for one in one_by_one], atol=1e-6)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(200, 600))
def test_at_most_one_left_out_print_in_a_hundred_passes_for_the_same_print(
    seed: int, count: int
) -> None:
    found = overlapping(count, prints=count, seed=seed)

    fitted = fit(found).thresholds

    assert (found.unknown >= fitted.same_print).mean() <= FALSE_ACCEPTS
    # ...and no lower step would do.
    assert (found.unknown >= fitted.same_print - 0.0002).mean() > FALSE_ACCEPTS - 2 / count
    assert (found.known >= fitted.similar).mean() >= 1 - LOST
    assert fitted.similar <= fitted.same_print


@settings(deadline=None)
@given(
    known=st.lists(st.floats(-1, 1), min_size=1, max_size=60),
    unknown=st.lists(st.one_of(st.floats(-1, 1), st.just(float("nan"))), min_size=60, max_size=60),
    prints=st.integers(1, 60),
)
def test_any_scores_give_thresholds_a_verdict_can_use(
    known: list[float], unknown: list[float], prints: int
) -> None:
    fitted = fit(scores(np.array(known), np.array(unknown[: len(known)]), prints)).thresholds

    assert -1 <= fitted.similar <= fitted.same_print <= 1
    for rate in (fitted.false_accepts, fitted.missed, fitted.false_similar):
        assert 0 <= rate <= 1
    assert decide(1.0, fitted) == Verdict.SAME_PRINT


def test_error_rates_are_measured_on_prints_that_were_not_fitted_on() -> None:
    """One half of the prints scores high when left out, the other low: fitted on the low, the high ones pass."""
    count = 2 * ENOUGH_PRINTS
    high = np.arange(count) % 2 == 0
    found = scores(np.full(count, 0.9), np.where(high, 0.8, 0.4), prints=count)

    fitted = fit(found).thresholds

    assert fitted.same_print == pytest.approx(0.8001)
    assert fitted.false_accepts == 0.5  # measured on all that were fitted on, it would be 0
    assert fitted.missed == 0
    assert fitted.fitted_on == fitted.measured_on == count


def test_captures_of_one_print_stay_in_one_half() -> None:
    """Each print's captures score alike and unlike any other's: split up, they would vouch for themselves."""
    prints = ENOUGH_PRINTS
    unknown = np.tile(np.where(np.arange(prints) % 2, 0.4, 0.8), 4)
    found = scores(np.full(4 * prints, 0.9), unknown, prints)

    assert fit(found).thresholds.false_accepts == 0.5


def test_known_and_unknown_far_apart_leave_a_band_of_similar_ones() -> None:
    rng = np.random.default_rng(0)
    found = scores(rng.uniform(0.93, 0.99, 400), rng.uniform(0.3, 0.6, 400), prints=400)

    fitted = fit(found).thresholds

    assert 0.55 < fitted.similar < fitted.same_print <= 0.6001
    assert fitted.missed == 0
    assert 0.05 < fitted.false_similar < 0.15


@pytest.mark.parametrize("prints", [1, 2, 5, 20])
def test_few_prints_get_cautious_thresholds_and_a_note(prints: int) -> None:
    unknown = np.full(4 * prints, np.nan if prints == 1 else 0.4)

    found = fit(scores(np.full(4 * prints, 0.9), unknown, prints))

    assert found.thresholds.same_print == CAUTIOUS_SAME_PRINT
    assert found.thresholds.similar == CAUTIOUS_SIMILAR
    assert found.thresholds.missed == 0
    assert found.note is not None and "cautious values" in found.note
    assert found.thresholds.false_accepts == (1 if prints == 1 else 0)


def test_few_prints_that_look_alike_raise_the_threshold_above_the_cautious_one() -> None:
    found = fit(scores(np.full(20, 0.95), np.full(20, 0.9), prints=20))

    assert 0.9 <= found.thresholds.same_print <= 0.9001


def test_enough_prints_need_no_note() -> None:
    assert fit(overlapping(400, prints=ENOUGH_PRINTS)).note is None
    assert fit(overlapping(400, prints=ENOUGH_PRINTS - 1)).note is not None


def test_relatives_are_read_from_the_records_both_ways(tmp_path: Path) -> None:
    drawn = drawn_bundle.write(tmp_path / "bundle", range(4), relations={0: 1, 3: 1})

    found = relatives_of(drawn.path / layout.RECORDS)

    assert found == {
        0: frozenset({1}),
        1: frozenset({0, 3}),
        2: frozenset(),
        3: frozenset({1}),
    }


def test_a_collection_of_drawn_prints_gets_thresholds_that_tell_them_apart() -> None:
    prints = [
        PrintPicture(record_id=f"P{n}", item=n, load=partial(drawn_bundle.draw, n))
        for n in range(ENOUGH_PRINTS)
    ]
    inputs = np.stack([to_input(picture.load()) for picture in prints])
    vectors = unit(drawn_bundle.quantised(inputs))
    taken = captures.take(prints, drawn_bundle.quantised, count=ENOUGH_PRINTS, seed=1)

    fitted = thresholds.fit(score(vectors, taken, {})).thresholds

    assert fitted.false_accepts <= 0.05
    assert fitted.missed < 0.5
