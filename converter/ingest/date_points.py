"""Parse a point in time as museums write it: a day, year, decade, century or part of one.

Knows nothing of ranges, approximate dates or open ends: `converter.ingest.dates` handles those.
"""

import re
from dataclasses import dataclass

from converter.ingest import date_words as words

_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A closed range of years.

    Attributes:
        first, last: Inclusive.
        approximate: Whether the words around it call it approximate, such as "circa".
    """

    first: int
    last: int
    approximate: bool = False


def parse_point(text: str) -> Span | None:
    """Parse one year, day, decade or century, or a part of one.

    Args:
        text: A text folded by `date_words.fold`.

    Returns:
        The years; `None` unless the whole text is understood.
    """
    bare = re.sub(rf"^(?:{words.ACTION} )+|,? {words.ERA}$", "", text)
    if re.fullmatch(words.YEAR, bare):
        return Span(first=int(bare), last=int(bare))
    return _day(bare) or _dashed(bare) or _decade_or_century(bare) or _part(bare)


def _day(text: str) -> Span | None:
    """Parse a date with a month, and perhaps a day, to its year."""
    day, month = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
    shapes = (
        rf"{day}[./-] ?{month}[./-] ?(?P<year>{words.YEAR})",
        rf"{month}[./-] ?{day}[./-] ?(?P<year>{words.YEAR})",  # American order
        rf"{month}[./](?P<year>{words.YEAR})",
        rf"(?P<year>{words.YEAR})([-/.]){month}\2{day}",
        rf"(?:{words.DAY} (?:of )?)?{words.MONTH}(?: {words.DAY})?,? (?:of |de |del )?(?P<year>{words.YEAR})",
        rf"(?P<year>{words.YEAR}),? (?:{words.DAY} )?{words.MONTH}(?: {words.DAY})?",
    )
    for shape in shapes:
        if found := re.fullmatch(shape, text):
            return Span(first=int(found["year"]), last=int(found["year"]))
    return _year_and_month(text)


def _year_and_month(text: str) -> Span | None:
    """Parse "1765-08", which must be a month; "1805-12" may be a range and gives None."""
    found = re.fullmatch(rf"({words.YEAR})[-/](0[1-9]|1[0-2])", text)
    if found and int(found[2]) <= int(found[1]) % 100:
        return Span(first=int(found[1]), last=int(found[1]))
    return None


def _dashed(text: str) -> Span | None:
    """Parse the "17--" and "176-" of libraries (Anglo-American Cataloguing Rules, 1.4F7)."""
    found = re.fullmatch(r"(1[0-9]|20)(?:--|-)|(1[0-9]{2}|20[0-9])-", text)
    if found is None:
        return None
    size = 100 if found[1] else 10
    start = int(found[1] or found[2]) * size
    return Span(first=start, last=start + size - 1)


def _decade_or_century(text: str) -> Span | None:
    """Parse a whole decade or century."""
    decade = re.fullmatch(
        rf"(?:the |den )?({words.YEAR}){words.DECADE_END}|{words.DECADE_BEFORE} ({words.YEAR})",
        text,
    )
    if decade:
        start = int(decade[1] or decade[2])
        size = 100 if start % 100 == 0 else 10  # "1800s" may mean either, so the wider
        return Span(first=start, last=start + size - 1) if start % 10 == 0 else None
    number = _century_number(text)
    return Span(first=number * 100 - 100, last=number * 100) if number else None


def _century_number(text: str) -> int | None:
    bare = re.sub(r"^(?:the|das|des|dem|im|le|du|au|il|del|nel) ", "", text)
    if re.fullmatch(words.ITALIAN_CENTURIES, bare):
        return words.ORDINAL_WORDS[bare]
    ordinal = f"([0-9]{{1,2}}|[ivx]{{1,5}}|{'|'.join(words.ORDINAL_WORDS)})"
    found = re.fullmatch(
        rf"{ordinal}(?:{words.ORDINAL_END}[ -]*{words.CENTURY}|{words.FRENCH_CENTURY})", bare
    ) or re.fullmatch(rf"{words.CENTURY_FIRST} ?{ordinal}{words.ORDINAL_END}", bare)
    if found is None:
        return None
    number = _number(found[1])
    return number if number is not None and 11 <= number <= 21 else None


def _number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    if set(text) <= set(_ROMAN):
        digits = [_ROMAN[sign] for sign in text]
        return sum(
            -d if any(n > d for n in digits[i + 1 : i + 2]) else d for i, d in enumerate(digits)
        )
    return words.ORDINAL_WORDS.get(text)


def _part(text: str) -> Span | None:
    """Parse a part of a decade, century or year, such as "late"; it may stand before or after."""
    for index, of, name in _part_patterns():
        found = re.fullmatch(
            rf"(?:the |die |das |la |le |il )?{name}[ -]*(?:{words.OF_THE} ?)*(.+)", text
        ) or re.fullmatch(rf"(.+?)[ ,/]+{name}", text)
        if found and (whole := _whole(found[1])):
            return _slice(whole, index, of)
    return None


def _whole(text: str) -> Span | None:
    if re.fullmatch(words.YEAR, text):
        return Span(first=int(text), last=int(text))
    return _decade_or_century(text)


def _part_patterns() -> list[tuple[int, int, str]]:
    """Return each part's index, number of parts and pattern; "prima metà" precedes "metà"."""
    named = [
        ((number or of) - 1, of, rf"{ordinal} ?{fraction}")
        for of, fraction in words.FRACTIONS.items()
        for number, ordinal in words.NUMBERS.items()
        if number <= of
    ]
    return [*named, (0, 3, words.EARLY), (1, 3, words.MIDDLE), (2, 3, words.LATE)]


def _slice(whole: Span, index: int, of: int) -> Span:
    """Return one of several equal parts; a year that two parts share belongs to both."""
    years_long = whole.last - whole.first
    size = years_long + 1 if years_long % 100 else years_long
    first = whole.first + size * index // of
    last = whole.first - (-size * (index + 1) // of)
    return Span(first=first, last=min(last, whole.last))
