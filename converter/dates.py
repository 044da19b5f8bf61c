"""The years a free-text date surely means, in the words of English, German, French and Italian museums.

A date is either understood from its first letter to its last or not at all: "1765 (printed 1780)" says two things, so
it says nothing here. The text itself is kept elsewhere; only filters on years look at what this module gives.

Where a museum's words are loose the range errs on the wide side, so that a filter never hides a print it should show:

- "c. 1610", "1610?", "probably 1610" are five years to either side, as Cataloging Cultural Objects has it (chapter 4:
  "ca. 1610" is indexed 1605 to 1615); a loose range is widened at both ends.
- The 16th century is 1500 to 1600: some museums count it from 1500, some to 1600.
- Early, middle and late are thirds, for no rule book narrower than that is shared by the four languages.
- "Before 1550" ends in 1550 and is open on the other side, as that year itself can't be ruled out.
"""

import re
from dataclasses import dataclass

from converter import date_words as words
from converter.date_words import fold

CIRCA_YEARS = 5
_LONGEST = 120  # a longer text is a sentence about dates, not a date
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRange:
    """The years a date may mean, inclusive.

    Attributes:
        year_min, year_max: `None` where the date is open on that side; never both.
    """

    year_min: int | None
    year_max: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A closed range while it is being read, and whether its words were loose."""

    first: int
    last: int
    loose: bool = False

    def widened(self) -> YearRange:
        more = CIRCA_YEARS if self.loose else 0
        return YearRange(year_min=self.first - more, year_max=self.last + more)


def years(text: str | None) -> YearRange | None:
    """Give the years a date surely means, or `None` when it isn't understood as a whole.

    Args:
        text: As the museum writes it; never a maker's life dates.
    """
    if not text or len(text) > _LONGEST:
        return None
    plain = _plain(text)
    if re.search(words.BEFORE_CHRIST, plain):
        return None  # no print on paper; and "a.C." may be "after Christ" to its writer
    span = _loose(plain)
    return span.widened() if span else _open(plain)


def _plain(text: str) -> str:
    """Fold a date and drop the signs that leave its meaning alone: brackets, a full stop at its end."""
    plain = re.sub(r"[\[\]()<>{}\"«»“”„]", " ", fold(text))
    plain = re.sub(r"\s*\?", "?", " ".join(plain.split()))
    return plain.strip(" ;,:.") if not plain.endswith(("jh.", "c.", "s.", "sec.")) else plain


def _open(text: str) -> YearRange | None:
    """Read a date that is open on one side, or is closed by two such words: "after 1600, before 1650"."""
    both = re.fullmatch(r"(.+?)(?:,| and| und| et| e)? ((?:before|vor|avant|prima) .+)", text)
    if both:
        start, end = _one_sided(both[1]), _one_sided(both[2])
        if start and end and start.year_max is None and end.year_min is None:
            return _ordered(start.year_min, end.year_max)
    return _one_sided(text)


def _one_sided(text: str) -> YearRange | None:
    for opening, ends_at, uses_last in (
        (words.BEFORE, True, False),
        (words.UNTIL, True, True),
        (words.AFTER, False, True),
        (words.SINCE, False, False),
    ):
        found = re.fullmatch(rf"{opening}\s*(?:the |dem |der |le |la |il )?(.+?)(?: {words.ONWARDS})?", text)
        if found and (span := _loose(found[1])):
            more = CIRCA_YEARS if span.loose else 0
            year = (span.last if uses_last else span.first) + (more if ends_at else -more)
            return YearRange(year_min=None if ends_at else year, year_max=year if ends_at else None)
    return _trailing_side(text)


def _trailing_side(text: str) -> YearRange | None:
    """Read the word after the year: "1600 or later", "1765-"."""
    for ending, ends_at in ((rf"(?: {words.ONWARDS}|-)", False), (f" {words.EARLIER}", True)):
        found = re.fullmatch(rf"({words.YEAR}){ending}", text)
        if found:
            year = int(found[1])
            return YearRange(year_min=None if ends_at else year, year_max=year if ends_at else None)
    return None


def _ordered(first: int | None, last: int | None) -> YearRange | None:
    if first is None or last is None or first > last:
        return None
    return YearRange(year_min=first, year_max=last)


def _loose(text: str) -> _Span | None:
    """Read a point or range, noting whether it is a guess: "c. 1765", "1765?", "um 1640-1650"."""
    bare = re.sub(rf"^(?:{words.ABOUT}\s*)+|\s*{words.UNSURE}$", "", text)
    span = _point(text) or _range(text)
    if span is None and bare != text:
        span = _point(bare) or _range(bare)
        return _Span(first=span.first, last=span.last, loose=True) if span else None
    return span


def _range(text: str) -> _Span | None:
    """Read two ends and what parts them, or a list of years."""
    if re.fullmatch(rf"{words.YEAR}(?:(?:, ?| and | und | et | e | & ){words.YEAR})+", text):
        listed = [int(year) for year in re.findall(words.YEAR, text)]
        return _Span(first=listed[0], last=listed[-1]) if listed == sorted(listed) else None
    inner = re.sub(rf"^{words.OPENING} ", "", text)
    for start, end in _splits(inner):
        span = _ends(start, end)
        if span:
            return span
    return None


def _splits(text: str) -> list[tuple[str, str]]:
    return [(text[: m.start()], text[m.end() :]) for m in re.finditer(words.BETWEEN, text)]


def _ends(start: str, end: str) -> _Span | None:
    last = _end(end) or _short(start, end) or _headed(start, end)
    first = _end(start) or (_completed(start, end) if last else None)
    if first is None or last is None or first.first > last.last:
        return None
    if first.loose or not last.loose:
        # "c. 1500-1510" is loose at both ends
        return _Span(first=first.first, last=last.last, loose=first.loose)
    return _Span(first=first.first, last=last.last + CIRCA_YEARS)


def _end(text: str) -> _Span | None:
    bare = re.sub(rf"^(?:{words.ABOUT}\s*)+|\s*{words.UNSURE}$", "", text)
    point = _point(bare)
    return _Span(first=point.first, last=point.last, loose=bare != text) if point else None


def _short(start: str, end: str) -> _Span | None:
    """Read an end that leaves out what it shares with the start: "1765-68", "1820s-30s"."""
    found = re.fullmatch(rf"([0-9]{{1,2}})(\?|{words.DECADE_END})?", end)
    before = re.search(rf"({words.YEAR}){words.DECADE_END}?\??$", start)
    if not found or not before:
        return None
    size = 10 ** len(found[1])
    year = int(before[1]) // size * size + int(found[1])
    if year <= int(before[1]):
        return None
    if found[2] and found[2] != "?":
        return _Span(first=year, last=year + 9) if year % 10 == 0 else None
    return _Span(first=year, last=year, loose=bool(found[2]))


def _completed(start: str, end: str) -> _Span | None:
    """Read a start that leaves the century or the year to the end: "16th-17th century", "March-May 1912"."""
    tail = re.search(rf"(?:{words.CENTURY}|{words.YEAR})$", end)
    return _end(f"{start} {tail[0]}") if tail else None


def _headed(start: str, end: str) -> _Span | None:
    """Read an end that leaves the century's word to the start: "sec. XV-XVI"."""
    head = re.match(rf"{words.CENTURY_FIRST} ", start)
    return _end(head[0] + end) if head else None


