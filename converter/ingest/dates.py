"""Parse free-text dates of English, German, French and Italian museums to ranges of years.

A date is understood as a whole or not at all: "1765 (printed 1780)" has two dates, so it has no range here. The text
itself is kept elsewhere; only filters on years use these ranges.

Where a museum's words are vague, the range is rather too wide, so that a filter never hides a print it should show:

- "c. 1610", "1610?", "probably 1610" are five years to either side, as Cataloging Cultural Objects has it (chapter 4:
  "ca. 1610" is indexed 1605 to 1615); an approximate range is widened at both ends.
- The 16th century is 1500 to 1600: some museums count it from 1500, some to 1600.
- Early, middle and late are thirds, because the four languages share no narrower rule.
- "Before 1550" ends in 1550 and is open on the other side, as that year itself can't be ruled out.
"""

import re
from dataclasses import dataclass

from converter.ingest import date_words as words
from converter.ingest.date_points import Span, parse_point
from converter.ingest.date_words import fold

CIRCA_YEARS = 5
_MAX_LENGTH = 120  # a longer text is a sentence about dates, not a date


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRange:
    """The years that a date may mean, inclusive.

    Attributes:
        year_min, year_max: `None` where the date is open on that side; never both.
    """

    year_min: int | None
    year_max: int | None


def years(text: str | None) -> YearRange | None:
    """Return the years that a date means, or `None` when it isn't understood as a whole.

    Args:
        text: The date as the museum writes it; never a maker's life dates.
    """
    if not text or len(text) > _MAX_LENGTH:
        return None
    plain = _normalised(text)
    if re.search(words.BEFORE_CHRIST, plain):
        return None  # no print on paper is that old, and "a.C." may mean "after Christ"
    span = _approximate(plain)
    return _year_range(span) if span else _open_or_bounded(plain)


def _year_range(span: Span) -> YearRange:
    more = CIRCA_YEARS if span.approximate else 0
    return YearRange(year_min=span.first - more, year_max=span.last + more)


def _normalised(text: str) -> str:
    """Fold a date and drop punctuation without meaning: brackets, a full stop at its end."""
    plain = re.sub(r"[\[\]()<>{}\"«»“”„]", " ", fold(text))
    plain = re.sub(r"\s*\?", "?", " ".join(plain.split()))
    return plain.strip(" ;,:.") if not plain.endswith(("jh.", "c.", "s.", "sec.")) else plain


def _open_or_bounded(text: str) -> YearRange | None:
    """Parse a date open on one side, or bounded by two words: "after 1600, before 1650"."""
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
        if found and (span := _approximate(found[1])):
            more = CIRCA_YEARS if span.approximate else 0
            year = (span.last if uses_last else span.first) + (more if ends_at else -more)
            return YearRange(year_min=None if ends_at else year, year_max=year if ends_at else None)
    return _trailing_side(text)


def _trailing_side(text: str) -> YearRange | None:
    """Parse an open date whose word or dash follows the year: "1600 or later", "1765-"."""
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


def _approximate(text: str) -> Span | None:
    """Parse a point or range, approximate or not: "c. 1765", "1765?", "um 1640-1650"."""
    bare = re.sub(rf"^(?:{words.ABOUT}\s*)+|\s*{words.UNSURE}$", "", text)
    span = parse_point(text) or _range(text)
    if span is None and bare != text:
        span = parse_point(bare) or _range(bare)
        return Span(first=span.first, last=span.last, approximate=True) if span else None
    return span


def _range(text: str) -> Span | None:
    """Parse a range with a separator between its two ends, or a list of years."""
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
    last = _end(end) or _abbreviated_end(start, end) or _end_without_century_word(start, end)
    first = _end(start) or (_abbreviated_start(start, end) if last else None)
    if first is None or last is None or first.first > last.last:
        return None
    if first.approximate or not last.approximate:
        # "c. 1500-1510" is approximate at both ends
        return Span(first=first.first, last=last.last, approximate=first.approximate)
    return Span(first=first.first, last=last.last + CIRCA_YEARS)


def _end(text: str) -> Span | None:
    bare = re.sub(rf"^(?:{words.ABOUT}\s*)+|\s*{words.UNSURE}$", "", text)
    found = parse_point(bare)
    return Span(first=found.first, last=found.last, approximate=bare != text) if found else None


def _abbreviated_end(start: str, end: str) -> Span | None:
    """Parse an end without the digits that it shares with the start: "1765-68", "1820s-30s"."""
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
    return Span(first=year, last=year, approximate=bool(found[2]))


def _abbreviated_start(start: str, end: str) -> Span | None:
    """Parse a start without the end's century or year: "16th-17th century", "May-June 1912"."""
    tail = re.search(rf"(?:{words.CENTURY}|{words.YEAR})$", end)
    return _end(f"{start} {tail[0]}") if tail else None


def _end_without_century_word(start: str, end: str) -> Span | None:
    """Parse an end whose word for century only the start has: "sec. XV-XVI"."""
    head = re.match(rf"{words.CENTURY_FIRST} ", start)
    return _end(head[0] + end) if head else None
