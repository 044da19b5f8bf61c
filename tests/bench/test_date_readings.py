"""Readings are counted by records, and a small table can't tell about the marks."""

from pathlib import Path

import pytest

from bench.date_readings import SAMPLE, DateCase, count_readings, is_right, main, marks, read_cases
from converter.ingest.dates import YearRange


def case(text: str, first: int | None, last: int | None, records: int = 1) -> DateCase:
    given = first is not None or last is not None
    truth = YearRange(year_min=first, year_max=last) if given else None
    return DateCase(group="tate/prints", text=text, truth=truth, records=records)


def test_readings_are_counted_by_records_and_undated_texts_apart() -> None:
    found = count_readings(
        [
            case("1820", 1820, 1820, 5),
            case("c. 1820", 1820, 1820, 2),
            case("1820", 1920, 1920, 3),
            case("after Raphael", 1820, 1820),
            case("n.d.", 1820, 1830, 100),
            case("1820", None, None, 100),
        ]
    )

    assert (found.records, found.exact, found.held) == (11, 5, 7)
    assert (found.hidden, found.unread) == (3, 1)
    assert found.width == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("text", "first", "last", "right"),
    [
        ("c. 1820", 1820, 1820, True),
        ("18th century", 1750, 1800, False),
        ("nach 1786", 1786, None, True),
        ("1786", 1786, None, False),
        ("n.d.", None, None, True),
        ("after Raphael", None, None, False),
    ],
)
def test_a_form_is_right_if_it_is_at_most_five_years_wider(
    text: str, first: int | None, last: int | None, right: bool
) -> None:
    assert is_right(case(text, first, last)) is right


def test_a_large_table_meets_or_misses_the_marks_and_a_sample_does_not_tell() -> None:
    large = [case("1820", 1820, 1820, 9_000), case("after Raphael", 1820, 1820, 1_000)]

    assert [met for _, _, met in marks(large)] == [True, True, False]
    assert [met for _, _, met in marks(large[1:])] == [None, None, None]


def test_the_sample_is_measured_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(SAMPLE)]) == 0
    printed = capsys.readouterr().out

    assert "| tate/prints |" in printed
    assert "museumplus, right >= 31 of 33: 33, met" in printed


def test_the_sample_lies_in_the_tests() -> None:
    assert len(read_cases(SAMPLE)) > 150
    assert SAMPLE.parent == Path(__file__).parents[1] / "converter/ingest/dates"
