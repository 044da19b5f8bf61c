"""Turns the hourly counts into the staff's table of the kiosk's use. Pure: takes the day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from device.service import statistics

DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class UseTally:
    """One row of the table of use: a period's name or a day, and a count for each column."""

    name: str | date
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePage:
    """The table of the kiosk's use.

    Attributes:
        columns: Names of the counts, as keys of the page's texts; `language_` and a tag for a language.
        sums: Sums of today, of the last seven days, and of all days.
        days: The last days with any counts, newest first.
        by_hour: Hour of the day and its visits, over all days.
    """

    columns: tuple[str, ...]
    sums: tuple[UseTally, ...]
    days: tuple[UseTally, ...]
    by_hour: tuple[tuple[int, int], ...]


def use_page(rows: Sequence[statistics.HourCounts], today: date) -> UsePage:
    """Return the table of the kiosk's use.

    Args:
        rows: Counts by hour.
        today: The machine's local date.
    """
    total = statistics.total(rows)
    languages = sorted(name for name in total if name.startswith(statistics.LANGUAGE))
    columns = (*statistics.COLUMNS, *languages)

    def tally(name: str | date, chosen: Callable[[str], bool]) -> UseTally:
        summed = statistics.total(row for row in rows if chosen(row.hour[:10]))
        return UseTally(name=name, counts=tuple(summed[column] for column in columns))

    week = f"{today - timedelta(days=6)}"
    sums = (
        tally("today", lambda day: day == str(today)),
        tally("week", lambda day: week <= day <= str(today)),
        tally("ever", lambda day: True),
    )
    days = sorted({row.hour[:10] for row in rows}, reverse=True)[:DAYS_SHOWN]
    visits: dict[int, int] = {}
    for row in rows:
        hour = int(row.hour[11:13])
        visits[hour] = visits.get(hour, 0) + row.counts.get(statistics.VISITS, 0)
    return UsePage(
        columns=columns,
        sums=sums,
        days=tuple(tally(date.fromisoformat(day), day.__eq__) for day in days),
        by_hour=tuple(sorted((hour, count) for hour, count in visits.items() if count)),
    )
