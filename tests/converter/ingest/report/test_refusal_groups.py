"""Equal reasons are one group, with a count and three examples."""

from converter.ingest.findings import Refusal
from converter.ingest.report import refusal_groups


def _refusal(number: int, reason: str) -> Refusal:
    return Refusal(record_id=f"a-{number}", image="", reason=f"line {number}: {reason}")


def test_reasons_are_grouped_without_what_differs_between_records() -> None:
    refusals = [
        *(_refusal(n, f"expected 5 cells, found {n}; isn't that odd") for n in range(6, 11)),
        _refusal(12, "expected an id of its own, found that of 'a'; give each record its own"),
    ]

    many, one = refusal_groups.group(refusals)

    assert (many.reason, len(many.refusals)) == ("expected … cells, found …; isn't that odd", 5)
    assert one.reason == "expected an id of its own, found that of 'a'; give each record its own"


def test_near_misses_are_one_group_that_names_none_of_them() -> None:
    refusals = [
        _refusal(n, f"expected a picture file, found none; did you mean {name}?")
        for n, name in enumerate(("scans/a.jpg", "12-b.tif"))
    ]

    (one,) = refusal_groups.group(refusals)

    assert one.reason == "expected a picture file, found none; a file of a similar name is there"


def test_a_group_has_a_line_and_three_examples() -> None:
    refusals = [_refusal(n, "expected a picture file, found none") for n in range(5)]

    lines = list(refusal_groups.lines(refusals))

    assert lines[0] == "5 × expected a picture file, found none"
    assert lines[1] == "    a-0 [no picture]: line 0: expected a picture file, found none"
    assert len(lines) == 5
    assert lines[-1] == "    and 2 more"


def test_a_place_with_a_colon_is_left_out_of_the_reason() -> None:
    refusal = Refusal(
        record_id="1", image="", reason="row 5 of sheet 'A: B': expected an id, found none"
    )

    assert refusal_groups.bare_reason(refusal) == "expected an id, found none"
    assert refusal_groups.place(refusal) == "row 5 of sheet 'A: B'"
