"""Every query is recognised, on a real bundle of twelve prints."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from device.bundle.reader import OpenedBundle
from device.imaging.frames import Pixels
from device.imaging.picture_decoder import InProcessDecoder
from device.recognition.recogniser import Recogniser
from evaluation import ground_truth, queries, run_queries
from evaluation.dataset import prints_of
from evaluation.plan import EvaluationPlan
from evaluation.queries import SectionKind
from evaluation.run_queries import Material
from evaluation.scored_prints import is_scored
from evaluation.simulate.conditions import HOLDOUT, OPEN, Level, Suite

pytestmark = pytest.mark.slow


def quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


@pytest.fixture(scope="module")
def recogniser(open_small: OpenedBundle) -> Iterator[Recogniser]:
    """The kiosk's recogniser, on twelve prints."""
    yield Recogniser(open_small, threads=1)


def test_factors_of_the_holdout_are_used_only_on_request(
    open_small: OpenedBundle,
) -> None:
    material = Material(prints=prints_of(open_small))
    for suite, wanted in ((Suite.OPEN, OPEN), (Suite.EVERYTHING, OPEN | HOLDOUT)):
        sections = run_queries.sections(
            material, EvaluationPlan(captures=1, a_factor=1, suite=suite), InProcessDecoder()
        )
        names = {section.name for section in sections if section.kind is SectionKind.FACTOR}

        assert names == {"none of them", *(factor.value for factor in wanted)}


def test_a_known_print_is_found_unless_it_is_left_out(
    recogniser: Recogniser, open_small: OpenedBundle
) -> None:
    section = queries.level(
        prints_of(open_small), Level.EASY, number=2, seed=2026, suite=Suite.OPEN
    )

    run = run_queries.run(recogniser, iter([section]), progress=quiet)

    known = [outcome for outcome in run.outcomes if not outcome.left_out]
    unknown = [outcome for outcome in run.outcomes if outcome.left_out]
    assert [outcome.scored.rank for outcome in known] == [0, 0]
    assert [outcome.answered for outcome in known] == [outcome.name for outcome in known]
    assert all(outcome.corner_error is not None for outcome in known)
    assert [outcome.name for outcome in unknown] == [outcome.name for outcome in known]
    assert all(outcome.scored.rank is None for outcome in unknown)
    assert all(outcome.answered != outcome.name for outcome in unknown)


def test_a_failure_is_kept_with_its_pictures(
    recogniser: Recogniser, open_small: OpenedBundle
) -> None:
    one, other = prints_of(open_small)[:2]
    wrong = queries.EvaluationQuery(
        name="a lie",
        right=frozenset({other.record.item}),
        make_picture=lambda: queries.QueryPicture(pixels=one.load()),
    )
    section = queries.QuerySection(name="lies", kind=SectionKind.PAIRS, queries=(wrong,))

    run = run_queries.run(recogniser, iter([section]), progress=quiet)

    assert [failure.name for failure in run.failures] == ["a lie"]
    right, answered = run.failures[0].right, run.failures[0].answered
    assert right is not None
    assert right.title == other.record.title
    assert answered is not None
    assert answered.record_id == one.record.record_id
    assert run.failures[0].frame.startswith("data:image/jpeg;base64,")


def test_a_query_that_is_in_the_collection_does_not_find_itself(
    recogniser: Recogniser,
    open_small: OpenedBundle,
    tmp_path: Path,
    print_pictures: dict[str, Pixels],
) -> None:
    one, other = prints_of(open_small)[:2]
    Image.fromarray(print_pictures[one.record.record_id]).save(
        tmp_path / f"{one.record.record_id}.png"
    )
    (tmp_path / "groundtruth.csv").write_text(
        f"query_image,record_id,relation\n{one.record.record_id}.png,{other.record.record_id},copy\n"
    )
    pairs = ground_truth.pairs(tmp_path, {other.record.record_id}).pictures
    clean = next(
        queries.real_pairs(prints_of(open_small), pairs, seed=1, decoder=InProcessDecoder())
    )

    run = run_queries.run(recogniser, iter([clean]), progress=quiet)

    assert run.outcomes[0].answered != one.record.record_id


def test_a_full_evaluation_captures_all_scored_prints(open_small: OpenedBundle) -> None:
    material = Material(prints=prints_of(open_small))
    sections = run_queries.sections(
        material, EvaluationPlan(captures=1, is_full=True), InProcessDecoder()
    )

    captures = next(sections).queries

    scored = {one.record.record_id for one in material.prints if is_scored(one.record.record_id)}
    hidden = {one.record.record_id for one in material.prints if not one.record.show_picture}
    assert {query.name for query in captures} == scored - hidden
