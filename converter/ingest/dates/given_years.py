"""Read the years that a museum gives in columns, and compare its date text.

The columns win over the text. A disagreement is for the museum to look at: one of the two is a slip, or the text has
a form that is parsed wrongly.
"""

import re

from converter.ingest.dates.year_range import CIRCA_YEARS, YearRange, common_years

_FIRST_YEAR, _LAST_YEAR = (
    100,
    2100,
)  # tables use 0, 9999 and negative numbers for years that aren't known
# "1821", Excel's "1821.0", days as ISO 8601 and LIDO write them, and days as people do ("22.12.1534", "12/22/1534").
_FORMS = (
    re.compile(r"\(?([0-9]{1,4})(?:[.,]0+)?\)?"),
    re.compile(r"([0-9]{4})[-/.][0-9]{1,2}(?:[-/.][0-9]{1,2})?(?:[T ].*)?"),
    re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4})(?: .*)?"),
)


def given_years(year_from: str | None, year_to: str | None) -> YearRange | None:
    """Return the years that two cells give.

    Args:
        year_from, year_to: As in the table. One that is empty, or no year, leaves that side open.

    Returns:
        `None` where neither is a year, or where they are in the wrong order.
    """
    year_min, year_max = year_of(year_from), year_of(year_to)
    if year_min is None and year_max is None:
        return None
    if year_min is not None and year_max is not None and year_min > year_max:
        return None
    return YearRange(year_min=year_min, year_max=year_max)


def year_of(text: str | None) -> int | None:
    """Return the year in a cell, a number or a day; `None` for 0, 9999 and the like."""
    text = (text or "").strip()
    for form in _FORMS if text else ():
        found = form.fullmatch(text)
        if found:
            year = int(found[1])
            return year if _FIRST_YEAR <= year <= _LAST_YEAR else None
    return None


def agrees(of_text: YearRange, given: YearRange) -> bool:
    """Return whether a date text means about the years that the museum gives.

    The ends may differ by five years, or by a third of what a vague text spans. So "1821, reprinted 1977" disagrees with
    1821 alone. An open end agrees with any year.
    """
    spanned = (of_text.year_max or 0) - (of_text.year_min or 0) if of_text.is_closed else 0
    allowed = max(CIRCA_YEARS, spanned // 3)
    ends = ((of_text.year_min, given.year_min), (of_text.year_max, given.year_max))
    return all(abs(one - other) <= allowed for one, other in ends if one and other) and (
        of_text.is_closed or _overlaps(of_text, given)
    )


def _overlaps(one: YearRange, other: YearRange) -> bool:
    return common_years(one, other) is not None
