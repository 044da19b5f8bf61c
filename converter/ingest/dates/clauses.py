"""Take a museum's text apart into its dates, what they are of, and remarks.

"Plate 1743, second state, impression c. 1755" has two dates and a remark. A text is taken apart as a whole or not at
all. What its dates mean together is up to `converter.ingest.dates`.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from converter.ingest.dates import role_words as words
from converter.ingest.dates.points import parse_point
from converter.ingest.dates.ranges import parse_date
from converter.ingest.dates.words import ABOUT, fold
from converter.ingest.dates.year_range import YearRange

_MOST_PIECES = 12
_BRACKETS = r"\[\](){}<>"
_QUOTES = re.compile('["«»“”„]')
# What may stand between two dates: punctuation; a verb that begins the next, as in "1821 reprinted 1977"; an era's end.
_SEPARATOR = re.compile(
    rf"[\s.:/]*[,;|{_BRACKETS}][\s.,;:|/{_BRACKETS}]*|(?<!\bc)(?<!\bca)(?<!\bcca)\.\s+|\s*/\s+|\s+/\s*"
    rf"|\s+(?:(?:and|und|et|e|en|y|puis|then|later) )?(?={words.IMPRESSION_VERB}(?![a-z]))"
    rf"|\s+(?={words.AFTER_MODEL.pattern})"
    r"|(?:(?<=period)|(?<=periodo)|(?<=\bera)|(?<=zeit)|(?<=epoca))\s+(?=[0-9]|ca?\.)"
)
# A library's imprint (ISBD, area 4), "Place : Publisher, date". Neither name may hold a figure.
_IMPRINT = re.compile(
    rf"\[?{words.PLACE}(?:[, ][^:0-9]*)?\]? : [^:0-9]*[^:0-9 ][,; ]+\[?(?=[^,;]*[0-9])(?P<date>[^,;]+)"
)
_LETTER = re.compile("[a-z?]")
_ABOUT = re.compile(rf"{ABOUT}\s*")


class Subject(Enum):
    """What a date is the date of."""

    PLATE = "plate"
    IMPRESSION = "impression"
    MODEL = "model"
    UNNAMED = "unnamed"


class Joint(Enum):
    """How a date follows the one before."""

    BRACKET = "bracket"
    LIST = "list"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateClause:
    """One date within a text, or a remark.

    Attributes:
        years: `None` for a remark, which names no year.
        is_period: Whether it is a whole era or century, which other dates may narrow.
        is_figures: Whether it is written in figures alone.
        may_be_number: Whether its year may as well be a number, such as "plate 1483" or "edition 1500".
        is_undated: Whether it says that no date is known.
    """

    years: YearRange | None
    subject: Subject = Subject.UNNAMED
    joint: Joint = Joint.OTHER
    is_period: bool = False
    is_figures: bool = False
    may_be_number: bool = False
    is_undated: bool = False


class _Carried(NamedTuple):
    """What is left of a clause without the words around its date, and what these said."""

    rest: str
    subject: Subject
    is_approximate: bool
    may_be_number: bool


def without_brackets(text: str) -> str:
    """Return a folded text without punctuation that has no meaning for a single date."""
    plain = re.sub(rf"[{_BRACKETS}]", " ", text)
    plain = re.sub(r"\s*\?", "?", " ".join(plain.split()))
    plain = re.sub(r",(?=[0-9]{4})", ", ", plain)
    return plain.strip(" ;,:.")


def folded(text: str) -> str:
    """Return a museum's text as this module reads it: folded, and without quotes."""
    return " ".join(_QUOTES.sub(" ", fold(text)).split())


