"""Parse one date of a museum: a point or a range, exact, approximate or open on one side.

Knows nothing of plates, impressions and remarks around the date: `converter.ingest.dates.clauses` handles those.
"""

import re
from dataclasses import dataclass, replace

from converter.ingest.dates import words as words
from converter.ingest.dates.eras import ERA_TAIL
from converter.ingest.dates.points import parse_point
from converter.ingest.dates.year_range import CIRCA_YEARS, Span, YearRange, common_years, widened

_DOUBT_BEFORE = re.compile(rf"^(?:{words.ABOUT}\s*)+")
_DOUBT_AFTER = re.compile(rf"(?:\s*{words.UNSURE})+$")
_ABOUT = re.compile(words.ABOUT)
_LIST = re.compile(rf"{words.YEAR}(?:(?:, ?| & | {words.AND_OR} ){words.YEAR})+")
_BOTH_SIDES = re.compile(
    rf"(.+?)(?:,| -| but| {words.AND_OR})? ((?:{words.BEFORE}|{words.UNTIL}) .+)"
)
_TAILS = [
    re.compile(tail)
    for tail in (
        rf" ?({words.CENTURY})$",
        rf"[ -]([^ -]+[ -]*{words.CENTURY})$",
        rf" ({words.CENTURY_FIRST} [^ -]+)$",
        rf"[ -]({words.YEAR}(?:{words.DECADE_END})?)$",
        ERA_TAIL,
    )
]


def parse_date(text: str) -> YearRange | None:
    """Parse a date that is one expression, such as "c. 1765-70" or "not before 1550".

    Args:
        text: A text folded by `words.fold`, without brackets.

    Returns:
        The years; `None` unless the whole text is understood.
    """
    span = _closed(text)
    return widened(span) if span else _open_or_bounded(text)


def _closed(text: str) -> Span | None:
    """Parse a point or range, approximate or not: "c. 1765", "1765?", "um 1640-1650"."""
    if span := parse_point(text) or _range(text):
        return span
    for bare in _without_doubt(text):
        if "," in bare and _LIST.fullmatch(bare):
            return None  # "c. 1983, 2007" is approximate for its first year alone
        if span := parse_point(bare) or _range(bare):
            return _doubted(span, text)
    return None


def _without_doubt(text: str) -> list[str]:
    """Return what a text is without words of doubt; the last "c." may mean "century"."""
    before = _DOUBT_BEFORE.sub("", text)
    stripped = [before, _DOUBT_AFTER.sub("", text), _DOUBT_AFTER.sub("", before)]
    return [bare for bare in dict.fromkeys(stripped) if bare != text]


def _doubted(span: Span, text: str) -> Span:
    """Return a span as approximate; a question mark alone leaves a vague one its ends."""
    return replace(span, approximate=True, vague=span.vague and "?" not in text)


