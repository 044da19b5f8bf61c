"""Opening hours: what can be written, and when it is open."""

from datetime import datetime

import pytest

from device.errors import ChoiceError
from device.staff import hours
from device.staff.hours import DAYS, OpeningHours

MONDAY = "2026-11-23"


def at(text: str) -> datetime:
    """Give a moment."""
    return datetime.fromisoformat(text)


def test_without_any_hours_it_is_always_open() -> None:
    assert hours.parse({}).is_open(at(f"{MONDAY} 03:00"))
    assert hours.parse(dict.fromkeys(DAYS, "")) == OpeningHours()


@pytest.mark.parametrize(
    ("time", "is_open"),
    [("09:59", False), ("10:00", True), ("17:59:59", True), ("18:00", False), ("00:00", False)],
)
def test_it_is_open_from_the_first_minute_to_the_last(time: str, is_open: bool) -> None:
    week = hours.parse({"monday": "10:00-18:00"})

    assert week.is_open(at(f"{MONDAY} {time}")) is is_open


def test_a_day_without_hours_is_closed_once_another_has_some() -> None:
    week = hours.parse({"monday": "10:00-18:00"})

    assert not week.is_open(at("2026-11-24 12:00"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10:00-18:00", "10:00-18:00"),
        (" 9.30 – 17.00 ", "09:30-17:00"),
        ("0:00-24:00", "00:00-23:59"),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, said: str) -> None:
    assert str(hours.parse({"sunday": text}).days["sunday"]) == said


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
def test_what_is_no_span_of_time_is_refused(text: str) -> None:
    with pytest.raises(ChoiceError, match="10:00-18:00"):
        hours.parse({"monday": text})


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(ChoiceError, match="monday"):
        hours.parse({"Montag": "10:00-18:00"})