def _point(text: str) -> _Span | None:
    """Read one year, day, decade or century, or a part of one."""
    bare = re.sub(rf"^(?:{words.DEED} )+|,? {words.ERA}$", "", text)
    if re.fullmatch(words.YEAR, bare):
        return _Span(first=int(bare), last=int(bare))
    return _day(bare) or _blanked(bare) or _long(bare) or _part(bare)


def _day(text: str) -> _Span | None:
    """Read a date whose day or month adds nothing to its year."""
    day, month = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
    shapes = (
        rf"{day}[./-] ?{month}[./-] ?(?P<year>{words.YEAR})",
        rf"{month}[./-] ?{day}[./-] ?(?P<year>{words.YEAR})",  # as written in America
        rf"{month}[./](?P<year>{words.YEAR})",
        rf"(?P<year>{words.YEAR})([-/.]){month}\2{day}",
        rf"(?:{words.DAY} (?:of )?)?(?:{words.MONTHS}|{words.SEASONS})(?: {words.DAY})?,? (?:of |de |del )?(?P<year>{words.YEAR})",
        rf"(?P<year>{words.YEAR}),? (?:{words.DAY} )?(?:{words.MONTHS}|{words.SEASONS})(?: {words.DAY})?",
    )
    for shape in shapes:
        if found := re.fullmatch(shape, text):
            return _Span(first=int(found["year"]), last=int(found["year"]))
    return _year_and_month(text)


