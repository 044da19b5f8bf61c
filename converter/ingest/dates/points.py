"""Parse a point in time: a day, year, decade, century, era or part of one.

Knows nothing of ranges, approximate dates or open ends: `converter.ingest.dates.ranges` handles those.
"""

import re
from functools import lru_cache

from converter.ingest.dates import words as words
from converter.ingest.dates.eras import parse_era
from converter.ingest.dates.year_range import Span

_MOST_SPACES = 9  # in a point such as "in the second half of the 18th century"
_REMEMBERED = 4096  # points: taking a text apart asks for the same one again and again
_ROMAN = {"i": 1, "v": 5, "x": 10}
_YEAR = re.compile(words.YEAR)
# Words before a year that leave it as it is: "anno 1520", "im Jahr 1520".
_BEFORE_YEAR = re.compile(
    "^(?:"
    + words.any_of(
        """dated datiert dat. daté datée datato fechado gedateerd anno in im im_jahr im_jahre en nel nell'anno l'anno
        l'an the il dem a.d. ad el_año het_jaar"""
    )
    + " )+"
)
_AFTER_YEAR = re.compile(f",? {words.ERA}$")
_DAYS = rf"{words.DAY}(?: ?- ?{words.DAY})?"
_MONTHS = rf"{words.MONTH}(?: ?[-/&] ?{words.MONTH})*"
_DAY_NUMBER, _MONTH_NUMBER = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
_DAY_SHAPES = [
    re.compile(shape)
    for shape in (
        rf"{_DAY_NUMBER}[./-] ?{_MONTH_NUMBER}[./-] ?(?P<year>{words.YEAR})",
        rf"{_MONTH_NUMBER}[./-] ?{_DAY_NUMBER}[./-] ?(?P<year>{words.YEAR})",  # American order
        rf"{_DAY_NUMBER}[./-]{words.MONTH}[./-](?P<year>{words.YEAR})",
        rf"{_MONTH_NUMBER}[./](?P<year>{words.YEAR})",
        rf"(?P<year>{words.YEAR})([-/.]){_MONTH_NUMBER}\2{_DAY_NUMBER}",
        rf"(?:{_DAYS} (?:of |de )?)?{_MONTHS}(?: {_DAYS})?,? (?:of |de |del )?(?P<year>{words.YEAR})",
        rf"(?P<year>{words.YEAR}),? (?:{_DAYS} )?{_MONTHS}(?: {_DAYS})?",
        rf"(?P<year>{words.YEAR})[/. -]{words.ROMAN_MONTH}",
        rf"(?:{_DAY_NUMBER}[/. ] ?)?{words.ROMAN_MONTH}[/.] ?(?P<year>{words.YEAR})",
    )
]
_YEAR_AND_MONTH = re.compile(rf"({words.YEAR})(?:[-/](0[1-9]|1[0-2])|/([1-9]))")
_DECADE = re.compile(
    rf"(?:the |den |de |los )?({words.YEAR}){words.DECADE_END}|{words.DECADE_BEFORE} ({words.YEAR})"
)
_ARTICLE = re.compile(r"^(?:the|das|des|dem|im|le|du|au|il|del|nel|het|de|el) ")
_ORDINAL = f"([0-9]{{1,2}}|[ivx]{{1,5}}|{'|'.join(words.ORDINAL_WORDS)})"
_CENTURIES = [
    re.compile(rf"{_ORDINAL}(?:{words.ORDINAL_END}[ -]*{words.CENTURY}|{words.FRENCH_CENTURY})\.?"),
    re.compile(rf"{words.CENTURY_FIRST} ?{_ORDINAL}{words.ORDINAL_END}"),
    re.compile(rf"{words.SHORT_SIGLO} ?([ivx]{{2,5}})"),
]


@lru_cache(maxsize=_REMEMBERED)
def parse_point(text: str) -> Span | None:
    """Parse one year, day, decade, century or era, or a part of one.

    Args:
        text: A text folded by `words.fold`.

    Returns:
        The years; `None` unless the whole text is understood.
    """
    if text.count(" ") > _MOST_SPACES:
        return None
    bare = _AFTER_YEAR.sub("", _BEFORE_YEAR.sub("", text))
    if _YEAR.fullmatch(bare):
        return Span(first=int(bare), last=int(bare))
    return _day(bare) or _dashed(bare) or _whole_or_part(bare)


