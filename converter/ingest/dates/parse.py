"""Parse free-text dates of museums in six languages to ranges of years.

English, German, French, Italian, Dutch and Spanish.

A date is understood as a whole or not at all: "fl. 1765" is about the maker, so it has no range here. The text itself is
kept elsewhere; only filters on years use these ranges.

Where a museum's words are vague, the range is rather too wide, so that a filter never hides a print it should show:

- "c. 1610", "1610?", "probably 1610" are five years to either side, as Cataloging Cultural Objects has it (chapter 4:
  "ca. 1610" is indexed 1605 to 1615); an approximate range is widened at both ends.
- The 16th century is 1500 to 1600: some museums count it from 1500, some to 1600.
- Early, middle and late are thirds of a century, because the languages share no narrower rule.
- "Before 1550" ends in 1550 and is open on the other side, as that year itself can't be ruled out.

A text with several dates has a range where its words say how they belong together:

- A plate and an impression: the range is from the plate's first year to the impression's last. The museum dates the
  sheet by both, and a visitor may look for either. "1821, reprinted 1977" is 1821 to 1977. An impression without a
  year, such as "1932, printed later", adds none.
- An era or a century, then a date within it: the date, as far as it lies in both.
- "After 1580, probably 1584": the years that both allow.
- "1861 (Bunkyū 1)": the year in brackets must be the same, or lie within.
- "1959, 1999": from the first to the last, if they are in order.

Two dates that contradict each other have no range: "1861 (Meiji 1)".
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from converter.ingest.dates.clauses import (
    DateClause,
    Joint,
    Subject,
    folded,
    is_undated_phrase,
    parse_clauses,
    without_brackets,
)
from converter.ingest.dates.ranges import parse_date
from converter.ingest.dates.words import BEFORE_CHRIST
from converter.ingest.dates.year_range import (
    CIRCA_YEARS,
    YearRange,
    common_years,
    listed_years,
    plate_to_impression,
    spanned_years,
)

__all__ = ["CIRCA_YEARS", "YearRange", "is_undated", "years"]

_MAX_LENGTH = 120  # a longer text is a sentence about dates, not a date
_REMEMBERED = 4096  # texts: many prints of a series have one date


@lru_cache(maxsize=_REMEMBERED)
def years(text: str | None) -> YearRange | None:
    """Return the years that a date means, or `None` when it isn't understood as a whole.

    Args:
        text: The date as the museum writes it; never a maker's life dates.
    """
    if not text or len(text) > _MAX_LENGTH:
        return None
    plain = folded(text)
    if re.search(BEFORE_CHRIST, plain):
        return None  # no print on paper is that old, and "a.C." may mean "after Christ"
    if found := parse_date(without_brackets(plain)):
        return found
    clauses = parse_clauses(plain)
    return _together(clauses) if clauses else None


def is_undated(text: str) -> bool:
    """Return whether a text says that the museum knows no date: "n.d.", "o. J.", "s.d.".

    Such a text is understood, so it doesn't belong into a list of dates that aren't.
    """
    if not text.strip() or len(text) > _MAX_LENGTH:
        return False
    plain = folded(text)
    if is_undated_phrase(without_brackets(plain)):
        return True
    clauses = parse_clauses(plain) or []
    return any(c.is_undated for c in clauses) and all(c.years is None for c in clauses)


def _together(clauses: Sequence[DateClause]) -> YearRange | None:
    """Return what the dates of one text mean together; `None` where they contradict."""
    dated = [c for c in clauses if c.years is not None and c.subject is not Subject.MODEL]
    if len(dated) == 1 and dated[0].may_be_number:
        return None
    groups: list[list[DateClause]] = []
    for clause in dated:
        if groups and clause.subject is Subject.UNNAMED:
            groups[-1].append(clause)
        else:
            groups.append([clause])
    makings = [(group[0].subject, found) for group in groups if (found := _narrowed(group))]
    return _spanned(makings) if makings and len(makings) == len(groups) else None


def _spanned(makings: Sequence[tuple[Subject, YearRange]]) -> YearRange | None:
    """Return the years from the making of the plate to that of the impression."""
    printings = [found for subject, found in makings if subject is Subject.IMPRESSION]
    plates = [found for subject, found in makings if subject is not Subject.IMPRESSION]
    if not plates:
        plates, printings = printings[:1], printings[1:]  # "published 1819, reprinted 1978"
    whole: YearRange | None = plates[0]
    for plate in plates[1:]:
        whole = spanned_years(whole, plate) if whole else None
    for printing in printings:
        whole = plate_to_impression(whole, printing) if whole else None
    return whole


def _narrowed(clauses: Sequence[DateClause]) -> YearRange | None:
    """Return the years of one making that several dates describe."""
    found, is_period = clauses[0].years, clauses[0].is_period
    for clause in clauses[1:]:
        if found is None or clause.years is None:
            return None
        found = _with_next(found, clause.years, clause, is_period=is_period)
        # "Edo period (1603-1867)" is a period still, with the museum's own years.
        is_period = clause.is_period or (is_period and clause.joint is Joint.BRACKET)
    return found


def _with_next(
    found: YearRange, following: YearRange, clause: DateClause, *, is_period: bool
) -> YearRange | None:
    """Return what two dates of one making mean; `following` are the years of `clause`."""
    common = common_years(found, following)
    if is_period and not clause.is_period and (clause.is_figures or common is None):
        return following if common else None
    are_closed = found.is_closed and following.is_closed
    if clause.joint is Joint.LIST and are_closed:
        # The 18th century ends in the year in which the 19th begins: such two are a list.
        only_touch = clause.is_period and common and common.year_min == common.year_max
        is_within = is_period and common and not only_touch
        return common if is_within else listed_years(found, following)
    may_narrow = is_period or clause.joint is Joint.BRACKET or not are_closed
    return common if may_narrow else None
