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

from converter.ingest import date_words as words
from converter.ingest.date_points import Span, point
from converter.ingest.date_words import fold

CIRCA_YEARS = 5
_LONGEST = 120  # a longer text is a sentence about dates, not a date


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRange:
    """The years a date may mean, inclusive.

    Attributes:
        year_min, year_max: `None` where the date is open on that side; never both.
    """

    year_min: int | None
    year_max: int | None


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
    return _widened(span) if span else _open(plain)


def _widened(span: Span) -> YearRange:
    more = CIRCA_YEARS if span.loose else 0
    return YearRange(year_min=span.first - more, year_max=span.last + more)


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
        found = re.fullmatch(
            rf"{opening}\s*(?:the |dem |der |le |la |il )?(.+?)(?: {words.ONWARDS})?", text
        )
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


def _loose(text: str) -> Span | None:
    """Read a point or range, noting whether it is a guess: "c. 1765", "1765?", "um 1640-1650"."""
    bare = re.sub(rf"^(?:{words.ABOUT}\s*)+|\s*{words.UNSURE}$", "", text)
    span = point(text) or _range(text)
    if span is None and bare != text:
        span = point(bare) or _range(bare)
        return Span(first=span.first, last=span.last, loose=True) if span else None
    return span


def _range(text: str) -> Span | None:
    """Read two ends and what parts them, or a list of years."""
    if re.fullmatch(rf"{words.YEAR}(?:(?:, ?| and | und | et | e | & ){words.YEAR})+", text):
        listed = [int(year) for year in re.findall(words.YEAR, text)]
        return Span(first=listed[0], last=listed[-1]) if listed == sorted(listed) else None
    inner = re.sub(rf"^{words.OPENING} ", "", text)
    for start, end in _splits(inner):
        span = _ends(start, end)
        if span:
            return span
    return None


def _splits(text: str) -> list[tuple[str, str]]:
    return [(text[: m.start()], text[m.end() :]) for m in re.finditer(words.BETWEEN, text)]


def _ends(start: str, end: str) -> Span | None:
    last = _end(end) or _short(start, end) or _headed(start, end)
    first = _end(start) or (_completed(start, end) if last else None)
    if first is None or last is None or first.first > last.last:
        return None
    if first.loose or not last.loose:
        # "c. 1500-1510" is loose at both ends
        return Span(first=first.first, last=last.last, loose=first.loose)
    return Span(first=first.first, last=last.last + CIRCA_YEARS)


def _end(text: str) -> Span | None:
    bare = re.sub(rf"^(?:{words.ABOUT}\s*)+|\s*{words.UNSURE}$", "", text)
    found = point(bare)
    return Span(first=found.first, last=found.last, loose=bare != text) if found else None


def _short(start: str, end: str) -> Span | None:
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
        return Span(first=year, last=year + 9) if year % 10 == 0 else None
    return Span(first=year, last=year, loose=bool(found[2]))


def _completed(start: str, end: str) -> Span | None:
    """Read a start that leaves the century or the year to the end: "16th-17th century", "March-May 1912"."""
    tail = re.search(rf"(?:{words.CENTURY}|{words.YEAR})$", end)
    return _end(f"{start} {tail[0]}") if tail else None


def _headed(start: str, end: str) -> Span | None:
    """Read an end that leaves the century's word to the start: "sec. XV-XVI"."""
    head = re.match(rf"{words.CENTURY_FIRST} ", start)
    return _end(head[0] + end) if head else None