def parse_clauses(text: str) -> list[DateClause] | None:
    """Take a text apart into dates and remarks.

    Args:
        text: A text from `folded`.

    Returns:
        The clauses in their order; `None` unless every word is understood.
    """
    if imprint := _IMPRINT.fullmatch(text):
        years = parse_date(without_brackets(imprint["date"]))
        return [DateClause(years=years)] if years else None
    cuts = [found.span() for found in _SEPARATOR.finditer(text)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    pieces = [
        (start, end, text[before:start])
        for start, end, before in zip(starts, ends, [0, *ends], strict=False)
        if text[start:end].strip()
    ]
    return _grouped(text, pieces) if pieces and len(pieces) <= _MOST_PIECES else None


def _grouped(text: str, pieces: list[tuple[int, int, str]]) -> list[DateClause] | None:
    """Join neighbouring pieces to clauses, the longest first: "March 27, 1956" is one."""
    done: dict[int, list[DateClause] | None] = {len(pieces): []}
    for first in range(len(pieces) - 1, -1, -1):
        done[first] = None
        for last in range(len(pieces) - 1, first - 1, -1):
            following = done[last + 1]
            if following is None:
                continue
            start, _, separator = pieces[first]
            clause = _clause(text[start : pieces[last][1]], _joint(separator))
            if clause:
                done[first] = [clause, *following]
                break
    return done[0]


def _joint(separator: str) -> Joint:
    if re.search(r"[\[({<]", separator):
        return Joint.BRACKET
    return Joint.LIST if re.search("[,;|]", separator) else Joint.OTHER


def _clause(text: str, joint: Joint) -> DateClause | None:
    """Parse one clause: a date with or without words around it, or a remark."""
    plain = without_brackets(text)
    if not plain:
        return None
    if is_undated_phrase(plain):
        return DateClause(years=None, is_undated=True)
    if years := parse_date(plain):
        return DateClause(
            years=years,
            joint=joint,
            is_period=_is_period(plain),
            is_figures=not _LETTER.search(plain),
        )
    if words.REMARK.fullmatch(plain) or _is_all_words(plain):
        return DateClause(years=None)
    carried = _carried(plain)
    if carried is None:
        return None
    if is_undated_phrase(carried.rest):
        return DateClause(years=None, is_undated=True)
    rest = f"ca. {carried.rest}" if carried.is_approximate else carried.rest
    if years := parse_date(rest):
        return DateClause(
            years=years,
            subject=carried.subject,
            joint=joint,
            is_period=_is_period(carried.rest),
            may_be_number=carried.may_be_number and carried.rest[:1].isdigit(),
        )
    return DateClause(years=None) if words.REMARK.fullmatch(carried.rest) else None


def is_undated_phrase(text: str) -> bool:
    """Return whether a folded text says that no date is known, and nothing else."""
    return words.UNDATED.fullmatch(text) is not None


def _is_period(text: str) -> bool:
    """Return whether a date is a whole era or a century, or part of one."""
    span = parse_point(text.rstrip("?"))
    return span is not None and span.vague and span.last - span.first >= 10


def _is_all_words(text: str) -> bool:
    """Return whether a clause has words for a making or state alone: "second state"."""
    rest = text
    while rest:
        found = words.KIND.match(rest) or words.CARRIER.match(rest) or _ABOUT.match(rest)
        if found is None:
            return False
        rest = rest[found.end() :].lstrip(" ,:.?-")
    return True


def _is_date_or_remark(text: str) -> bool:
    found = parse_date(text) or words.REMARK.fullmatch(text) or words.UNDATED.fullmatch(text)
    return found is not None


def _carried(text: str) -> _Carried | None:
    """Strip the words before a date, then those after it, until a date is left."""
    rest = words.AFTER_MODEL.sub("", text, count=1)
    subjects: list[Subject] = []
    is_approximate = may_be_number = False
    while not _is_date_or_remark(rest):
        if about := _ABOUT.match(rest):
            is_approximate, may_be_number = True, False
            rest = rest[about.end() :]
        elif word := words.CARRIER.match(rest):
            subjects += _subject_of(word)
            tail = rest[word.end() :].lstrip(" ,-")
            is_label = tail.startswith(":") and not word["edition"]
            may_be_number = not is_label and words.NUMBERED.fullmatch(word[0]) is not None
            rest = tail.lstrip(" :,")
        else:
            break
    while not _is_date_or_remark(rest):
        last = words.LAST_CARRIER.fullmatch(rest)
        if last is None:
            return None
        subjects += _subject_of(last)
        rest = last["before"]
    subject = subjects[0] if subjects else Subject.UNNAMED
    if Subject.MODEL in subjects:
        subject = Subject.MODEL
    return _Carried(rest, subject, is_approximate, may_be_number)


def _subject_of(word: re.Match[str]) -> list[Subject]:
    if word["plate"] or word["made"]:
        return [Subject.PLATE]
    if word["impression"] or word["edition"] or word["printed"]:
        return [Subject.IMPRESSION]
    return [Subject.MODEL] if word["model"] else []
