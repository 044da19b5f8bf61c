"""Parity compares both sides, counts their agreement, and applies the gate."""

import zlib
from dataclasses import fields, replace
from pathlib import Path

import drawn_bundle
import numpy as np
import pytest
from drawn_bundle import DrawnBundle, full_precision, quantised

from converter.calibrate import captures
from converter.calibrate.captures import Batch, PrintPicture
from converter.errors import ConverterError, ParityError
from converter.parity import compare as parity
from converter.parity.compare import MUSEUM, STRICT, GateMinimums, Parity, ParityPlan
from converter.parity.reference_search import ReferenceSearch
from device.bundle.manifest import ParitySummary
from device.bundle.reader import opened
from device.recognition.embedding.nearest import Vectors, normalise
from device.recognition.verdict import Verdict

pytestmark = pytest.mark.slow

SMALL = ParityPlan(seed=4, camera_queries=30, factor_queries=3)


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> DrawnBundle:
    """Forty drawn prints; the first is related to the second, the last may not be shown."""
    folder = tmp_path_factory.mktemp("forty") / "bundle"
    return drawn_bundle.write(folder, range(40), relations={0: 1}, hidden=[39])


@pytest.fixture(scope="module")
def compared(forty: DrawnBundle) -> Parity:
    """The comparison of the forty prints."""
    with opened(forty.path) as bundle:
        return parity.compare(bundle, forty.prints, full_precision, plan=SMALL, quantised=quantised)


def compare(
    drawn: DrawnBundle, plan: ParityPlan = SMALL, reference: captures.Fingerprints = quantised
) -> Parity:
    with opened(drawn.path) as bundle:
        return parity.compare(bundle, drawn.prints, reference, plan=plan, quantised=quantised)


def test_a_model_compared_with_itself_agrees_in_everything(forty: DrawnBundle) -> None:
    found = compare(forty)

    assert found.clean.cosines.min == pytest.approx(1, abs=1e-6)
    for side in (found.clean, found.camera):
        assert side.top1.value == side.answers.value == 1
        assert side.top10.value >= 0.99  # the index may miss one of ten
    assert parity.gate(found, STRICT) == ()


def test_the_difference_of_a_quantised_model_is_measured(compared: Parity) -> None:
    assert 0.9 < compared.clean.cosines.p1 <= compared.clean.cosines.median < 0.9999
    assert compared.clean.cosines.count == 40
    assert compared.camera.cosines.count == 30
    assert compared.camera.right.value > 0.8
    assert [factor.cosines.count for factor in compared.factors] == [3] * 10


def test_a_random_model_misses_every_minimum(forty: DrawnBundle) -> None:
    def by_chance(pixels: Batch) -> Vectors:
        seeds = [zlib.crc32(picture.tobytes()) for picture in pixels]
        return np.stack([np.random.default_rng(seed).standard_normal(512) for seed in seeds])

    found = compare(forty, reference=by_chance)

    failures = parity.gate(found, MUSEUM)
    assert [line.split(":")[0] for line in failures] == [
        "clean_cosine_median",
        "clean_cosine_p1",
        "camera_top1_agreement",
        "camera_top10_overlap",
    ]
    assert all("expected at least" in line and "\n" not in line for line in failures)
    assert found.camera.answers.value < 0.2


def test_the_same_comparison_gives_the_same_values(forty: DrawnBundle, compared: Parity) -> None:
    again = compare(forty, reference=full_precision)

    assert again.camera == compared.camera
    assert again.factors == compared.factors
    assert again.cases == compared.cases


@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_small_collection_is_compared_as_far_as_it_goes(count: int, tmp_path: Path) -> None:
    found = compare(drawn_bundle.write(tmp_path / "bundle", range(count)))

    assert found.clean.cosines.count == count
    assert found.camera.cosines.count == min(30, 4 * count)
    assert found.clean.top10.value == 1
    assert np.isnan(found.scores.unknown).all() == (count == 1)


def test_ties_do_not_count_against_the_kiosk(tmp_path: Path) -> None:
    """Twelve records of one picture fill the ten places in any order."""
    drawn = drawn_bundle.write(tmp_path / "bundle", [5] * 12 + list(range(20, 30)), recall=0.9)

    found = compare(drawn)

    assert found.clean.top1.value == found.clean.top10.value == 1


def test_a_large_collection_is_compared_on_a_sample_on_both_sides(forty: DrawnBundle) -> None:
    batch_sizes: list[int] = []

    def counting(pixels: Batch) -> Vectors:
        batch_sizes.append(len(pixels))
        return full_precision(pixels)

    found = compare(forty, replace(SMALL, most_prints=15, factor_queries=1), counting)

    assert sum(batch_sizes) == 15 + 30 + 10
    assert found.compared == 15 and found.prints == 40
    assert not found.by_index
    rows = {one.kiosk.item for one in found.camera.comparisons}
    assert rows <= {one.item for one in found.clean.comparisons}


def test_the_kiosks_side_fingerprints_pictures_that_are_not_the_originals(
    forty: DrawnBundle,
) -> None:
    def smaller(picture: PrintPicture) -> PrintPicture:
        return replace(picture, load=lambda: picture.load()[::3, ::3])

    prints = [smaller(picture) for picture in forty.prints]
    with opened(forty.path) as bundle:

        def median(originals: bool) -> float:
            found = parity.compare(
                bundle, prints, quantised, plan=SMALL, quantised=quantised, originals=originals
            )
            return found.clean.cosines.median

        assert median(originals=False) == pytest.approx(1, abs=1e-6)
        assert median(originals=True) < 0.9999


