"""The years of a record, from the museum's own columns of years or from its date text.

The columns win. A single column `year` names one year of a date that may last longer, so a text that is understood and
holds that year is more exact: "1826–7" with 1826 is 1826 to 1827.
"""

from collections.abc import Mapping
from functools import lru_cache

from converter.ingest import dates
from converter.ingest.dates import YearRange
from converter.ingest.dates.given_years import agrees, given_years


def record_years(values: Mapping[str, str]) -> YearRange | None:
    """Return the years of a record; `None` where neither columns nor text say any.

    Args:
        values: Field to text: `year_from`, `year_to`, `year` and `date`.
    """
    of_text = _years(_text(values))
    between = given_years(values.get("year_from"), values.get("year_to"))
    given = between or _single(values)
    if of_text and given and of_text.holds(_known(given)):
        return between if between and between.is_closed else of_text
    return given or of_text


def disagreement(values: Mapping[str, str]) -> str:
    """Return how a record's date text and its columns of years disagree; empty if they don't."""
    between = given_years(values.get("year_from"), values.get("year_to"))
    given = between or _single(values)
    of_text = _years(_text(values)) if given else None
    if given is None or of_text is None:
        return ""
    if agrees(of_text, given) if between else of_text.holds(given):
        return ""
    return f"{_text(values)!r} means {_shown(of_text)}, the columns say {_shown(given)}"


@lru_cache(maxsize=10_000)
def _years(text: str) -> YearRange | None:
    """Return the years that a text means; most texts of a museum occur many times."""
    return dates.years(text)


def _text(values: Mapping[str, str]) -> str:
    return " ".join(values.get("date", "").split())


def _single(values: Mapping[str, str]) -> YearRange | None:
    return given_years(values.get("year"), values.get("year"))


def _known(years: YearRange) -> YearRange:
    """Return the one year that is known of a range that is open on one side."""
    return YearRange(
        year_min=years.year_max if years.year_min is None else years.year_min,
        year_max=years.year_min if years.year_max is None else years.year_max,
    )


def _shown(years: YearRange) -> str:
    if years.year_min == years.year_max:
        return str(years.year_min)
    return f"{years.year_min or '...'} to {years.year_max or '...'}"
