"""Write a spreadsheet's numbers and dates as people see them, in every language alike.

Follows the cell's number format: leading zeros, decimals, percents and fixed text. Thousands separators are left out,
and dates are ISO with no more parts than the cell shows: 1915, 1915-03, 1915-03-21.
"""

import datetime
import re
from functools import lru_cache
from typing import NamedTuple

CellValue = str | int | float | bool | datetime.datetime | datetime.date | datetime.time | None

_HIDDEN = re.compile(r"\[[^\]]*\]|_.|\*.")  # colours and languages, spaces, fillers
_PART = re.compile(r'"([^"]*)"|\\(.)|([0#?]+)|(.)', re.DOTALL)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def text_of(value: CellValue | datetime.timedelta, number_format: str) -> str:
    """Return a cell's value as text, without surrounding space."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime.datetime | datetime.date):
        return _date(value, number_format)
    return str(value)


def number_text(value: float) -> str:
    """Return a number without a needless fraction, exponent or rounding error: 1.0 is "1"."""
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return format(value, ".15g")


def _date(value: datetime.datetime | datetime.date, number_format: str) -> str:
    shown = _HIDDEN.sub("", re.sub(r'"[^"]*"|\\.', "", number_format)).casefold()
    day = value.strftime("%Y").zfill(4)
    if "d" not in shown and "y" in shown and "h" not in shown:
        return f"{day}-{value.month:02}" if "m" in shown else day
    day += f"-{value.month:02}-{value.day:02}"
    if isinstance(value, datetime.datetime) and value.time() != datetime.time() and "h" in shown:
        return f"{day} {value:%H:%M}" if value.second == 0 else f"{day} {value:%H:%M:%S}"
    return day


class _NumberFormat(NamedTuple):
    """One section of a number format.

    Attributes:
        whole: Before the decimal point: runs of placeholders, and fixed text between them.
        least, most: Number of decimals.
        rest: Fixed text after the digits.
        scale: What the number is multiplied with: 100 for percents.
    """

    whole: tuple[tuple[bool, str], ...]
    least: int
    most: int
    rest: str
    scale: int


def _number(value: float, number_format: str) -> str:
    sections = number_format.split(";")
    is_own = value < 0 and len(sections) > 1
    section = sections[1] if is_own else sections[0]
    if value == 0 and len(sections) > 2 and "0" in sections[2]:
        section = sections[2]
    parsed = _parsed(section)
    if parsed is None or value != value or abs(value) >= 1e15:
        return number_text(value) if value == value else ""
    digits, _, decimals = f"{abs(value) * parsed.scale:.{min(parsed.most, 15)}f}".partition(".")
    while len(decimals) > parsed.least and decimals.endswith("0"):
        decimals = decimals[:-1]
    sign = "-" if value < 0 and not is_own else ""
    text = sign + _filled(parsed.whole, digits) + (f".{decimals}" if decimals else "") + parsed.rest
    return text.strip()


def _filled(whole: tuple[tuple[bool, str], ...], digits: str) -> str:
    """Return fixed text and placeholders filled with digits from the right."""
    left, pieces = digits.lstrip("0"), []
    first = next(place for place, (is_digits, _) in enumerate(whole) if is_digits)
    for place in reversed(range(len(whole))):
        is_digits, text = whole[place]
        if not is_digits:
            pieces.append(text)
            continue
        count = len(left) if place == first else min(len(text), len(left))
        taken, left = left[len(left) - count :], left[: len(left) - count]
        pieces.append(taken.rjust(len(text.lstrip("#?")), "0"))
    return "".join(reversed(pieces))


@lru_cache(maxsize=256)
def _parsed(section: str) -> _NumberFormat | None:
    """Return a section's parts, or None for General, fractions and exponents."""
    if section.strip().casefold() in ("general", "@", "") or "/" in section:
        return None
    whole: list[tuple[bool, str]] = []
    decimals, rest, scale, is_after_point = "", "", 1, False
    for quoted, escaped, digits, other in _PART.findall(_HIDDEN.sub("", section)):
        fixed = quoted or escaped
        if digits and is_after_point and not rest:
            decimals += digits
        elif digits:
            whole.append((True, digits))
        elif other == "." and not is_after_point and any(is_digits for is_digits, _ in whole):
            is_after_point = True
        elif other in ("E", "e"):
            return None
        elif other != ",":
            scale = 100 if other == "%" else scale
            if is_after_point:
                rest += fixed or other
            else:
                whole.append((False, fixed or other))
    if not any(is_digits for is_digits, _ in whole):
        return None
    return _NumberFormat(tuple(_joined(whole)), decimals.count("0"), len(decimals), rest, scale)


def _joined(whole: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Return the parts with placeholders joined that only a thousands separator split."""
    joined: list[tuple[bool, str]] = []
    for is_digits, text in whole:
        if joined and is_digits and joined[-1][0]:
            joined[-1] = (True, joined[-1][1] + text)
        else:
            joined.append((is_digits, text))
    return joined
