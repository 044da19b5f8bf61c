"""The whole protocol runs on a real bundle of twelve prints, with few captures a section."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from device.bundle.reader import OpenedBundle
from device.errors import EvaluationError
from device.imaging.frames import Pixels
from device.recognition.recogniser import Recogniser
from evaluation import cli, evaluate, ground_truth, plan, protocol, queries
from evaluation.dataset import choose_prints, prints_of
from evaluation.plan import EvaluationPlan
from evaluation.protocol import Material
from evaluation.queries import SectionKind
from evaluation.simulate.conditions import HOLDOUT, OPEN, HandheldFactor, Level, Suite
from evaluation.simulate.distractor_scenes import DistractorKind
from evaluation.split import is_scored


def options(*arguments: object) -> Namespace:
    """Return the options of a command line."""
    parser = ArgumentParser()
    plan.add_options(parser)
    return parser.parse_args([str(argument) for argument in arguments])


def quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


@pytest.fixture(scope="module")
def recogniser(open_small: OpenedBundle) -> Iterator[Recogniser]:
    """The kiosk's recogniser, on twelve prints."""
    yield Recogniser(open_small, threads=1)


def test_prints_that_thresholds_are_fitted_on_are_not_captured(open_small: OpenedBundle) -> None:
    prints = prints_of(open_small)

    chosen = list(choose_prints(prints, 30, 1))

    assert len(chosen) == 30
    assert all(is_scored(one.record.record_id) for one, _ in chosen)
    assert all(one.record.show_picture for one, _ in chosen)
    assert len({(one.record.record_id, seed) for one, seed in chosen}) == 30


def test_the_same_seed_makes_the_same_queries(open_small: OpenedBundle) -> None:
    prints = prints_of(open_small)
    first = [
        queries.level(prints, Level.HARD, number=3, seed=seed, suite=Suite.OPEN)
        for seed in (1, 1, 2)
    ]
    frames = [section.queries[0].make_picture().pixels for section in first]

    assert np.array_equal(frames[0], frames[1])
    assert frames[0].shape != frames[2].shape or not np.array_equal(frames[0], frames[2])


def test_factors_of_the_holdout_are_used_only_on_request(
    open_small: OpenedBundle,
) -> None:
    material = Material(prints=prints_of(open_small))
    for suite, wanted in ((Suite.OPEN, OPEN), (Suite.EVERYTHING, OPEN | HOLDOUT)):
        asked = protocol.sections(material, EvaluationPlan(captures=1, a_factor=1, suite=suite))
        named = {section.name for section in asked if section.kind is SectionKind.FACTOR}

        assert named == {"none of them", *(factor.value for factor in wanted)}


def test_a_known_print_is_found_unless_it_is_left_out(
    recogniser: Recogniser, open_small: OpenedBundle
) -> None:
    section = queries.level(
        prints_of(open_small), Level.EASY, number=2, seed=2026, suite=Suite.OPEN
    )

    run = protocol.run(recogniser, iter([section]), progress=quiet)

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

    run = protocol.run(recogniser, iter([section]), progress=quiet)

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
    clean = next(queries.real_pairs(prints_of(open_small), pairs, seed=1))

    run = protocol.run(recogniser, iter([clean]), progress=quiet)

    assert run.outcomes[0].answered != one.record.record_id


def test_a_whole_evaluation_is_run_and_written(
    open_small: OpenedBundle, tmp_path: Path, print_pictures: dict[str, Pixels]
) -> None:
    photos, strangers = tmp_path / "photos", tmp_path / "strangers"
    photos.mkdir()
    strangers.mkdir()
    known = prints_of(open_small)[0].record.record_id
    Image.fromarray(print_pictures[known]).save(photos / f"{known}.png")
    (photos / "torn.jpg").write_bytes(b"\xff\xd8 not a picture")
    noise = np.random.default_rng(1).integers(0, 255, (300, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(strangers / "noise.png")
    truths = tmp_path / "truths.csv"
    truths.write_text(f"image,record_id\n{known}.png,{known}\ntorn.jpg,{known}\nnone.jpg,x\n")

    report = evaluate.evaluate(
        open_small,
        options(
            "bundle", "--captures", 1, "--out", tmp_path / "out", "--photos", photos,
            "--ground-truth", truths, "--distractors", strangers,
        ),
        threads=1,
        progress=quiet,
    )  # fmt: skip

    found = {section.name: section for section in report.sections}
    assert {"easy", "normal", "hard", "in reverse", "no print", "photographs"} <= set(found)
    assert (
        found["photographs"].r1.value == 1.0
    )  # a photograph may find the record that it is named after
    assert found["prints of other collections"].unknown == 1
    assert found["no print"].unknown == len(DistractorKind)
    assert [line.split(":")[0] for line in report.refused] == ["truths.csv line 4", "photographs"]
    assert {"sheet", "geometry", "fingerprint", "search"} <= set(report.steps)
    assert report.whole.p95 >= report.whole.p50 > 0
    assert report.whole.p50 > report.model_ms > 0  # every answer includes a model call
    written = json.loads((tmp_path / "out" / evaluate.JSON).read_text("utf-8"))
    assert written["prints"] == 12
    assert HandheldFactor.TILT.value in (tmp_path / "out" / evaluate.PAGE).read_text("utf-8")
    assert "R@1, normal" in evaluate.marks_line(report)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--photos", "."), "expected both --photos and --ground-truth"),
        (("--distractors", "nowhere"), "expected a folder"),
        (("--collection", "nowhere"), "expected a folder"),
    ],
)
def test_invalid_options_are_refused_before_any_query(
    open_small: OpenedBundle, tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    asked = options("bundle", "--out", tmp_path / "out", *arguments)

    with pytest.raises(EvaluationError, match=reason):
        evaluate.evaluate(open_small, asked, threads=1, progress=quiet)

    assert not (tmp_path / "out").exists()


def test_a_missing_option_is_reported_in_one_line(
    small_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(small_bundle), "--out", str(tmp_path / "out"), "--photos", "."]

    assert cli.main(arguments) == 1

    said = capsys.readouterr()
    assert not said.out
    assert said.err == (
        "printkiosk-evaluate: expected both --photos and --ground-truth, found one; give the other too\n"
    )


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_the_number_of_captures_is_one_or_more(
    count: str, small_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main([str(small_bundle), f"--captures={count}"])

    assert exit_.value.code == 2
    assert "expected 1 or more" in capsys.readouterr().err


def test_fewer_captures_reduce_all_other_queries() -> None:
    whole, small = (plan.plan_of(options("b", "--captures", count)) for count in (300, 60))

    assert (whole.a_factor, whole.empty) == (20, 200)
    assert (small.a_factor, small.empty) == (4, 40)
    assert plan.plan_of(options("b", "--holdout")).suite is Suite.EVERYTHING


def test_a_full_evaluation_captures_all_scored_prints(open_small: OpenedBundle) -> None:
    material = Material(prints=prints_of(open_small))
    asked = protocol.sections(material, EvaluationPlan(captures=1, is_full=True))

    captures = next(asked).queries

    scored = {one.record.record_id for one in material.prints if is_scored(one.record.record_id)}
    hidden = {one.record.record_id for one in material.prints if not one.record.show_picture}
    assert {query.name for query in captures} == scored - hidden
