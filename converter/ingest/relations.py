"""Parse a museum's list of relations, such as "Teil von, D 001368.1-37; Kopie, 2014.0228"."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationText:
    """One relation in the museum's words.

    Attributes:
        kind: Such as "Teil von" or "State of"; empty where only the other work is named.
        target: A record id, an inventory number or free text; empty where only the kind is named.
    """

    kind: str
    target: str


def parse_relations(text: str | None) -> tuple[RelationText, ...]:
    """Return the relations in a cell, such as "kind, work; kind: work"."""
    parts = [" ".join(part.split()) for part in (text or "").split(";")]
    return tuple(dict.fromkeys(_relation(part) for part in parts if part.strip(" ,:")))


def _relation(text: str) -> RelationText:
    kind, separator, target = _partition(text)
    if not separator:
        return (
            RelationText(kind="", target=text)
            if is_number(text)
            else RelationText(kind=text, target="")
        )
    if is_number(kind):  # "D 018051, recto": only the work is named
        return RelationText(kind="", target=text)
    return RelationText(kind=kind, target=target)


def _partition(text: str) -> tuple[str, str, str]:
    found = re.search("[,:]", text)
    if found is None:
        return text, "", ""
    return text[: found.start()].strip(), found[0], text[found.end() :].strip()


def is_number(text: str) -> bool:
    """Return whether a text has a digit and no word, unlike the kind "2. Zustand"."""
    return any(character.isdigit() for character in text) and not re.search(r"[^\W\d_]{4,}", text)
