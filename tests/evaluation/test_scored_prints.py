"""About half of all prints are scored."""

from evaluation.scored_prints import is_scored


def test_about_half_of_all_prints_are_scored() -> None:
    scored = [is_scored(f"print-{number}") for number in range(2000)]

    assert 900 < sum(scored) < 1100
