"""The years of a record, from the museum's own columns of years or from its date text.

The columns win. A single column `year` names one year of a date that may last longer, so a text that is understood and
holds that year is more exact: "1826–7" with 1826 is 1826 to 1827.
"""

import re
from collections.abc import Mapping

from converter.ingest import dates
from converter.ingest.dates import YearRange

_FIRST_YEAR, _LAST_YEAR = 100, 2100  # 0, 9999 and negative numbers mean "not known"
# "1821", Excel's "1821.0", the days of ISO 8601 ("1534-12-22") and of people ("22.12.1534", "12/22/1534").
_FORMS = (
    re.compile(r"\(?([0-9]{1,4})(?:[.,]0+)?\)?"),
    re.compile(r"([0-9]{4})[-/.][0-9]{1,2}(?:[-/.][0-9]{1,2})?(?:[T ].*)?"),
    re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4})(?: .*)?"),
)
_FEWEST_YEARS_APART = 5


def record_years(values: Mapping[str, str]) -> YearRange | None:
    """Return the years of a record; `None` where neither columns nor text say any.

    Args:
        values: Field to text: `year_from`, `year_to`, `year` and `date`.
    """
    of_text = dates.years(_text(values))
    given = _given(values)
    if given is None:
        return of_text
    is_exact = given.year_min is not None and given.year_max is not None
    if of_text and _holds(of_text, given) and (not is_exact or _is_single(values)):
        return of_text
    return given


def disagreement(values: Mapping[str, str]) -> str:
    """Return how a record's date text and its columns of years disagree; empty if they don't.

    The ends may differ by five years, or by a third of what a vague text spans. An open end agrees with any year.
    """
    given = _given(values)
    of_text = dates.years(_text(values)) if given else None
    if given is None or of_text is None or _agree(of_text, given, is_single=_is_single(values)):
        return ""
    return f"{_text(values)!r} means {_shown(of_text)}, the columns say {_shown(given)}"


def year_of(text: str | None) -> int | None:
    """Return the year in a cell, a number or a day; `None` for 0, 9999 and the like."""
    for form in _FORMS:
        found = form.fullmatch((text or "").strip())
        if found:
            year = int(found[1])
            return year if _FIRST_YEAR <= year <= _LAST_YEAR else None
    return None


def _text(values: Mapping[str, str]) -> str:
    return " ".join(values.get("date", "").split())


def _given(values: Mapping[str, str]) -> YearRange | None:
    first, last = year_of(values.get("year_from")), year_of(values.get("year_to"))
    if first is None and last is None:
        first = last = year_of(values.get("year"))
    if (first is None and last is None) or (first and last and first > last):
        return None
    return YearRange(year_min=first, year_max=last)


def _is_single(values: Mapping[str, str]) -> bool:
    return year_of(values.get("year_from")) is None and year_of(values.get("year_to")) is None


def _holds(outer: YearRange, inner: YearRange) -> bool:
    known = [year for year in (inner.year_min, inner.year_max) if year is not None]
    starts = outer.year_min is None or outer.year_min <= min(known)
    return starts and (outer.year_max is None or max(known) <= outer.year_max)


def _agree(of_text: YearRange, given: YearRange, *, is_single: bool) -> bool:
    if is_single:
        return _holds(of_text, given)
    spanned = (of_text.year_max or 0) - (of_text.year_min or 0)
    is_closed = of_text.year_min is not None and of_text.year_max is not None
    allowed = max(_FEWEST_YEARS_APART, spanned // 3 if is_closed else 0)
    pairs = ((of_text.year_min, given.year_min), (of_text.year_max, given.year_max))
    return all(abs(one - other) <= allowed for one, other in pairs if one and other) and (
        is_closed or _holds(of_text, given)
    )


def _shown(years: YearRange) -> str:
    if years.year_min == years.year_max:
        return str(years.year_min)
    return f"{years.year_min or '...'} to {years.year_max or '...'}"
