"""A mistyped option or verb names the nearest one, and a former one its present name."""

import pytest

from converter import cli as desk
from device import cli as device
from device.command_line import CommandLine
from evaluation import cli as evaluation


def parser() -> CommandLine:
    """Return a parser with a verb, an option and a former option."""
    made = CommandLine(prog="program", former={"--marks": "--gate"})
    build = made.add_subparsers(metavar="COMMAND").add_parser("build")
    build.add_argument("--gate")
    return made


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["build", "--marks", "strict"], "--marks is now --gate"),
        (["build", "--marks=strict"], "--marks is now --gate"),
        (["build", "--gatt", "strict"], "did you mean --gate?"),
        (["biuld"], "did you mean build?"),
    ],
)
def test_a_wrong_word_names_the_right_one(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        parser().parse_args(words)

    assert stop.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(expected)


def test_a_word_unlike_any_other_gets_no_advice(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["build", "--zzzz"])

    assert "did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("program", "words", "expected"),
    [
        (desk, ["build", "folder", "--out", "b", "--marks", "none"], "--marks is now --gate"),
        (desk, ["evaluate", "b", "--held-back"], "--held-back is now --holdout"),
        (desk, ["evaluate", "b", "--truths", "t.csv"], "--truths is now --ground-truth"),
        (evaluation, ["b", "--truths", "t.csv"], "--truths is now --ground-truth"),
        (evaluation, ["b", "--held-back"], "--held-back is now --holdout"),
        (desk, ["reinstat"], "did you mean reinstate?"),
        (device, ["identfy"], "did you mean identify?"),
    ],
)
def test_each_program_names_what_a_former_or_mistyped_word_is_now(
    program: object, words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        program.main(words)  # type: ignore[attr-defined]

    assert stop.value.code == 2
    assert expected in capsys.readouterr().err


def test_the_former_evaluation_verb_names_the_new_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert device.main(["evaluate", "bundle", "--captures", "5"]) == 2
    assert "printkiosk-evaluate" in capsys.readouterr().err
