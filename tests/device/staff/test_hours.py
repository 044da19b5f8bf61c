"""Opening hours: which texts are accepted, and when the kiosk is open."""

from datetime import datetime

import pytest

from device.errors import PreferenceError
from device.staff import hours
from device.staff.hours import DAYS, OpeningHours

MONDAY = "2026-11-23"


def at(text: str) -> datetime:
    """Parse a local time."""
    return datetime.fromisoformat(text)


def test_without_hours_the_kiosk_is_always_open() -> None:
    assert hours.parse({}).is_open(at(f"{MONDAY} 03:00"))
    assert hours.parse(dict.fromkeys(DAYS, "")) == OpeningHours()


@pytest.mark.parametrize(
    ("time", "is_open"),
    [("09:59", False), ("10:00", True), ("17:59:59", True), ("18:00", False), ("00:00", False)],
)
def test_the_opening_time_is_included_and_the_closing_time_is_not(time: str, is_open: bool) -> None:
    week = hours.parse({"monday": "10:00-18:00"})

    assert week.is_open(at(f"{MONDAY} {time}")) is is_open


def test_a_day_without_hours_is_closed_if_another_day_has_hours() -> None:
    week = hours.parse({"monday": "10:00-18:00"})

    assert not week.is_open(at("2026-11-24 12:00"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10:00-18:00", "10:00-18:00"),
        (" 9.30 – 17.00 ", "09:30-17:00"),
        ("0:00-24:00", "00:00-23:59"),
    ],
)
def test_common_spellings_of_hours_are_accepted(text: str, expected: str) -> None:
    assert str(hours.parse({"sunday": text}).days["sunday"]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "10",
        "10-18",
        "18:00-10:00",
        "10:00-10:00",
        "25:00-26:00",
        "10:60-11:00",
        "x",
        "24:00-24:00",
        "10:00-18:00; 20:00-22:00",
        "١٠:٠٠-١٨:٠٠",
        "9" * 100000,
    ],
)
def test_a_text_that_is_not_a_time_span_is_refused(text: str) -> None:
    with pytest.raises(PreferenceError, match="10:00-18:00"):
        hours.parse({"monday": text})


def test_a_name_that_is_not_a_day_is_refused() -> None:
    with pytest.raises(PreferenceError, match="monday"):
        hours.parse({"Montag": "10:00-18:00"})