def _open_or_bounded(text: str) -> YearRange | None:
    """Parse a date open on one side, or bounded by two words: "after 1600, before 1650"."""
    if both := _BOTH_SIDES.fullmatch(text):
        start, end = _one_sided(both[1]), _one_sided(both[2])
        if start and end and start.year_max is None and end.year_min is None:
            return common_years(start, end)
    return _one_sided(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A word that opens a date on one side.

    Attributes:
        ends: Whether the date ends there, and is open before.
        of_point, of_range: Whether the last year of a point or range is the bound, or else its first.
    """

    opening: re.Pattern[str]
    ends: bool
    of_point: bool
    of_range: bool


def _side(words_of_side: str, *, ends: bool, of_point: bool, of_range: bool) -> _Side:
    opening = re.compile(
        rf"{words_of_side}\s*(?:the |dem |der |le |la |il |het |el )?(.+?)(?: {words.ONWARDS})?"
    )
    return _Side(opening=opening, ends=ends, of_point=of_point, of_range=of_range)


# "Before the 17th century" ends in 1600, but "before 1955-1956" may be as late as 1956.
_SIDES = (
    _side(words.BEFORE, ends=True, of_point=False, of_range=True),
    _side(words.UNTIL, ends=True, of_point=True, of_range=True),
    _side(words.AFTER, ends=False, of_point=True, of_range=False),
    _side(words.SINCE, ends=False, of_point=False, of_range=False),
)


def _one_sided(text: str) -> YearRange | None:
    for side in _SIDES:
        found = side.opening.fullmatch(text)
        if found and (span := _closed(found[1])):
            bares = [found[1], *_without_doubt(found[1])]
            is_point = any(parse_point(bare) for bare in bares)
            takes_last = side.of_point if is_point else side.of_range
            return _bounded(span, ends=side.ends, takes_last=takes_last)
    return _trailing_side(text)


def _bounded(span: Span, *, ends: bool, takes_last: bool) -> YearRange:
    more = CIRCA_YEARS if span.approximate else 0
    year = (span.last if takes_last else span.first) + (more if ends else -more)
    return YearRange(year_min=None if ends else year, year_max=year if ends else None)


def _trailing_side(text: str) -> YearRange | None:
    """Parse an open date whose word or dash follows: "1600 or later", "1765-"."""
    for ending, ends in ((words.ONWARDS, False), (words.EARLIER, True)):
        found = re.fullmatch(rf"(.+?),? {ending}", text)
        if found and (span := _closed(found[1])):
            return _bounded(span, ends=ends, takes_last=ends)
    if found := re.fullmatch(rf"({words.YEAR})-", text):
        return YearRange(year_min=int(found[1]), year_max=None)
    return None


def _range(text: str) -> Span | None:
    """Parse a range with a separator between its two ends, or a list of years."""
    if _LIST.fullmatch(text):
        listed = [int(year) for year in re.findall(words.YEAR, text)]
        return Span(first=listed[0], last=listed[-1]) if listed == sorted(listed) else None
    inner = re.sub(rf"^{words.OPENING} ", "", text)
    for separator in re.finditer(words.BETWEEN, inner):
        if span := _ends(inner[: separator.start()], inner[separator.end() :]):
            return span
    return None


def _ends(start: str, end: str) -> Span | None:
    last = (
        _end(end, is_last=True)
        or _abbreviated_end(start, end)
        or _end_without_century_word(start, end)
    )
    first = _end(start) or (_abbreviated_start(start, end) if last else None)
    if first is None or last is None or first.first > last.last:
        return None
    vague = first.vague or last.vague
    if first.approximate or not last.approximate:
        # "c. 1500-1510" is approximate at both ends
        return Span(first=first.first, last=last.last, approximate=first.approximate, vague=vague)
    return Span(first=first.first, last=last.last + CIRCA_YEARS, vague=vague)


def _end(text: str, *, is_last: bool = False) -> Span | None:
    """Parse one end; an approximate last may be a range: "c. 1945-c. 1960-4"."""
    if span := parse_point(text):
        return span
    may_be_range = is_last and _ABOUT.match(text)
    for bare in _without_doubt(text):
        if span := parse_point(bare) or (_range(bare) if may_be_range else None):
            return _doubted(span, text)
    return None


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
        return Span(first=year, last=year + 9, vague=True) if year % 10 == 0 else None
    return Span(first=year, last=year, approximate=bool(found[2]))


def _abbreviated_start(start: str, end: str) -> Span | None:
    """Parse a start without the end's century or year: "16th-17th century", "May-June 1912"."""
    head = start.rstrip(" -")
    for tail in _TAILS:
        if (found := tail.search(end)) and (span := _end(f"{head} {found[1]}")):
            return span
    return None


def _end_without_century_word(start: str, end: str) -> Span | None:
    """Parse an end whose word for century only the start has: "sec. XV-XVI"."""
    head = re.match(rf"(?:{words.CENTURY_FIRST}|{words.SHORT_SIGLO}) ?", start)
    return _end(head[0] + end) if head else None