def _day(text: str) -> Span | None:
    """Parse a date with a month, and perhaps one or more days, to its year."""
    for shape in _DAY_SHAPES:
        if found := shape.fullmatch(text):
            return Span(first=int(found["year"]), last=int(found["year"]))
    return _year_and_month(text)


def _year_and_month(text: str) -> Span | None:
    """Parse "1765-08" or "1858/2", which must be a month; "1805-12" may be a range."""
    found = _YEAR_AND_MONTH.fullmatch(text)
    if found and int(found[2] or found[3]) <= int(found[1]) % (100 if found[2] else 10):
        return Span(first=int(found[1]), last=int(found[1]))
    return None


def _dashed(text: str) -> Span | None:
    """Parse the "17--" and "176-" of libraries (Anglo-American Cataloguing Rules, 1.4F7)."""
    found = re.fullmatch(r"(1[0-9]|20)(?:--|-)|(1[0-9]{2}|20[0-9])-", text)
    if found is None:
        return None
    size = 100 if found[1] else 10
    start = int(found[1] or found[2]) * size
    return Span(first=start, last=start + size - 1, vague=True)


def _whole_or_part(text: str) -> Span | None:
    return _decade_or_century(text) or parse_era(text) or _part(text)


def _decade_or_century(text: str) -> Span | None:
    """Parse a whole decade or century."""
    decade = _DECADE.fullmatch(text)
    if decade:
        start = int(decade[1] or decade[2])
        size = 100 if start % 100 == 0 else 10  # "1800s" may mean either, so the wider
        last = start + size - 1
        return Span(first=start, last=last, vague=True) if start % 10 == 0 else None
    number = _century_number(text)
    return Span(first=number * 100 - 100, last=number * 100, vague=True) if number else None


def _century_number(text: str) -> int | None:
    bare = _ARTICLE.sub("", text)
    if re.fullmatch(words.ITALIAN_CENTURIES, bare):
        return words.ORDINAL_WORDS[bare]
    for shape in _CENTURIES:
        if found := shape.fullmatch(bare):
            number = _number(found[1])
            return number if number is not None and 11 <= number <= 21 else None
    return None


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
    """Parse a part of a decade, century, era or year, such as "late"; before or after it."""
    if not _PART_WORD.search(text):
        return None
    for index, of, before, after in _PART_PATTERNS:
        found = before.fullmatch(text) or after.fullmatch(text)
        if found and (whole := _whole(found[1])):
            return _slice(whole, index, of)
    return None


def _whole(text: str) -> Span | None:
    if _YEAR.fullmatch(text):
        return Span(first=int(text), last=int(text))
    return _decade_or_century(text) or parse_era(text)


def _part_patterns() -> list[tuple[int, int, re.Pattern[str], re.Pattern[str]]]:
    """Return each part's index, number of parts and patterns; "prima metà" precedes "metà"."""
    named = [
        ((number or of) - 1, of, rf"{ordinal} ?{fraction}")
        for of, fraction in words.FRACTIONS.items()
        for number, ordinal in words.NUMBERS.items()
        if number <= of
    ]
    named += [(0, 3, words.EARLY), (1, 3, words.MIDDLE), (2, 3, words.LATE)]
    article = "(?:the |die |das |la |le |il |het |de |el |a )?"
    return [
        (
            index,
            of,
            re.compile(rf"{article}{name}[ ,-]*(?:{words.OF_THE} ?)*(.+)"),
            re.compile(rf"(.+?)[ ,/]+{name}"),
        )
        for index, of, name in named
    ]


_PART_PATTERNS = _part_patterns()
_PART_WORD = re.compile(
    "|".join([*words.FRACTIONS.values(), words.EARLY, words.MIDDLE, words.LATE])
)


def _slice(whole: Span, index: int, of: int) -> Span:
    """Return one of several equal parts; a year that two parts share belongs to both.

    Early and late in a decade are its halves, with the fifth year in both: "early 1470s" is 1470 to 1475.
    """
    years_long = whole.last - whole.first
    if years_long == 9 and of == 3 and index != 1:
        middle = whole.first + 5
        first, last = (whole.first, middle) if index == 0 else (middle, whole.last)
        return Span(first=first, last=last, vague=True)
    size = years_long + 1 if years_long % 100 else years_long
    first = whole.first + size * index // of
    last = whole.first - (-size * (index + 1) // of)
    return Span(first=first, last=min(last, whole.last), vague=True)
