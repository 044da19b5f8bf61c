"""Split a record's text into facet values, without translating or merging any."""

import re
from collections.abc import Sequence

from converter.ingest.relations import RelationText

# The name ends where life dates start, as in "Dürer, Albrecht, 1471-1528, engraver"; "Master of 1466" is a name.
_BORN = r"(?:(?:c|ca|um|b|born|geb)\.?\s*)?\*?[12][0-9]{3}"
_LIFE_DATES = re.compile(rf",\s*{_BORN}\b.*$|\s+{_BORN}\??\s*[-–—].*$", re.IGNORECASE | re.DOTALL)


def facet_values(
    *,
    classification: str | None,
    technique: str | None,
    institution: str | None,
    makers: str | None,
    relations: Sequence[RelationText],
) -> dict[str, tuple[str, ...]]:
    """Return a record's values for every facet; a facet without values has an empty tuple."""
    return {
        "classification": _distinct(split(classification, ";")),
        "technique": _distinct(split(technique, ",;")),
        "institution": _distinct([institution or ""]),
        "maker": _distinct([maker_name(maker) for maker in split(makers, ";")]),
        "relation": _distinct([relation.kind for relation in relations]),
    }


def split(text: str | None, signs: str) -> list[str]:
    """Split a text at each of the characters in `signs`, except within brackets.

    "woodcut (red, black), letterpress" has two parts.
    """
    parts, depth = [""], 0
    for sign in text or "":
        depth = max(depth + (sign in "([") - (sign in ")]"), 0)
        if sign in signs and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def maker_name(maker: str) -> str:
    """Return a maker's name without role and life dates, so that each person is one value.

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
