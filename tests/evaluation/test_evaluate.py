"""A whole evaluation is run and written; invalid options are refused before."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from device.bundle.reader import OpenedBundle
from device.errors import EvaluationError
from device.imaging.frames import Pixels
from evaluation import evaluate, plan
from evaluation.dataset import prints_of
from evaluation.simulate.conditions import HandheldFactor
from evaluation.simulate.distractor_scenes import DistractorKind

pytestmark = pytest.mark.slow


def options(*arguments: object) -> Namespace:
    """Return the options of a command line."""
    parser = ArgumentParser()
    plan.add_options(parser)
    return parser.parse_args([str(argument) for argument in arguments])


def quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


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
    table = tmp_path / "truths.csv"
    table.write_text(f"image,record_id\n{known}.png,{known}\ntorn.jpg,{known}\nnone.jpg,x\n")

    report = evaluate.evaluate(
        open_small,
        options(
            "bundle", "--captures", 1, "--out", tmp_path / "out", "--photos", photos,
            "--ground-truth", table, "--distractors", strangers,
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
    # Each answer takes at least as long as its own model call, so the medians keep that order.
    assert report.whole.p50 >= report.steps["fingerprint"].p50 > 0
    assert report.model_ms > 0
    written = json.loads((tmp_path / "out" / evaluate.JSON).read_text("utf-8"))
    assert written["prints"] == 12
    assert HandheldFactor.TILT.value in (tmp_path / "out" / evaluate.PAGE).read_text("utf-8")
    assert "R@1, normal" in evaluate.results_lines(report)


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
    parsed = options("bundle", "--out", tmp_path / "out", *arguments)

    with pytest.raises(EvaluationError, match=reason):
        evaluate.evaluate(open_small, parsed, threads=1, progress=quiet)

    assert not (tmp_path / "out").exists()
