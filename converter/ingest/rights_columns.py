"""Find columns that look like rights and that no field uses.

A museum's pictures must not be shown only because their rights were in an unexpected column.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from converter.ingest.rights import RightsClass, classify
from converter.ingest.table import Row

_EXAMPLES = 3
_KEPT = 1000  # different texts kept of a column
# English, German, French, Italian, Dutch, Spanish; "rechts", "droit" and "right" alone are directions.
_NAME = re.compile(
    r"copyright|licen[cs]e|lizenz|licentie|licen[cz]i?a|urheberrecht|auteursrecht|nutzungs(?:recht|bedingung)|bildrecht"
    r"|\brights\b|\w*rechte\b|\brechte(?:status|inhaber)|\w*rechten\b|\bdroits\b|\bdroit d auteur|\bdiritti\b|\bdiritto d autore"
    r"|\bderechos\b|public domain|gemeinfrei|domaine public|pubblico dominio|dominio publico"
    r"|publiek domein|terms of use|usage terms|conditions d utilisation|condizioni d uso|condiciones de uso|gebruiksvoorwaarden"
)
_PUBLIC_NAME = re.compile(
    r"public domain|gemeinfrei|domaine public|pubblico dominio|dominio publico|publiek domein"
)
_RESERVED_NAME = re.compile(
    r"copyright|urheberrecht|auteursrecht|droits? d auteur|diritt[oi] d autore"
)
_YES = frozenset(
    {"true", "yes", "y", "1", "ja", "j", "wahr", "oui", "vrai", "sì", "si", "vero", "sí"}
)
_NO = frozenset({"false", "no", "n", "0", "nein", "falsch", "non", "faux", "falso", "nee"})
_ADDRESSES = ("rightsstatements.org/", "creativecommons.org/")
# How a cell begins that is about rights, whatever its column is called. An inscription may hold the sign, too, further on.
_BEGINNINGS = (
    "©",
    "ⓒ",
    "(c) ",
    "all rights reserved",
    "alle rechte vorbehalten",
    "tous droits",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsColumn:
    """A column that no field uses and that looks like rights.

    Attributes:
        name: The museum's name of it.
        filled: Number of records with a text in it.
        in_copyright: Number of records whose text says that the work is in copyright.
        examples: Some texts, those of works in copyright first.
    """

    name: str
    filled: int
    in_copyright: int
    examples: tuple[str, ...]


@dataclass(slots=True)
class _Counts:
    filled: int = 0
    hidden: int = 0
    in_copyright: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)


class RightsColumnSearch:
    """Look at the cells that no field uses, row by row."""

    def __init__(
        self, header: Sequence[str], unused: Collection[str], ignored: Collection[str]
    ) -> None:
        """Choose the columns to look at.

        Args:
            header: All column names.
            unused: The columns that no field uses.
            ignored: Columns that the museum says are no rights.
        """
        looked_at = [
            (position, name)
            for position, name in enumerate(header)
            if name in unused and name not in ignored
        ]
        self._named = {position: name for position, name in looked_at if looks_like_rights(name)}
        self._others = {
            position: name for position, name in looked_at if position not in self._named
        }
        self._counts: dict[str, _Counts] = {}

    def add(self, row: Row) -> None:
        """Count a row's texts about rights."""
        for position, name in self._named.items():
            if position < len(row.cells) and row.cells[position]:
                self._count(name, row.cells[position])
        for position, name in self._others.items():
            text = row.cells[position] if position < len(row.cells) else ""
            if text and _is_about_rights(text):
                self._count(name, text)

    def found(self) -> Iterator[RightsColumn]:
        """Yield the columns that hold any text, in the order in which they were seen."""
        for name, counts in self._counts.items():
            texts = [
                *counts.in_copyright.most_common(_EXAMPLES),
                *counts.others.most_common(_EXAMPLES),
            ]
            yield RightsColumn(
                name=name,
                filled=counts.filled,
                in_copyright=counts.hidden,
                examples=tuple(text for text, _ in texts[:_EXAMPLES]),
            )

    def _count(self, name: str, text: str) -> None:
        counts = self._counts.setdefault(name, _Counts())
        counts.filled += 1
        is_reserved = says_in_copyright(name, text)
        counts.hidden += is_reserved
        kept = counts.in_copyright if is_reserved else counts.others
        text = text[:200]
        if text in kept or len(kept) < _KEPT:
            kept[text] += 1


def _is_about_rights(text: str) -> bool:
    return text[:24].casefold().startswith(_BEGINNINGS) or any(one in text for one in _ADDRESSES)


def looks_like_rights(column: str) -> bool:
    """Return whether a column's name says that it holds rights."""
    return "©" in column or bool(_NAME.search(_words(column)))


def says_in_copyright(column: str, text: str) -> bool:
    """Return whether a cell says that its work is in copyright, by words or by yes and no."""
    answer = text.strip().casefold()
    if answer in _NO:
        return bool(_PUBLIC_NAME.search(_words(column)))
    if answer in _YES:
        return bool(_RESERVED_NAME.search(_words(column)))
    return classify(text) is RightsClass.IN_COPYRIGHT


def _words(name: str) -> str:
    """Return a column's name as lower-case words: "ImageRights" is "image rights"."""
    spaced = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFD", spaced.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", plain))
