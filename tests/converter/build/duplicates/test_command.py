"""`printkiosk-convert duplicates` writes its report and names it."""

from pathlib import Path

import pytest

from converter.cli import main

pytestmark = pytest.mark.slow


def test_the_command_writes_the_report_and_prints_its_counts(
    related_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report"

    assert main(["duplicates", str(related_bundle), "--out", str(out)]) == 0

    printed = capsys.readouterr().out
    assert "pairs of records among 12 pictures" in printed
    assert printed.splitlines()[-1] == str(out / "duplicates.html")
    assert sorted(path.name for path in out.iterdir()) == [
        "broken_relations.csv",
        "duplicates.html",
        "same_images.csv",
    ]


def test_a_folder_that_is_no_bundle_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duplicates", str(tmp_path)]) == 1

    error = capsys.readouterr().err
    assert "expected a bundle, found no manifest.json" in error
    assert error.count("\n") == 1


def test_a_report_that_cannot_be_written_is_one_line(
    related_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")

    assert main(["duplicates", str(related_bundle), "--out", str(tmp_path / "file")]) == 1

    assert "file" in capsys.readouterr().err
