"""The table of marks, over the shipped cases and a small generated export."""

from pathlib import Path

import numpy as np
import pytest

from bench import import_cases
from bench.case_folders import SHARED, SHIPPED, default_folder
from bench.import_cases import Mark, check_costs, main, table


@pytest.mark.slow
def test_the_shipped_cases_reach_every_mark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", str(SHIPPED), "--short"]) == 0

    printed = capsys.readouterr().out
    assert "| museums: start, check, every record as expected | 3 of 3 | reached |" in printed
    assert "| exports: as their README wants | 11 of 11 | reached |" in printed
    assert "colours of adobe_rgb.png" in printed
    assert "| refusals known before anything is computed | yes | reached |" in printed
    assert "100,000 rows" not in printed


@pytest.mark.slow
def test_a_check_is_measured_in_each_format() -> None:
    large = np.ones(400 << 17)  # 400 MiB, more than a check may take: the peak is the check's own
    marks = list(import_cases.large_checks(30))
    assert large.all()

    assert [mark.name.split(":")[0] for mark in marks] == [
        f"check of 100,000 rows, {name}" for name in ("CSV", "XLSX", "LIDO")
    ]
    assert all(mark.is_reached for mark in marks)  # thirty rows


def test_a_check_that_refuses_is_no_measurement(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("id,title,image\n1,a,none.jpg\n")

    with pytest.raises(ChildProcessError, match="ended with code 1"):
        check_costs(tmp_path)


def test_a_wrong_colour_misses_its_mark(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    (pictures / "reference").mkdir(parents=True)
    source = SHIPPED / "pictures"
    (pictures / "a.png").write_bytes((source / "adobe_rgb.png").read_bytes())
    reference = (source / "reference/prophoto_rgb.png").read_bytes()
    (pictures / "reference/a.png").write_bytes(reference)

    (mark,) = import_cases.colours(tmp_path)

    assert mark.is_reached is False


def test_the_table_says_what_was_missed_and_why() -> None:
    marks = [
        Mark(name="a", measured="3 of 3", is_reached=True),
        Mark(name="b", measured="1 of 2", is_reached=False, faults=("x: expected 1",)),
        Mark(name="c", measured="5 %", is_reached=None),
    ]

    assert table(marks).splitlines()[2:] == [
        "| a | 3 of 3 | reached |",
        "| b | 1 of 2 | missed |",
        "| c | 5 % | too few cases to tell |",
        "  x: expected 1",
    ]


def test_the_shared_cases_are_taken_if_they_are_there() -> None:
    assert default_folder() == (SHARED if SHARED.is_dir() else SHIPPED)
