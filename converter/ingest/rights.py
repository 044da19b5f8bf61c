"""Decide by a record's rights statement whether its picture may be shown.

A museum's own lists in `collection.toml` win. Otherwise a picture is hidden if its statement says that the work is in
copyright. A statement that isn't understood hides nothing, and neither does an empty one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from converter.ingest.rights_words import RightsSign, signs


class RightsClass(StrEnum):
    """The legal status that a statement claims; the value is its name in reports."""

    PUBLIC_DOMAIN = "public domain"
    OPEN_LICENCE = "open licence"
    IN_COPYRIGHT = "in copyright"
    UNKNOWN = "unknown"


class RightsReason(StrEnum):
    """The reason for which a picture is shown or hidden; the value is its name in reports."""

    HIDE_LIST = "[rights] hide_pictures"
    SHOW_LIST = "[rights] show_pictures"
    STATEMENT = "the rights statement"


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsDecision:
    """Whether a picture may be shown, and the reason."""

    is_shown: bool
    rights_class: RightsClass
    reason: RightsReason

    @property
    def is_undecided(self) -> bool:
        """Whether the picture is hidden without a decision by the museum."""
        return not self.is_shown and self.reason is RightsReason.STATEMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRules:
    """A museum's own decisions about rights, as `collection.toml` states them.

    Attributes:
        hide_pictures: Statements that forbid showing the picture; one that ends in `*` is a prefix.
        show_pictures: Statements that allow showing it, in the same form. If a statement is in both lists, the longer
            text decides; texts of equal length hide.
        ignore_columns: Columns without a field that look like rights and aren't.
    """

    hide_pictures: tuple[str, ...] = ()
    show_pictures: tuple[str, ...] = ()
    ignore_columns: tuple[str, ...] = ()

    def decide(self, statement: str | None) -> RightsDecision:
        """Return whether a picture with this rights statement may be shown."""
        rights_class = classify(statement)
        hides = _longest_match(statement, self.hide_pictures)
        shows = _longest_match(statement, self.show_pictures)
        if hides < 0 and shows < 0:
            return RightsDecision(
                is_shown=rights_class is not RightsClass.IN_COPYRIGHT,
                rights_class=rights_class,
                reason=RightsReason.STATEMENT,
            )
        is_shown = shows > hides
        reason = RightsReason.SHOW_LIST if is_shown else RightsReason.HIDE_LIST
        return RightsDecision(is_shown=is_shown, rights_class=rights_class, reason=reason)


@lru_cache(maxsize=8192)
def classify(statement: str | None) -> RightsClass:
    """Return the legal status that a rights statement claims.

    An explicit reservation outweighs everything else in the statement. A licence or CC0 outweighs the name of a
    copyright holder, who grants it: "© Museum, CC BY 4.0". The words "public domain" don't: "Public domain. Photo © Doe".
    """
    found = signs(statement or "")
    if RightsSign.RESERVED in found:
        return RightsClass.IN_COPYRIGHT
    if RightsSign.LICENCE in found:
        return RightsClass.OPEN_LICENCE
    if RightsSign.WAIVED in found:
        return RightsClass.PUBLIC_DOMAIN
    if RightsSign.HOLDER in found:
        return RightsClass.IN_COPYRIGHT
    if RightsSign.PUBLIC in found:
        return RightsClass.PUBLIC_DOMAIN
    return RightsClass.UNKNOWN


def _longest_match(statement: str | None, patterns: Sequence[str]) -> int:
    """Return the length of the longest pattern that a statement matches; -1 without one."""
    if not patterns:
        return -1
    text = _normalised(statement or "")
    lengths = [-1]
    for pattern in map(_normalised, patterns):
        is_prefix = pattern.endswith("*")
        if text.startswith(pattern[:-1]) if is_prefix else text == pattern:
            lengths.append(len(pattern) - is_prefix)
    return max(lengths)


def _normalised(text: str) -> str:
    return " ".join(text.casefold().split())
