"""Read the years that a museum gives in columns, and compare its date text.

The columns win over the text. A disagreement is for the museum to look at: one of the two is a slip, or the text has
a form that is parsed wrongly.
"""

import re
from enum import Enum

from converter.ingest.dates.year_range import YearRange

_LAST_YEAR = 2100
# "1821", Excel's "1821.0", the day of LIDO and ISO 8601, and years before the Christian era.
_YEAR = re.compile(r"(-?[0-9]{1,4})(?:\.0+|-[0-9]{2}(?:-[0-9]{2})?)?")


class YearsAgreement(Enum):
    """How the years of a date text stand to the years that the museum gives."""

    SAME = "same"
    HELD = "held"
    DISAGREES = "disagrees"


def given_years(year_from: str | None, year_to: str | None) -> YearRange | None:
    """Return the years that two cells give.

    Args:
        year_from, year_to: As in the table. One that is empty, or no year, leaves that side open.

    Returns:
        `None` where neither is a year, or where they are in the wrong order.
    """
    year_min, year_max = _year(year_from), _year(year_to)
    if year_min is None and year_max is None:
        return None
    if year_min is not None and year_max is not None and year_min > year_max:
        return None
    return YearRange(year_min=year_min, year_max=year_max)


def agreement(of_text: YearRange | None, given: YearRange | None) -> YearsAgreement | None:
    """Return whether a date text agrees with the given years: its range must hold them.

    A text may mean more than the given years, such as "1821, reprinted 1977" with 1821.

    Returns:
        `None` where there is nothing to compare.
    """
    if of_text is None or given is None:
        return None
    if of_text == given:
        return YearsAgreement.SAME
    return YearsAgreement.HELD if of_text.holds(given) else YearsAgreement.DISAGREES


def _year(text: str | None) -> int | None:
    found = _YEAR.fullmatch((text or "").strip())
    year = int(found[1]) if found else 0
    return (
        year if year and year <= _LAST_YEAR else None
    )  # there is no year 0; tables use it for none
