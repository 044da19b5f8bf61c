"""The options of an evaluation decide how many queries it has."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from evaluation import plan
from evaluation.simulate.conditions import Suite


def options(*arguments: object) -> Namespace:
    """Return the options of a command line."""
    parser = ArgumentParser()
    plan.add_options(parser)
    return parser.parse_args([str(argument) for argument in arguments])


def test_fewer_captures_reduce_all_other_queries() -> None:
    whole, small = (plan.plan_of(options("b", "--captures", count)) for count in (300, 60))

    assert (whole.a_factor, whole.empty) == (20, 200)
    assert (small.a_factor, small.empty) == (4, 40)
    assert plan.plan_of(options("b", "--holdout")).suite is Suite.EVERYTHING


def test_a_collection_is_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert options("b", "--collection", "prints").collection == Path("prints")
    with pytest.raises(SystemExit):
        options("b", "--collection", "https://example.org/works.csv")
    assert "expected a folder, found the address" in capsys.readouterr().err
