"""Exact filters: the records that a search may answer with, chosen in SQL before scoring.

A filter is never applied to a list of neighbours afterwards. The first version did that, and missed records that
passed the filter but were not among the neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from device.errors import FilterError

FACETS = ("classification", "technique", "institution", "maker", "relation")

_YEARS = (-9999, 9999)
# More than any page offers. SQLite limits the values of a statement, and FTS5 the words of a query.
_MAX_VALUES = 500
_MAX_WORDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The conditions that records must meet; by default every record passes.

    Attributes:
        terms: Facet to accepted values. A record passes a facet with any of its values, and must pass every facet.
        year_from, year_to: Inclusive; a record passes when its range of years overlaps this one.
        undated: Whether records without a year pass a filter on years.
        words: Full-text search over title, makers, technique and note. Every word must occur; the last may be
            unfinished.
        whole: Target of a relation, as the museum writes it, such as a series or a book. Only records with a
            relation to it pass; empty for all records.
    """

    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    undated: bool = True
    words: str = ""
    whole: str = ""

    def __post_init__(self) -> None:
        for facet, chosen in self.terms.items():
            _check_term(facet, chosen)
        _check_number("values", sum(map(len, self.terms.values())), _MAX_VALUES)
        _check_number("words", len(_split(self.words)), _MAX_WORDS)
        _check_text("words", self.words)
        _check_text("whole", self.whole)
        for year in (self.year_from, self.year_to):
            if year is not None and not _YEARS[0] <= year <= _YEARS[1]:
                raise FilterError(f"years: expected {_YEARS[0]} to {_YEARS[1]}, found {year}")
        if (
            self.year_from is not None
            and self.year_to is not None
            and self.year_from > self.year_to
        ):
            raise FilterError(
                f"years: expected from <= to, found {self.year_from} > {self.year_to}"
            )

    @property
    def is_empty(self) -> bool:
        """Whether there is no condition, so that every record passes."""
        return not (any(self.terms.values()) or self.has_years or _split(self.words) or self.whole)

    @property
    def has_years(self) -> bool:
        """Whether there is a condition on years."""
        return self.year_from is not None or self.year_to is not None

    def without(self, facet: str) -> "Filters":
        """Return the filters without one facet, to count that facet's own options."""
        return replace(
            self, terms={name: chosen for name, chosen in self.terms.items() if name != facet}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """An SQL condition over `records` and the values bound to it, in order."""

    sql: str
    values: tuple[Any, ...]


def where(filters: Filters, *, is_amended: bool = False) -> Clause:
    """Return the SQL condition that selects exactly the records that pass the filters.

    Args:
        filters: The conditions that records must meet.
        is_amended: Whether notices amend texts. Words are then looked up in a separate table for those records.
    """
    parts = [_term(facet, chosen) for facet, chosen in filters.terms.items() if chosen]
    if filters.has_years:
        parts.append(_years(filters))
    if _split(filters.words):
        parts.append(_words(filters.words, is_amended))
    if filters.whole:
        found = "SELECT item FROM relations WHERE target = ?"
        parts.append(Clause(sql=f"item IN ({found})", values=(filters.whole,)))
    return Clause(
        sql=" AND ".join(part.sql for part in parts) or "1",
        values=tuple(value for part in parts for value in part.values),
    )


def _term(facet: str, chosen: tuple[str, ...]) -> Clause:
    marks = ", ".join("?" * len(chosen))
    sql = f"item IN (SELECT item FROM terms WHERE facet = ? AND value IN ({marks}))"
    return Clause(sql=sql, values=(facet, *chosen))


def _years(filters: Filters) -> Clause:
    # A range with one known year counts as that single year.
    undated = "year_min IS NULL AND year_max IS NULL"
    touching = "COALESCE(year_max, year_min) >= ? AND COALESCE(year_min, year_max) <= ?"
    low = filters.year_from if filters.year_from is not None else _YEARS[0]
    high = filters.year_to if filters.year_to is not None else _YEARS[1]
    return Clause(sql=f"(({touching}) OR ({undated} AND ?))", values=(low, high, filters.undated))


def _words(words: str, is_amended: bool) -> Clause:
    quoted = ['"' + word.replace('"', '""') + '"' for word in _split(words)]
    query = " ".join(quoted) + "*"  # the last word may be unfinished
    found = "SELECT rowid FROM records_fts WHERE records_fts MATCH ?"
    if not is_amended:
        return Clause(sql=f"item IN ({found})", values=(query,))
    amended = "SELECT rowid FROM amended_texts WHERE amended_texts MATCH ?"
    sql = f"(item IN ({found}) AND item NOT IN (SELECT rowid FROM amended_texts) OR item IN ({amended}))"
    return Clause(sql=sql, values=(query, query))


def _split(words: str) -> list[str]:
    return words.replace("\0", " ").split()  # FTS5 ends a query at a NUL


def _check_term(facet: str, chosen: tuple[str, ...]) -> None:
    if facet not in FACETS:
        raise FilterError(f"filter {facet!r}: expected one of {', '.join(FACETS)}")
    for value in chosen:
        _check_text(f"filter {facet!r}", value)


def _check_text(what: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise FilterError(f"{what}: expected text, found half a character in {text!a}") from error


def _check_number(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise FilterError(f"filter: expected at most {limit} {what}, found {found}; use fewer")
