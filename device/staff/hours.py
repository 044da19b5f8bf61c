"""Opening hours for each day of the week. Pure: the caller passes the time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from device.errors import PreferenceError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The opening hours of one day; they end on the same day."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """The opening hours of a week.

    Attributes:
        days: Hours by name of the day. A missing day is closed; if all are missing, the kiosk is always open.
    """

    days: Mapping[str, Hours] = field(default_factory=dict)

    def is_open(self, now: datetime) -> bool:
        """Return whether the museum is open at a moment of its local time."""
        if not self.days:
            return True
        hours = self.days.get(DAYS[now.weekday()])
        return hours is not None and hours.opens <= now.time() < hours.closes


def parse(texts: Mapping[str, str]) -> OpeningHours:
    """Parse opening hours as staff type them.

    Args:
        texts: Text such as `10:00-18:00` by name of the day; empty for closed. If all are empty, always open.

    Raises:
        PreferenceError: When a text is not a time span, or a name is not a day.
    """
    for day in texts:
        if day not in DAYS:
            raise PreferenceError(
                f"opening hours: expected a day such as {DAYS[0]!r}, found {day!r}"
            )
    return OpeningHours(days={day: _hours(text) for day in DAYS if (text := texts.get(day, ""))})


def _hours(text: str) -> Hours:
    span = r"\s*(\d\d?)[:.](\d\d)\s*[-\u2013]\s*(\d\d?)[:.](\d\d)\s*"
    found = re.fullmatch(span, text[:40], re.ASCII)
    if found:
        opens, closes = _time(found[1], found[2]), _time(found[3], found[4])
        if opens is not None and closes is not None and opens < closes:
            return Hours(opens=opens, closes=closes)
    raise PreferenceError(
        f"opening hours: expected a time span such as '10:00-18:00', found {text[:40]!r}"
    )


def _time(hour: str, minute: str) -> time | None:
    if (hour, minute) == ("24", "00"):
        return time.max
    if int(hour) < 24 and int(minute) < 60:
        return time(int(hour), int(minute))
    return None
