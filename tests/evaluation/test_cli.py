"""The evaluation's command line reports each mistake in one line."""

from pathlib import Path

import pytest

from evaluation import cli


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
