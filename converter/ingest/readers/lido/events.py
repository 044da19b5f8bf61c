"""Read who made a work, when and how, from the events of a LIDO record.

An event counts by its kind: how a work was made, not how it was acquired, shown or restored. A museum that names its events
in other words than these gets a note.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from converter.ingest.readers.languages import Text, in_language
from converter.ingest.readers.lido.elements import LidoElement, addresses, children, terms, texts

# Kinds of events that make a work, from those that date it best to those that do so only where nothing else does. Each has
# the end of its address in the LIDO terminology, and its names in six languages.
_KINDS: Sequence[tuple[str, ...]] = (
    (
        *("lido00007", "eventtype/production", "e12_production", "production", "making", "herstellung", "fertigung"),
        *("entstehung", "produktion", "fabrication", "réalisation", "execution", "exécution", "ausführung"),
        *("produzione", "realizzazione", "esecuzione", "vervaardiging", "productie", "producción", "ejecución"),
        *("printing", "druck", "drucklegung", "impression", "stampa", "druk", "impresión", "engraving", "etching"),
        *("production event", "manufacture", "artistic production", "objektherstellung"),
    ),
    (
        *("lido00012", "eventtype/creation", "e65_creation", "lido00484", "creation", "schöpfung", "schaffung"),
        *("erschaffung", "geistige schöpfung", "création", "creazione", "ideazione", "creatie", "creación", "expression creation"),
        *("expression_creation", "eventtype/expression_creation"),
    ),
    (
        *("lido00224", "eventtype/designing", "designing", "design", "invention", "entwurf", "erfindung", "conception"),
        *("invenzione", "progettazione", "ontwerp", "diseño", "invención", "lido00486", "work conception"),
    ),
    (
        *("lido00228", "lido00485", "eventtype/publication", "publication", "publishing", "publication event"),
        *("veröffentlichung", "herausgabe", "verlag", "édition", "edition", "publicatie", "uitgave", "pubblicazione"),
        *("edizione", "publicación", "edición"),
    ),
)  # fmt: skip
_RANK = {name: rank for rank, names in enumerate(_KINDS) for name in names}
# A year as ISO 8601 writes it, alone or in a date, or the last part of "1.5.1637".
_YEAR = re.compile(r"([+-]?\d{1,6})(?:-\d\d){0,2}(?:T\S*|Z|[+-]\d\d:\d\d)?")
_DAY_FIRST = re.compile(r"\d{1,2}[./]\d{1,2}[./](\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How a work was made.

    Attributes:
        makers: Such as "Muster, Anton (Radierer)".
        date: As a person would write it; empty without one.
        year_from, year_to: The museum's own years; `None` without one.
        techniques: Materials and techniques, in the museum's words.
        unknown_events: Kinds of the events that were passed over.
    """

    makers: tuple[str, ...]
    date: str
    year_from: int | None
    year_to: int | None
    techniques: tuple[str, ...]
    unknown_events: tuple[str, ...]


def making(events: Sequence[LidoElement], language: str) -> Making:
    """Return how a work was made, from the events of a record."""
    ranked = sorted(
        ((rank, event) for event in events if (rank := _rank(event)) is not None),
        key=lambda pair: pair[0],
    )
    date, first, last = _date(ranked, language)
    return Making(
        makers=_distinct(
            name
            for _, event in ranked
            for actor in children(event, "eventActor")
            for name in _makers(actor, language)
        ),
        date=date,
        year_from=first,
        year_to=last,
        techniques=_distinct(
            name
            for _, event in ranked
            for part in children(event, "eventMaterialsTech")
            for name in techniques(part, language)
        ),
        unknown_events=_distinct(_name(event) for event in events if _rank(event) is None),
    )


def techniques(part: LidoElement, language: str) -> tuple[str, ...]:
    """Return materials and techniques: as shown to people, else by their terms."""
    if shown := texts(part, "displayMaterialsTech"):
        return in_language(shown, language)
    return _distinct(
        words
        for concept in children(part, "materialsTech", "termMaterialsTech")
        for words in in_language(terms(concept), language)[:1]
    )


def _rank(event: LidoElement) -> int | None:
    ranks = []
    for kind in children(event, "eventType"):
        names = [text.words.casefold() for text in terms(kind)]
        names += [address.lower().rpartition("/")[2] for address in addresses(kind)]
        names += ["/".join(address.lower().rsplit("/", 2)[1:]) for address in addresses(kind)]
        ranks += [_RANK[name] for name in names if name in _RANK]
    return min(ranks, default=None)


def _name(event: LidoElement) -> str:
    for kind in children(event, "eventType"):
        for name in (*(text.words for text in terms(kind)), *addresses(kind)):
            return name
    return "no kind"


def _makers(event_actor: LidoElement, language: str) -> list[str]:
    makers = []
    for part in children(event_actor, "actorInRole"):
        name = in_language(texts(part, "actor", "nameActorSet", "appellationValue"), language)[:1]
        roles = [
            words
            for kind in ("roleActor", "attributionQualifierActor")
            for concept in children(part, kind)
            for words in in_language(_qualifiers(concept), language)[:1]
        ]
        if name:
            makers.append(f"{name[0]} ({', '.join(dict.fromkeys(roles))})" if roles else name[0])
    return makers or list(in_language(texts(event_actor, "displayActorInRole"), language)[:1])


def _qualifiers(concept: LidoElement) -> list[Text]:
    # LIDO 1.0 has a qualifier as plain text, 1.1 as a concept.
    plain = concept.words
    return terms(concept) or ([Text(plain)] if plain else [])


def _date(
    ranked: Sequence[tuple[int, LidoElement]], language: str
) -> tuple[str, int | None, int | None]:
    """Return the date of the best kind of event that has one; several events span a range."""
    for best in dict.fromkeys(rank for rank, _ in ranked):
        dates = [
            date for rank, event in ranked if rank == best for date in children(event, "eventDate")
        ]
        shown = _distinct(
            words for date in dates for words in in_language(texts(date, "displayDate"), language)
        )
        first = _years(dates, "earliestDate")
        last = _years(dates, "latestDate")
        if shown or first or last:
            year_from, year_to = min(first, default=None), max(last, default=None)
            return "; ".join(shown) or _span(year_from, year_to), year_from, year_to
    return "", None, None


def _years(dates: Iterable[LidoElement], name: str) -> list[int]:
    found = []
    for date in dates:
        for text in texts(date, "date", name):
            match = _YEAR.fullmatch(text.words) or _DAY_FIRST.fullmatch(text.words)
            if match:
                found.append(int(match[1]))
    return found


def _span(first: int | None, last: int | None) -> str:
    if first is not None and last is not None:
        return str(first) if first == last else f"{first}-{last}"
    return f"after {first}" if first is not None else f"before {last}"


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
