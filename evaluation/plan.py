"""The amount that an evaluation measures, and its options, on the kiosk and at the desk.

Loads nothing heavy, so that a command line's help is quick.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.simulate.conditions import Suite

# Options by their names of the first release.
FORMER = {"--truths": "--ground-truth", "--held-back": "--holdout"}

_FEWEST_EMPTY = 7  # one of each kind


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """The amount that an evaluation measures: numbers of frames, factors and seed.

    Attributes:
        captures: Number of simulated captures at each level.
        a_factor: Number of captures for each factor alone.
        empty: Number of frames without a print.
        reverse: Number of captures of mirrored prints.
        is_full: Whether each scored print is captured at least once a level, with more frames of the other kinds.
        suite: The factors and backgrounds: the open half, or all, which is scored once in a closing report.
        seed: Seed of all randomness.
    """

    captures: int = 300
    a_factor: int = 20
    empty: int = 200
    reverse: int = 60
    is_full: bool = False
    suite: Suite = Suite.OPEN
    seed: int = 2026


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that both evaluation commands take."""
    parser.add_argument("bundle", type=Path, help="the bundle's folder")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out/evaluation"),
        metavar="FOLDER",
        help="where evaluation.html and evaluation.json go (default: out/evaluation)",
    )
    parser.add_argument(
        "--collection",
        type=_folder,
        metavar="FOLDER",
        help="a collection with real pairs in groundtruth.csv; the desk uses its pictures too",
    )
    parser.add_argument(
        "--distractors", type=Path, metavar="FOLDER", help="pictures of prints not in the bundle"
    )
    parser.add_argument("--photos", type=Path, metavar="FOLDER", help="real photographs")
    parser.add_argument(
        "--ground-truth",
        type=Path,
        metavar="CSV",
        help="what the photographs show: columns image and record_id (empty for no print)",
    )
    parser.add_argument(
        "--captures",
        type=_positive,
        default=EvaluationPlan().captures,
        metavar="N",
        help="simulated captures per difficulty level (default: %(default)s)",
    )
    parser.add_argument("--full", action="store_true", help="capture every print that is scored")
    parser.add_argument(
        "--holdout",
        action="store_true",
        help="use the half of the simulator that nothing is tuned on: once, for a closing report",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=EvaluationPlan().seed,
        metavar="N",
        help="random seed (default: %(default)s)",
    )


def plan_of(options: argparse.Namespace) -> EvaluationPlan:
    """Return the plan that parsed options ask for; fewer captures scale all else down."""
    plan = EvaluationPlan()
    share = min(1.0, options.captures / plan.captures)
    return replace(
        plan,
        captures=options.captures,
        a_factor=max(1, round(plan.a_factor * share)),
        empty=max(_FEWEST_EMPTY, round(plan.empty * share)),
        reverse=max(1, round(plan.reverse * share)),
        is_full=options.full,
        suite=Suite.EVERYTHING if options.holdout else Suite.OPEN,
        seed=options.seed,
    )


def _folder(text: str) -> Path:
    if "://" in text:
        raise argparse.ArgumentTypeError(
            f"expected a folder, found the address {text}; printkiosk-convert start makes a folder of it"
        )
    return Path(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {text!r}")
    return int(text)