def test_captures_that_are_passed_in_are_used(forty: DrawnBundle) -> None:
    taken = captures.take_captures(forty.prints, quantised, count=7, seed=1)

    with opened(forty.path) as bundle:
        found = parity.compare(
            bundle, forty.prints, quantised, plan=SMALL, quantised=quantised, captures=taken
        )

    assert [one.record_id for one in found.camera.comparisons] == [c.record_id for c in taken]


def test_no_more_than_a_batch_of_pictures_is_in_memory_at_once(forty: DrawnBundle) -> None:
    largest = 0

    def watching(pixels: Batch) -> Vectors:
        nonlocal largest
        largest = max(largest, len(pixels))
        return full_precision(pixels)

    compare(forty, reference=watching)

    assert largest == captures.BATCH


def test_prints_of_another_collection_are_refused(forty: DrawnBundle) -> None:
    swapped = (replace(forty.prints[0], record_id="X-1"), *forty.prints[1:])

    with opened(forty.path) as bundle:
        with pytest.raises(ParityError, match="row 0 is 'D-000', the collection has 'X-1'"):
            parity.compare(bundle, swapped, quantised, plan=SMALL, quantised=quantised)
        with pytest.raises(ParityError, match="a picture for each of 40 prints, found 39"):
            parity.compare(bundle, forty.prints[1:], quantised, plan=SMALL, quantised=quantised)


@pytest.mark.parametrize(
    "broken",
    [
        lambda pixels: full_precision(pixels)[:, :100],
        lambda pixels: full_precision(pixels)[1:],
        lambda pixels: full_precision(pixels) * np.nan,
    ],
)
def test_a_model_with_invalid_fingerprints_is_refused(
    forty: DrawnBundle, broken: captures.Fingerprints
) -> None:
    with pytest.raises(ConverterError, match="fingerprints: expected finite"):
        compare(forty, reference=broken)


def test_the_worst_cases_come_first_and_hidden_prints_stay_hidden(
    compared: Parity, forty: DrawnBundle
) -> None:
    clean = [case for case in compared.cases if case.kind == "clean"]

    assert len(clean) == 6
    assert clean[0].cosine == compared.clean.cosines.min
    assert [case.cosine for case in clean] == sorted(case.cosine for case in clean)
    for case in compared.cases:
        assert (case.picture is None) == (case.record_id == "D-039")
        for answer in (case.reference, case.kiosk):
            assert (answer.picture is None) == (answer.record_id == "D-039")


def test_a_case_of_different_answers_holds_both_answers(forty: DrawnBundle) -> None:
    def shifted(pixels: Batch) -> Vectors:
        return full_precision(np.roll(pixels, 60, axis=2))

    found = compare(forty, reference=shifted)

    different = [case for case in found.cases if case.kind == "answers"]
    assert different
    assert all(
        (case.reference.record_id, case.reference.verdict)
        != (case.kiosk.record_id, case.kiosk.verdict)
        for case in different
    )


def test_the_same_print_with_another_verdict_is_a_different_answer(forty: DrawnBundle) -> None:
    stored = np.load(forty.path / "fingerprints.npy")
    with opened(forty.path) as bundle:
        searches = ReferenceSearch(bundle, range(40), reference=stored, kiosk=None)
        far = normalise(stored[3] + 0.52 * normalise(np.random.default_rng(0).standard_normal(512)))
        found = searches.compare("D-003", 3, reference=stored[3], kiosk=far)

    assert found.same_top
    assert (
        found.reference.verdict == Verdict.SAME_IMAGE
    )  # the most that a fingerprint alone can mean
    assert found.kiosk.verdict == Verdict.SIMILAR_ONLY
    assert not found.same_answer


@pytest.mark.parametrize("field", [field.name for field in fields(ParitySummary)])
def test_a_figure_at_its_minimum_passes_and_one_below_is_named(
    compared: Parity, field: str
) -> None:
    found = getattr(parity.summary(compared), field)

    assert parity.gate(compared, GateMinimums(**{field: found})) == ()
    assert [
        line.split(":")[0] for line in parity.gate(compared, GateMinimums(**{field: found + 1e-6}))
    ] == [field]


def test_nan_reaches_no_minimum() -> None:
    assert not parity.GateResult(name="x", wanted=0.5, found=float("nan")).is_met


def test_the_summary_is_never_better_than_what_was_measured(compared: Parity) -> None:
    found = parity.summary(compared)

    assert found.clean_cosine_median <= compared.clean.cosines.median
    assert found.clean_cosine_median == pytest.approx(compared.clean.cosines.median, abs=1e-6)
    assert found.camera_top10_overlap <= compared.camera.top10.value


def test_progress_reaches_its_end(forty: DrawnBundle) -> None:
    last: dict[str, tuple[int, int]] = {}

    def progress(what: str, done: int, total: int) -> None:
        last[what] = (done, total)

    with opened(forty.path) as bundle:
        parity.compare(
            bundle, forty.prints, quantised, plan=SMALL, quantised=quantised, progress=progress
        )

    assert len(last) >= 4
    assert all(done == total for done, total in last.values())
