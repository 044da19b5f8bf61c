"""Ranges of years, and what two dates mean together.

Pure values: knows nothing of words. `converter.ingest.dates` makes them from a museum's text.
"""

from dataclasses import dataclass

CIRCA_YEARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRange:
    """The years that a date may mean, inclusive.

    Attributes:
        year_min, year_max: `None` where the date is open on that side; never both.
    """

    year_min: int | None
    year_max: int | None

    @property
    def is_closed(self) -> bool:
        """Whether both ends are known."""
        return self.year_min is not None and self.year_max is not None

    def holds(self, other: "YearRange") -> bool:
        """Return whether every year of another range lies in this one."""
        starts = self.year_min is None or (
            other.year_min is not None and self.year_min <= other.year_min
        )
        ends = self.year_max is None or (
            other.year_max is not None and other.year_max <= self.year_max
        )
        return starts and ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A closed range of years, as the words say it.

    Attributes:
        first, last: Inclusive.
        approximate: Whether the words around it call it approximate, such as "circa".
        vague: Whether it is a decade, a century, an era or a part of one, rather than years.
    """

    first: int
    last: int
    approximate: bool = False
    vague: bool = False


def widened(span: Span) -> YearRange:
    """Return a span's years, widened at both ends if it is approximate.

    A vague span has no sharp ends, so an approximate one is also rounded outwards to five years: "c. 1820s" is 1815 to
    1835. Cataloging Cultural Objects rounds so too: "probably late 12th century" is indexed 1150 to 1220.
    """
    if not span.approximate:
        return YearRange(year_min=span.first, year_max=span.last)
    first, last = span.first - CIRCA_YEARS, span.last + CIRCA_YEARS
    if span.vague:
        first, last = first - first % CIRCA_YEARS, last + -last % CIRCA_YEARS
    return YearRange(year_min=first, year_max=last)


def common_years(one: YearRange, other: YearRange) -> YearRange | None:
    """Return the years that both ranges hold; `None` where they have none in common."""
    lowest = [year for year in (one.year_min, other.year_min) if year is not None]
    highest = [year for year in (one.year_max, other.year_max) if year is not None]
    if not lowest and not highest:
        return None  # such a range would mean any year at all
    year_min, year_max = max(lowest, default=None), min(highest, default=None)
    if year_min is not None and year_max is not None and year_min > year_max:
        return None
    return YearRange(year_min=year_min, year_max=year_max)


def listed_years(one: YearRange, other: YearRange) -> YearRange | None:
    """Return the years from one date of a list to the next, which mustn't be earlier."""
    if one.year_min is None or one.year_max is None or not other.is_closed:
        return None
    if other.year_max is None or one.year_max > other.year_max:
        return None
    return YearRange(year_min=one.year_min, year_max=other.year_max)


def plate_to_impression(plate: YearRange, impression: YearRange) -> YearRange | None:
    """Return the years from a plate's first to its impression's last.

    An impression isn't older than its plate, so it never widens the range to earlier years, and its last year closes the
    range of a plate that is open there.

    Returns:
        `None` where the impression is older than its plate, or where both ends are open.
    """
    if plate.year_min is None and impression.year_max is None:
        return None
    year_max = impression.year_max
    if year_max is not None and plate.year_max is not None:
        year_max = max(year_max, plate.year_max)
    is_older = (
        plate.year_min is not None
        and impression.year_max is not None
        and impression.year_max < plate.year_min
    )
    return None if is_older else YearRange(year_min=plate.year_min, year_max=year_max)


def spanned_years(one: YearRange, other: YearRange) -> YearRange | None:
    """Return the years from the first of both to the last; `None` if open at both ends."""
    lowest, highest = (one.year_min, other.year_min), (one.year_max, other.year_max)
    year_min = None if None in lowest else min(year for year in lowest if year is not None)
    year_max = None if None in highest else max(year for year in highest if year is not None)
    if year_min is None and year_max is None:
        return None
    return YearRange(year_min=year_min, year_max=year_max)
