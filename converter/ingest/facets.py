"""The values that a search can be narrowed by, taken from a record's own words; none is translated or merged."""

import re
from collections.abc import Sequence

from converter.ingest.relations import RelationText

# From life dates on, in "Dürer, Albrecht, 1471-1528, engraver", the name is over; "Master of 1466" is a name.
_BORN = r"(?:(?:c|ca|um|b|born|geb)\.?\s*)?\*?[12][0-9]{3}"
_LIFE_DATES = re.compile(rf",\s*{_BORN}\b.*$|\s+{_BORN}\??\s*[-–—].*$", re.IGNORECASE | re.DOTALL)


def terms(
    *,
    classification: str | None,
    technique: str | None,
    institution: str | None,
    makers: str | None,
    relations: Sequence[RelationText],
) -> dict[str, tuple[str, ...]]:
    """Give a record's values of every facet; a facet without a value has an empty tuple."""
    return {
        "classification": _distinct(split(classification, ";")),
        "technique": _distinct(split(technique, ",;")),
        "institution": _distinct([institution or ""]),
        "maker": _distinct([person(maker) for maker in split(makers, ";")]),
        "relation": _distinct([relation.kind for relation in relations]),
    }


def split(text: str | None, signs: str) -> list[str]:
    """Give the parts of a list, leaving what stands in brackets whole: "woodcut (red, black), letterpress"."""
    parts, depth = [""], 0
    for sign in text or "":
        depth = max(depth + (sign in "([") - (sign in ")]"), 0)
        if sign in signs and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def person(maker: str) -> str:
    """Give a maker's name alone, so that one person is one value: no role, no life dates.

    "Vallotton, Felix (1865 - 1925), Kuenstler" is "Vallotton, Felix"; "(after) Raphael" is "Raphael".
    """
    name = re.split(r"[(\[]", maker, maxsplit=1)[0]
    if not name.strip(" ,;"):  # starts with a bracket
        name = re.sub(r"\([^)]*\)|\[[^\]]*\]|[()\[\]]", " ", maker)
    name = _LIFE_DATES.sub("", name) or name
    return name.strip(" ,;:")


def _distinct(values: Sequence[str]) -> tuple[str, ...]:
    bare = (" ".join(value.split()) for value in values)
    return tuple(dict.fromkeys(value for value in bare if value))
