"""The desk's evaluation compares the reference with the kiosk on the very same frames."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from converter import cli
from converter.cache import Cache
from converter.parity.evaluate import ReferenceComparison
from device.bundle import layout
from device.bundle.reader import OpenedBundle
from device.recognition.embedding.fingerprint import Fingerprinter
from device.recognition.embedding.nearest import Vectors
from device.recognition.recogniser import Recogniser
from evaluation import queries, run_queries
from evaluation.dataset import prints_of
from evaluation.evaluate import JSON, PAGE
from evaluation.simulate.conditions import Level, Suite

pytestmark = pytest.mark.slow

Batch = npt.NDArray[np.uint8]


def quiet(what: str, done: int, total: int) -> None:
    """Report no progress."""


@pytest.fixture(scope="module")
def same_model(open_small: OpenedBundle) -> Callable[[Batch], Vectors]:
    """A reference that is the kiosk's own model, so both sides must agree."""
    model = Fingerprinter(open_small.file(layout.MODEL), "same", threads=1)

    def fingerprints(pixels: Batch) -> Vectors:
        return np.stack([model(one).vector for one in pixels])

    return fingerprints


def observed(
    bundle: OpenedBundle, reference: Callable[[Batch], Vectors], *, most: int = 100
) -> ReferenceComparison:
    """Return a comparison that observed two captures recognised by the kiosk."""
    prints = prints_of(bundle)[:-1]  # the picture of the last may not be shown
    comparison = ReferenceComparison(
        bundle, prints, reference, threads=1, most=most, progress=quiet
    )
    section = queries.level(prints, Level.EASY, number=2, seed=2026, suite=Suite.OPEN)
    recogniser = Recogniser(bundle, threads=1)
    run_queries.run(recogniser, iter([section]), progress=quiet, observer=comparison.observe)
    return comparison


def test_two_sides_with_one_model_agree(
    open_small: OpenedBundle, same_model: Callable[[Batch], Vectors]
) -> None:
    (line,) = observed(open_small, same_model).lines()

    assert (line.name, line.count) == ("easy", 2)
    assert line.cosine_median == pytest.approx(1.0, abs=1e-5)
    assert line.same_first.value == 1.0
    assert line.same_as_exact.value == 1.0
    assert line.crop_r1.value == 1.0
    assert line.seed_r1.count == 2


def test_two_sides_with_different_models_disagree(
    open_small: OpenedBundle, same_model: Callable[[Batch], Vectors]
) -> None:
    def in_negative(pixels: Batch) -> Vectors:
        return -same_model(255 - pixels)

    (line,) = observed(open_small, in_negative).lines()

    assert line.cosine_median < 0.5


def test_frames_are_kept_up_to_a_limit(
    open_small: OpenedBundle, same_model: Callable[[Batch], Vectors]
) -> None:
    (line,) = observed(open_small, same_model, most=1).lines()

    assert line.count == 1


@pytest.mark.tensorflow
@pytest.mark.weights
def test_weights_of_another_model_are_refused(
    small_bundle: Path, desk_cache: Cache, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code = cli.main(
        ["evaluate", str(small_bundle), "--cache", str(desk_cache.root), "--out", str(tmp_path)]
    )

    assert code == 1
    assert "made with weights 000000000000" in capsys.readouterr().err


@pytest.mark.tensorflow
@pytest.mark.weights
def test_the_page_compares_the_kiosk_with_tensorflow(  # type: ignore[no-untyped-def]
    built_bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = built_bundle.options
    command = ["evaluate", str(built.out), "--collection", str(built.collection), "--captures", "1"]
    command += ["--cache", str(built.cache.root), "--out", str(tmp_path)]

    code = cli.main(command)

    assert code == 0
    assert "R@1, normal" in capsys.readouterr().out
    written = json.loads((tmp_path / JSON).read_text("utf-8"))
    lines = {line["name"]: line for line in written["reference"]}
    assert {"easy", "normal", "hard"} <= set(lines)
    assert all(line["cosine_median"] > 0.98 for line in lines.values())
    assert "full-precision TensorFlow" in (tmp_path / PAGE).read_text("utf-8")


def test_the_reference_leaves_out_the_same_prints(
    open_small: OpenedBundle, same_model: Callable[[Batch], Vectors]
) -> None:
    prints = prints_of(open_small)[:-1]
    comparison = ReferenceComparison(open_small, prints, same_model, threads=1, progress=quiet)
    itself = frozenset({prints[0].record.item})
    query = queries.EvaluationQuery(
        name="itself",
        right=itself,  # so that finding it could be counted
        without=itself,
        make_picture=lambda: queries.QueryPicture(pixels=prints[0].load()),
    )
    section = queries.QuerySection(name="pairs", kind=queries.SectionKind.PAIRS, queries=(query,))
    recogniser = Recogniser(open_small, threads=1)
    run_queries.run(recogniser, iter([section]), progress=quiet, observer=comparison.observe)

    (line,) = comparison.lines()

    assert line.seed_r1.hits == 0
    assert line.crop_r1.hits == 0