def _year_and_month(text: str) -> _Span | None:
    """Read "1765-08", a month as it can't be a range; "1805-12" may be one, and is left to be read as one."""
    found = re.fullmatch(rf"({words.YEAR})[-/](0[1-9]|1[0-2])", text)
    if found and int(found[2]) <= int(found[1]) % 100:
        return _Span(first=int(found[1]), last=int(found[1]))
    return None


def _blanked(text: str) -> _Span | None:
    """Read the library's "17--" and "176-" (Anglo-American Cataloguing Rules, 1.4F7)."""
    found = re.fullmatch(r"(1[0-9]|20)(?:--|-)|(1[0-9]{2}|20[0-9])-", text)
    if found is None:
        return None
    size = 100 if found[1] else 10
    start = int(found[1] or found[2]) * size
    return _Span(first=start, last=start + size - 1)


def _long(text: str) -> _Span | None:
    """Read a whole decade or century."""
    decade = re.fullmatch(
        rf"(?:the |den )?({words.YEAR}){words.DECADE_END}|{words.DECADE_BEFORE} ({words.YEAR})", text
    )
    if decade:
        start = int(decade[1] or decade[2])
        size = 100 if start % 100 == 0 else 10  # "1800s" may mean either: the wider
        return _Span(first=start, last=start + size - 1) if start % 10 == 0 else None
    number = _century_number(text)
    return _Span(first=number * 100 - 100, last=number * 100) if number else None


def _century_number(text: str) -> int | None:
    bare = re.sub(r"^(?:the|das|des|dem|im|le|du|au|il|del|nel) ", "", text)
    if re.fullmatch(words.ITALIAN_CENTURIES, bare):
        return words.ORDINAL_WORDS[bare]
    ordinal = f"([0-9]{{1,2}}|[ivx]{{1,5}}|{'|'.join(words.ORDINAL_WORDS)})"
    found = re.fullmatch(rf"{ordinal}{words.ORDINAL_END}[ -]*{words.CENTURY}", bare) or re.fullmatch(
        rf"{words.CENTURY_FIRST} ?{ordinal}{words.ORDINAL_END}", bare
    )
    if found is None:
        return None
    number = _number(found[1])
    return number if number is not None and 11 <= number <= 21 else None


def _number(text: str) -> int | None:
    if text.isdigit():
        return int(text)
    if set(text) <= set(_ROMAN):
        digits = [_ROMAN[sign] for sign in text]
        return sum(-d if any(n > d for n in digits[i + 1 : i + 2]) else d for i, d in enumerate(digits))
    return words.ORDINAL_WORDS.get(text)


def _part(text: str) -> _Span | None:
    """Read a part of a decade, century or year, named before or after it."""
    for index, of, name in _parts():
        found = re.fullmatch(rf"(?:the |die |das |la |le |il )?{name}[ -]*(?:{words.OF_THE} ?)*(.+)", text) or re.fullmatch(
            rf"(.+?)[ ,/]+{name}", text
        )
        if found and (whole := _whole(found[1])):
            return _slice(whole, index, of)
    return None


def _whole(text: str) -> _Span | None:
    if re.fullmatch(words.YEAR, text):
        return _Span(first=int(text), last=int(text))
    return _long(text)


def _parts() -> list[tuple[int, int, str]]:
    """Give every part's place, of how many, and its pattern; halves before the middle ("prima metà", "metà")."""
    named = [
        ((number or of) - 1, of, rf"{ordinal} ?{fraction}")
        for of, fraction in words.FRACTIONS.items()
        for number, ordinal in words.NUMBERS.items()
        if number <= of
    ]
    return [*named, (0, 3, words.EARLY), (1, 3, words.MIDDLE), (2, 3, words.LATE)]


def _slice(whole: _Span, index: int, of: int) -> _Span:
    """Give one of equal parts; a year that two parts share belongs to both."""
    years_long = whole.last - whole.first
    size = years_long + 1 if years_long % 100 else years_long
    first = whole.first + size * index // of
    last = whole.first - (-size * (index + 1) // of)
    return _Span(first=first, last=min(last, whole.last))
