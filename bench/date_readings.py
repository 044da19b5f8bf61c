"""Measure how well dates are parsed, against the years that the museums give.

Usage: `python -m bench.date_readings [CSV]`. The table has a row a text: `set,text,year_from,year_to,records`. Empty
years are open sides; where both are empty, the text should count as undated. Without CSV, the larger table of
`../shared/cases` is taken if it is there, or else the sample of the tests.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.ingest.dates import YearRange, is_undated, years

_ROOT = Path(__file__).parents[1]
SAMPLE = _ROOT / "tests/converter/ingest/dates/dates.csv"
_SHARED = _ROOT.parent / "shared/cases/dates.csv"
WESTERN = ("tate/prints", "cmoa/prints")
FORMS = "museumplus"
# The marks of the western sets in percent of their records, and of the print rooms' forms in texts of 33.
_EXACT, _HIDDEN, _UNREAD, _RIGHT = 89.0, 2.6, 0.3, 31 / 33
_FEWEST = 5000  # western records for which the marks are meant; a sample has the rare forms rather than the common
_MOST_WIDER = 5  # years at either end that a right reading of a form may have too many


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCase:
    """One date text and the years that its museum gives.

    Attributes:
        truth: `None` where the museum gives none.
        records: The number of the museum's records that have both.
    """

    group: str
    text: str
    truth: YearRange | None
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Numbers of records, of those with years whose text doesn't say that it is undated.

    Attributes:
        exact: The reading is the museum's range.
        held: The reading holds the museum's range, exactly or not.
        hidden: It doesn't, so a filter on years would hide the print.
        unread: The text isn't understood.
        width: The mean number of years from the first to the last, of readings with two ends.
    """

    records: int
    exact: int
    held: int
    hidden: int
    unread: int
    width: float


def read_cases(path: Path) -> list[DateCase]:
    """Return the cases of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            DateCase(
                group=row["set"],
                text=row["text"],
                truth=_truth(row["year_from"], row["year_to"]),
                records=int(row["records"]),
            )
            for row in csv.DictReader(file)
        ]


def _truth(first: str, last: str) -> YearRange | None:
    if not first and not last:
        return None
    return YearRange(year_min=int(first) if first else None, year_max=int(last) if last else None)


def count_readings(cases: Iterable[DateCase]) -> Readings:
    """Parse the cases' texts and count, weighted by records."""
    dated = [case for case in cases if case.truth is not None and not is_undated(case.text)]
    read = [(case, case.truth, years(case.text)) for case in dated]

    def number(rule: Callable[[YearRange, YearRange | None], bool]) -> int:
        return sum(case.records for case, truth, found in read if truth and rule(truth, found))

    widths = [
        (found.year_max - found.year_min, case.records)
        for case, _, found in read
        if found and found.year_min is not None and found.year_max is not None
    ]
    closed = sum(records for _, records in widths)
    return Readings(
        records=sum(case.records for case in dated),
        exact=number(lambda truth, found: found == truth),
        held=number(lambda truth, found: found is not None and found.holds(truth)),
        hidden=number(lambda truth, found: found is not None and not found.holds(truth)),
        unread=number(lambda truth, found: found is None),
        width=sum(width * records for width, records in widths) / closed if closed else 0.0,
    )


def is_right(case: DateCase) -> bool:
    """Return whether a form is read as a print room means it.

    The reading holds the range and is at most five years wider at either end; where there is no range, the text counts
    as undated.
    """
    found, truth = years(case.text), case.truth
    if truth is None:
        return is_undated(case.text)
    return (
        found is not None
        and found.holds(truth)
        and _is_close(found.year_min, truth.year_min)
        and _is_close(found.year_max, truth.year_max)
    )


def _is_close(one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _MOST_WIDER


def table(cases: Sequence[DateCase]) -> str:
    """Return the readings of each set as a Markdown table."""
    lines = [
        "| set | records | exact % | holds the years % | would hide % | not understood % | mean width |",
        "|---|---|---|---|---|---|---|",
    ]
    groups = list(dict.fromkeys(case.group for case in cases))
    named = [(group, [c for c in cases if c.group == group]) for group in groups]
    named += [("western", [c for c in cases if c.group in WESTERN])]
    for name, chosen in named:
        found = count_readings(chosen)
        if not found.records:
            continue
        counts = (found.exact, found.held, found.hidden, found.unread)
        shares = " | ".join(f"{100 * count / found.records:.2f}" for count in counts)
        lines.append(f"| {name} | {found.records} | {shares} | {found.width:.2f} |")
    return "\n".join(lines)


def marks(cases: Sequence[DateCase]) -> list[tuple[str, str, bool | None]]:
    """Return each mark: the figure with its limit, what was found, and whether it is met.

    `None` stands for a table too small to tell.
    """
    western = count_readings(case for case in cases if case.group in WESTERN)
    forms = [case for case in cases if case.group == FORMS]
    found: list[tuple[str, str, bool | None]] = []
    if western.records:
        exact, hidden, unread = (
            100 * count / western.records
            for count in (western.exact, western.hidden, western.unread)
        )
        tells = western.records >= _FEWEST
        found += [
            (f"western, exact >= {_EXACT} %", f"{exact:.2f} %", exact >= _EXACT if tells else None),
            (
                f"western, would hide <= {_HIDDEN} %",
                f"{hidden:.2f} %",
                hidden <= _HIDDEN if tells else None,
            ),
            (
                f"western, not understood <= {_UNREAD} %",
                f"{unread:.2f} %",
                unread <= _UNREAD if tells else None,
            ),
        ]
    if forms:
        right, wanted = sum(map(is_right, forms)), round(_RIGHT * len(forms))
        found.append((f"{FORMS}, right >= {wanted} of {len(forms)}", str(right), right >= wanted))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and the marks.

    Returns:
        1 when a mark is missed, or else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.date_readings", description=__doc__)
    default = _SHARED if _SHARED.is_file() else SAMPLE
    parser.add_argument("csv", nargs="?", type=Path, default=default, metavar="CSV")
    cases = read_cases(parser.parse_args(arguments).csv)
    print(table(cases))
    print()
    reached = marks(cases)
    for name, figure, met in reached:
        verdict = "too few records to tell" if met is None else "met" if met else "missed"
        print(f"{name}: {figure}, {verdict}")
    return 1 if any(met is False for _, _, met in reached) else 0


if __name__ == "__main__":
    sys.exit(main())
